//! The WebSocket: who may open one, and what it is told at the end. The messages are each framework's own.

use http::{Method, StatusCode, request::Parts};
use passport_core::{Error, PassportExt, Session};

use super::{
    App, User,
    reply::{Reply, error, status},
};

impl App {
    /// What a socket is closed with when its session has ended.
    pub const ENDED: (u16, &'static str) = (4401, "the session has ended");

    /// Whether this request asks for the WebSocket.
    pub fn is_socket(req: &Parts) -> bool {
        req.method == Method::GET && req.uri.path() == "/ws"
    }

    /// Who may open a WebSocket: the logged-in user, from this site.
    ///
    /// # Errors
    ///
    /// The answer.
    pub async fn admit_socket(&self, req: &Parts) -> Result<(String, Session), Reply> {
        let session = req.session().map_err(|fault| error(&fault))?;
        if session.is_foreign() {
            return Err(error(&Error::CrossSite));
        }
        let user = req.user::<User>().await.map_err(|fault| error(&fault))?;
        let user = user.ok_or_else(|| error(&Error::Unauthenticated))?;
        Ok((user.name().to_owned(), session))
    }

    /// What answers a request for the WebSocket that is no handshake.
    pub fn no_handshake() -> Reply {
        status(StatusCode::BAD_REQUEST)
    }
}
