//! The session as a strategy among others.

use std::{fmt, marker::PhantomData};

use async_trait::async_trait;
use passport_core::{BoxError, Credential, Outcome, PassportExt, Strategy};

/// Authenticates by the session: for guards such as `["session", "api-key"]`.
///
/// It admits this request only: nothing is rotated and no timeout starts anew. Without a login it passes, so by
/// itself it never answers 401. The record and the user are loaded once a request, whoever asks first.
///
/// # Security
///
/// The browser attaches the cookie on its own, so the guard refuses requests of foreign sites with an unsafe method.
pub struct SessionStrategy<U>(PhantomData<fn() -> U>);

impl<U> SessionStrategy<U> {
    /// For one kind of user: the one of the passport it goes into.
    pub const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<U> Default for SessionStrategy<U> {
    fn default() -> Self {
        Self::new()
    }
}

impl<U> fmt::Debug for SessionStrategy<U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionStrategy")
    }
}

#[async_trait]
impl<U: Send + Sync + 'static> Strategy for SessionStrategy<U> {
    type User = U;

    fn credential(&self) -> Credential {
        Credential::Ambient
    }

    async fn authenticate(&self, req: &http::Request<bytes::Bytes>) -> Result<Outcome<U>, BoxError> {
        let user = req.user::<U>().await?;
        Ok(user.map_or(Outcome::Pass, Outcome::success))
    }
}
