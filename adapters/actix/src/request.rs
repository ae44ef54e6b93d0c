//! `req.user()`, `req.login(user)`, `req.logout()` on actix's requests.

use actix_web::{HttpMessage, HttpRequest, dev::ServiceRequest};
use passport_core::{PassportExt, Session};

/// Marks requests of actix-web for [`PassportExt`].
#[derive(Debug)]
pub enum Actix {}

impl PassportExt<Actix> for HttpRequest {
    fn passport_session(&self) -> Option<Session> {
        self.extensions().get().cloned()
    }
}

impl PassportExt<Actix> for ServiceRequest {
    fn passport_session(&self) -> Option<Session> {
        self.extensions().get().cloned()
    }
}
