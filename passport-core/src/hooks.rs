//! What the application wants to know of, and may refuse.

use std::{borrow::Cow, fmt, sync::Arc};

use async_trait::async_trait;
use http::StatusCode;

use crate::{BoxError, BoxFuture, Client, EndedLogin, Subject};

/// Called around logins and logouts, in the order of registration.
///
/// Only [`before_login`](Self::before_login) can refuse. Errors and panics of the others are logged and
/// change neither the answer nor the cookie: what has happened has happened.
#[async_trait]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no hooks for a passport of `{U}`",
    note = "implement `passport_core::Hooks<{U}>` for it, with `#[async_trait]` on the impl block, or give a closure to \
            `before_login`, `after_login`, `after_logout` or `on_failed_attempt`"
)]
pub trait Hooks<U: Send + Sync + 'static>: Send + Sync + 'static {
    /// Before anything is written. May refuse, with a reason for the visitor.
    ///
    /// # Errors
    ///
    /// [`LoginRefused`] answers 403 with its reason.
    async fn before_login(&self, _login: &LoginEvent<U>) -> Result<(), LoginRefused> {
        Ok(())
    }

    /// After the login is in the store.
    ///
    /// # Errors
    ///
    /// Logged, and nothing else.
    async fn after_login(&self, _login: &LoginEvent<U>) -> Result<(), BoxError> {
        Ok(())
    }

    /// After its holder has logged out, here, elsewhere or everywhere: [`EndedLogin::scope`] says which. Sessions that
    /// end by their handle, by [`Passport::end_sessions`](crate::Passport::end_sessions), or because the user is gone are in the log; no line
    /// tells of those that time out.
    ///
    /// # Errors
    ///
    /// Logged, and nothing else.
    async fn after_logout(&self, _login: &EndedLogin) -> Result<(), BoxError> {
        Ok(())
    }

    /// After a credential was presented and refused.
    ///
    /// # Errors
    ///
    /// Logged, and nothing else.
    async fn failed_attempt(&self, _attempt: &FailedAttempt) -> Result<(), BoxError> {
        Ok(())
    }

    /// Whether `after_logout` does anything: a logout looks up whom it ends only if somebody asks.
    fn wants_logouts(&self) -> bool {
        true
    }
}

/// Somebody is logging in, or has.
pub struct LoginEvent<U> {
    /// Who.
    pub user: Arc<U>,
    /// Into which realm.
    pub realm: &'static str,
    /// By which strategy; `"login"` if a handler did.
    pub strategy: &'static str,
    /// From where.
    pub client: Client,
}

impl<U> Clone for LoginEvent<U> {
    fn clone(&self) -> Self {
        Self {
            user: Arc::clone(&self.user),
            realm: self.realm,
            strategy: self.strategy,
            client: self.client.clone(),
        }
    }
}

impl<U> fmt::Debug for LoginEvent<U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LoginEvent")
            .field("realm", &self.realm)
            .field("strategy", &self.strategy)
            .finish_non_exhaustive()
    }
}

/// A credential was presented and refused.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct FailedAttempt {
    /// Into which realm.
    pub realm: &'static str,
    /// Which strategy refused it.
    pub strategy: &'static str,
    /// Whom it was about, as far as may be written down.
    pub subject: Option<Subject>,
    /// The status the strategy asked for, if any.
    pub status: Option<StatusCode>,
    /// From where.
    pub client: Client,
}

/// A login that a hook refused.
#[derive(Clone, Debug)]
#[must_use = "it refuses nothing by itself: return it as `Err`"]
pub struct LoginRefused(pub(crate) Cow<'static, str>);

impl LoginRefused {
    /// The reason is for the visitor.
    pub fn because(reason: impl Into<Cow<'static, str>>) -> Self {
        Self(reason.into())
    }
}

type Before<U> = dyn Fn(LoginEvent<U>) -> BoxFuture<'static, Result<(), LoginRefused>> + Send + Sync;
type After<E> = dyn Fn(E) -> BoxFuture<'static, Result<(), BoxError>> + Send + Sync;

/// One closure as hooks: it takes its event by value.
pub(crate) enum Closure<U> {
    BeforeLogin(Box<Before<U>>),
    AfterLogin(Box<After<LoginEvent<U>>>),
    AfterLogout(Box<After<EndedLogin>>),
    FailedAttempt(Box<After<FailedAttempt>>),
}

#[async_trait]
impl<U: Send + Sync + 'static> Hooks<U> for Closure<U> {
    async fn before_login(&self, login: &LoginEvent<U>) -> Result<(), LoginRefused> {
        match self {
            Self::BeforeLogin(hook) => hook(login.clone()).await,
            _ => Ok(()),
        }
    }

    async fn after_login(&self, login: &LoginEvent<U>) -> Result<(), BoxError> {
        match self {
            Self::AfterLogin(hook) => hook(login.clone()).await,
            _ => Ok(()),
        }
    }

    async fn after_logout(&self, login: &EndedLogin) -> Result<(), BoxError> {
        match self {
            Self::AfterLogout(hook) => hook(login.clone()).await,
            _ => Ok(()),
        }
    }

    async fn failed_attempt(&self, attempt: &FailedAttempt) -> Result<(), BoxError> {
        match self {
            Self::FailedAttempt(hook) => hook(attempt.clone()).await,
            _ => Ok(()),
        }
    }

    fn wants_logouts(&self) -> bool {
        matches!(self, Self::AfterLogout(_))
    }
}
