//! The sessions of a passport that keeps none.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use http::HeaderValue;

use crate::{
    BoxFuture, Clock, Edit, Error, Found, Handle, Lifetime, Listed, Lookup, Owner, Presented, SessionManager,
    Timestamp, Token, Updated,
};

/// Never finds a session and never makes one: see [`Passport::stateless`](crate::Passport::stateless).
pub(crate) struct NoSessions(Arc<dyn Clock>);

impl NoSessions {
    pub(crate) fn new() -> Self {
        Self(Arc::new(NoTimer))
    }
}

/// Tells the time, and waits for ever: without an adapter's clock there is no deadline.
pub(crate) struct NoTimer;

impl Clock for NoTimer {
    fn now(&self) -> Timestamp {
        Timestamp::system()
    }

    fn sleep(&self, _: Duration) -> BoxFuture<'static, ()> {
        Box::pin(std::future::pending())
    }
}

#[async_trait]
impl SessionManager for NoSessions {
    fn cookie_name(&self) -> &'static str {
        ""
    }

    fn is_secure(&self) -> bool {
        true
    }

    fn clock(&self) -> &Arc<dyn Clock> {
        &self.0
    }

    fn find_tokens(&self, _: &[u8], _: &mut Presented) {}

    fn lifetime(&self, _: Option<Duration>) -> Lifetime {
        Lifetime { idle: Duration::ZERO, absolute: Duration::ZERO }
    }

    async fn load(&self, _: &Token) -> Result<Lookup, Error> {
        Ok(Lookup::None)
    }

    async fn create(&self, _: Edit<'_>) -> Result<(Token, Found), Error> {
        Err(Error::NoSessions)
    }

    async fn update(&self, _: &Token, _: Found, _: Edit<'_>) -> Result<Option<Updated>, Error> {
        Ok(None)
    }

    async fn rotate(&self, _: &Token, _: Found, _: Edit<'_>) -> Result<Option<(Token, Found)>, Error> {
        Ok(None)
    }

    async fn delete(&self, _: &Token) -> Result<bool, Error> {
        Ok(false)
    }

    async fn touch(&self, _: &Token, _: &Found) -> Result<Option<Updated>, Error> {
        Ok(None)
    }

    fn require_store(&self, _: &'static str) -> Result<(), Error> {
        Err(Error::NoSessions)
    }

    async fn list(&self, _: &Owner) -> Result<Vec<Listed>, Error> {
        Err(Error::NoSessions)
    }

    async fn end(&self, _: &Owner, _: Handle) -> Result<bool, Error> {
        Err(Error::NoSessions)
    }

    async fn delete_all(&self, _: &Owner, _: Option<&Token>) -> Result<u64, Error> {
        Err(Error::NoSessions)
    }

    fn ended(&self, _: &Token) -> Option<BoxFuture<'static, ()>> {
        None
    }

    fn set_cookie(&self, _: &Token, _: &Found) -> Result<HeaderValue, Error> {
        Err(Error::NoSessions)
    }

    fn expire_cookie(&self) -> HeaderValue {
        HeaderValue::from_static("")
    }
}
