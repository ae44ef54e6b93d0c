//! `req.user()`, `req.login(user)`, `req.logout()` on any framework's request.

use std::sync::Arc;

use http::{Request, request::Parts};

use crate::{Auth, Error, IntoSuccess, LoggedOut, Logout, Session};

/// What a request knows of its visitor, on any framework: Passport's `req.user`, `req.login()`, `req.logout()`.
///
/// The futures own what they need, so they may outlive the request. An adapter implements
/// [`passport_session`](Self::passport_session) for its framework's request; `Via` is a marker that lets it do so for
/// a foreign type.
///
/// # Errors
///
/// Of every method: [`Error::NotInstalled`] where no passport is around the route; otherwise as of the method of the
/// same name on [`Auth`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a request that passport knows",
    note = "use the adapter crate of your framework, or take the `Auth<U>` extractor instead of the request"
)]
pub trait PassportExt<Via> {
    /// The session that the adapter put into this request's type map.
    fn passport_session(&self) -> Option<Session>;

    /// The visitor's data.
    fn session(&self) -> Result<Session, Error> {
        self.passport_session().ok_or(Error::NotInstalled("this request"))
    }

    /// Everything about the users of one kind.
    fn auth<U: Send + Sync + 'static>(&self) -> Result<Auth<U>, Error> {
        self.passport_session().ok_or(Error::NotInstalled(std::any::type_name::<U>()))?.auth()
    }

    /// Who is logged in; `None` for nobody.
    fn user<U: Send + Sync + 'static>(
        &self,
    ) -> impl Future<Output = Result<Option<Arc<U>>, Error>> + Send + 'static {
        let auth = self.auth::<U>();
        async move { auth?.user().await }
    }

    /// Whether somebody is logged in.
    fn is_authenticated<U: Send + Sync + 'static>(
        &self,
    ) -> impl Future<Output = Result<bool, Error>> + Send + 'static {
        let auth = self.auth::<U>();
        async move { auth?.is_authenticated().await }
    }

    /// Logs a user in: at once, under a new session id. Takes a `U`, an `Arc<U>`, or what a strategy found.
    fn login<U: Send + Sync + 'static>(
        &self,
        user: impl IntoSuccess<U>,
    ) -> impl Future<Output = Result<(), Error>> + Send + 'static {
        let (auth, success) = (self.auth::<U>(), user.into_success());
        async move { auth?.login(success).await }
    }

    /// Ends every login of every session on this request: no user type is named, so none is spared.
    fn logout(&self) -> impl Future<Output = Result<LoggedOut, Error>> + Send + 'static {
        self.logout_with(Logout::here())
    }

    /// As [`logout`](Self::logout), with a policy.
    fn logout_with(&self, policy: Logout) -> impl Future<Output = Result<LoggedOut, Error>> + Send + 'static {
        let session = self.session();
        async move { session?.logout_with(policy).await }
    }

    /// What the strategy had to say about the user of this kind, if that is a `T`.
    fn info<U: Send + Sync + 'static, T: Send + Sync + 'static>(&self) -> Result<Option<Arc<T>>, Error> {
        Ok(self.auth::<U>()?.info())
    }
}

/// Marks requests of the `http` crate: tower, axum, hyper, warp.
#[derive(Debug)]
pub enum Http {}

impl<B> PassportExt<Http> for Request<B> {
    fn passport_session(&self) -> Option<Session> {
        self.extensions().get().cloned()
    }
}

impl PassportExt<Http> for Parts {
    fn passport_session(&self) -> Option<Session> {
        self.extensions.get().cloned()
    }
}
