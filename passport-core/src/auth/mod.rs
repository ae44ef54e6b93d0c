//! Who is behind a request, for one kind of user.

mod login;
mod run;
mod sessions;
mod tokens;

use std::{any::TypeId, fmt, sync::Arc};

use bytes::Bytes;
use http::{HeaderMap, Method, Response, Uri};

use crate::{Error, LoggedOut, Logout, Passport, Session, events, guard, require_login, session::Attached};

/// Who is behind this request, for one kind of user: asks, logs in, logs out. Cheap to clone.
///
/// # Errors
///
/// Of every method: a store that cannot be reached is an error, and never "nobody is logged in".
pub struct Auth<U> {
    pub(crate) passport: Passport<U>,
    pub(crate) session: Session,
    pub(crate) foreign: bool,
}

impl<U: Send + Sync + 'static> Auth<U> {
    /// The passport that these are the users of.
    pub fn passport(&self) -> &Passport<U> {
        &self.passport
    }

    /// The visitor's data.
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// Who is logged in; `None` for nobody. Asks the session store and the user store once a request.
    pub async fn user(&self) -> Result<Option<Arc<U>>, Error> {
        self.session.user(&self.passport.0).await
    }

    /// Whether somebody is logged in.
    pub async fn is_authenticated(&self) -> Result<bool, Error> {
        Ok(self.user().await?.is_some())
    }

    /// Whether a credential in the request itself (a key, a token) says who this is, and not the session: a logout leaves
    /// that credential as good as it was.
    pub async fn is_by_request(&self) -> Result<bool, Error> {
        self.session.is_by_request::<U>().await
    }

    /// Who is logged in, or [`Error::Unauthenticated`].
    pub async fn require_user(&self) -> Result<Arc<U>, Error> {
        self.user().await?.ok_or(Error::Unauthenticated)
    }

    /// Who is logged in, or the answer that a guard would give: for extractors. As the guard does, it refuses foreign
    /// requests with an unsafe method and upgrades, unless the request itself brought the credential.
    ///
    /// # Errors
    ///
    /// The answer to send instead of the handler's.
    pub async fn user_or_answer(
        &self,
        method: &Method,
        uri: &Uri,
        headers: &HeaderMap,
    ) -> Result<Arc<U>, Box<Response<Bytes>>> {
        let changes = guard::is_unsafe(method, headers);
        self.current(changes).await.map_err(|error| Box::new(self.answer(&error, method, uri, headers)))
    }

    /// What a guard would answer to this error.
    pub fn answer(&self, error: &Error, method: &Method, uri: &Uri, headers: &HeaderMap) -> Response<Bytes> {
        if matches!(error, Error::Unauthenticated) {
            return require_login::answer(self, method, uri, headers);
        }
        events::failed("user", error);
        self.session.answer(error)
    }

    /// Asks both stores again, for what cannot be undone: a user that was logged out meanwhile is `None`.
    pub async fn recheck(&self) -> Result<Option<Arc<U>>, Error> {
        self.session.recheck(&self.passport).await
    }

    /// Logs out of this realm, at once. Another realm that shares the session stays logged in.
    ///
    /// # Errors
    ///
    /// [`Error::CrossSite`] if a foreign site asked for it; or the store's error: then the user is still logged in.
    #[must_use = "a logout that fails has not logged out: answer its error, `auth.logout().await?`"]
    pub async fn logout(&self) -> Result<LoggedOut, Error> {
        self.logout_with(Logout::here()).await
    }

    /// As [`logout`](Self::logout), with a policy.
    ///
    /// # Errors
    ///
    /// As [`logout`](Self::logout); [`Error::Incomplete`] if only some of several sessions ended;
    /// [`Error::Provider`] if a provider had to be told and was not.
    #[must_use = "a logout that fails has not logged out: answer its error, `auth.logout().await?`"]
    pub async fn logout_with(&self, policy: Logout) -> Result<LoggedOut, Error> {
        let attached = Attached { passport: self.passport.0.clone(), foreign: self.foreign };
        // Every handler that logs somebody out holds this future, and is moved: what it takes lies in a box.
        Box::pin(self.session.logout_realm(&attached, &policy)).await
    }

    /// What the strategy had to say about the one it found, if that is a `T`.
    pub fn info<T: Send + Sync + 'static>(&self) -> Option<Arc<T>> {
        self.session.info(TypeId::of::<U>())?.downcast().ok()
    }

    /// The second account that a guard made with [`Passport::authorize`] has authenticated for this request.
    pub fn account(&self) -> Option<Arc<U>> {
        self.session.account(TypeId::of::<U>())?.downcast().ok()
    }

    /// Refuses a request that a foreign site made, for what the application itself does in the user's name. `what`
    /// is for the log.
    ///
    /// # Errors
    ///
    /// [`Error::CrossSite`].
    pub fn refuse_foreign(&self, what: &'static str) -> Result<(), Error> {
        if self.foreign {
            events::refused_cross_site(what);
            return Err(Error::CrossSite);
        }
        Ok(())
    }
}

impl<U> Clone for Auth<U> {
    fn clone(&self) -> Self {
        Self { passport: self.passport.clone(), session: self.session.clone(), foreign: self.foreign }
    }
}

impl<U> fmt::Debug for Auth<U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Auth").field("realm", &self.passport.0.realm).finish_non_exhaustive()
    }
}
