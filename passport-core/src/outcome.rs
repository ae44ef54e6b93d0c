//! What a strategy found out.

use std::{any::Any, borrow::Cow, fmt, sync::Arc, time::Duration};

use http::{HeaderValue, StatusCode, Uri};

/// What a strategy found out about a request. The fifth of Passport's verbs, error, is the `Err` beside it.
#[derive(Debug)]
#[must_use = "an outcome decides nothing by itself: log its user in, or answer its failure"]
pub enum Outcome<U> {
    /// This is who sent it.
    Success(Success<U>),
    /// A credential was presented, and it is wrong.
    Fail(Failure),
    /// The browser has to go elsewhere first, to a provider. Sent as 303 See Other.
    Redirect(Uri),
    /// There is no credential here that this strategy understands: ask the next one.
    Pass,
}

impl<U> Outcome<U> {
    /// This is who sent the request.
    pub fn success(user: impl IntoSuccess<U>) -> Self {
        Self::Success(user.into_success())
    }

    /// The credential is wrong: 401 unless another strategy says otherwise. `message` is for the visitor.
    pub fn fail(message: impl Into<Cow<'static, str>>) -> Self {
        Self::Fail(Failure::new(message))
    }
}

impl<U> From<Failure> for Outcome<U> {
    fn from(failure: Failure) -> Self {
        Self::Fail(failure)
    }
}

/// Who was found, and what the strategy has to say about it.
#[must_use = "a success logs nobody in by itself: return it as `Outcome::Success`, or pass it to `auth.login`"]
pub struct Success<U> {
    pub(crate) user: Arc<U>,
    pub(crate) info: Option<Arc<dyn Any + Send + Sync>>,
    pub(crate) message: Option<Cow<'static, str>>,
    pub(crate) remember: Option<Duration>,
    pub(crate) strategy: Option<&'static str>,
}

impl<U> Success<U> {
    /// This is who sent the request.
    pub fn new(user: impl Into<Arc<U>>) -> Self {
        Self { user: user.into(), info: None, message: None, remember: None, strategy: None }
    }

    /// Adds what the handler may want to know, of any type: read it with `auth.info::<T>()`.
    pub fn info<T: Any + Send + Sync>(mut self, info: T) -> Self {
        self.info = Some(Arc::new(info));
        self
    }

    /// Adds a sentence for the visitor.
    pub fn message(mut self, message: impl Into<Cow<'static, str>>) -> Self {
        self.message = Some(message.into());
        self
    }

    /// Keeps the login for this many days, beyond the end of the browser's session: the cookie gets a
    /// `Max-Age`, and both timeouts of this login become that long. For no days it is an ordinary login.
    pub fn remember(mut self, days: u16) -> Self {
        self.remember = (days > 0).then(|| Duration::from_secs(u64::from(days) * 86_400));
        self
    }

    /// What the handler may want to know, if that is a `T`.
    pub fn as_info<T: Any>(&self) -> Option<&T> {
        self.info.as_deref()?.downcast_ref()
    }

    /// The sentence for the visitor, if there is one.
    pub fn as_message(&self) -> Option<&str> {
        self.message.as_deref()
    }

    /// How long the login is to be kept, if it is to outlive the browser's session.
    pub fn as_remember(&self) -> Option<Duration> {
        self.remember
    }

    /// Who was found.
    pub fn user(&self) -> &Arc<U> {
        &self.user
    }

    /// Hands out who was found.
    pub fn into_user(self) -> Arc<U> {
        self.user
    }
}

impl<U> fmt::Debug for Success<U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Success").field("strategy", &self.strategy).finish_non_exhaustive()
    }
}

/// What can be logged in as a `U`: a `U`, an `Arc<U>`, or the [`Success`] that a strategy found.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be logged in as a `{U}`",
    label = "this is no `{U}`",
    note = "give it a `{U}` or an `Arc<{U}>`, by value, or a `Success<{U}>`; each type of user has a `Passport` and an `Auth` of its own"
)]
pub trait IntoSuccess<U> {
    /// Who is to be logged in.
    fn into_success(self) -> Success<U>;
}

impl<U> IntoSuccess<U> for U {
    fn into_success(self) -> Success<U> {
        Success::new(self)
    }
}

impl<U> IntoSuccess<U> for Arc<U> {
    fn into_success(self) -> Success<U> {
        Success::new(self)
    }
}

impl<U> IntoSuccess<U> for Success<U> {
    fn into_success(self) -> Success<U> {
        self
    }
}

/// Why a presented credential was not good enough.
#[derive(Clone, Debug)]
#[must_use = "a failure refuses nobody by itself: return it as `Outcome::Fail`"]
pub struct Failure {
    pub(crate) message: Cow<'static, str>,
    pub(crate) status: Option<StatusCode>,
    pub(crate) challenge: Option<HeaderValue>,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) subject: Option<Subject>,
}

impl Failure {
    /// `message` is for the visitor: it must not tell one cause of failure from another.
    pub fn new(message: impl Into<Cow<'static, str>>) -> Self {
        Self { message: message.into(), status: None, challenge: None, retry_after: None, subject: None }
    }

    /// Answers with this status instead of 401.
    pub fn status(mut self, status: StatusCode) -> Self {
        self.status = Some(status);
        self
    }

    /// Adds what to send in `WWW-Authenticate` (RFC 9110, section 11.6.1), if the answer is a 401.
    pub fn challenge(mut self, challenge: HeaderValue) -> Self {
        self.challenge = Some(challenge);
        self
    }

    /// Says when to try again (RFC 9110, section 10.2.3), rounded up to seconds.
    pub fn retry_after(mut self, after: Duration) -> Self {
        self.retry_after = Some(after);
        self
    }

    /// Says whom the attempt was about, for the log.
    pub fn about(mut self, subject: Subject) -> Self {
        self.subject = Some(subject);
        self
    }

    /// The sentence for the visitor.
    pub fn as_message(&self) -> &str {
        &self.message
    }

    /// The status that was asked for, if any.
    pub fn as_status(&self) -> Option<StatusCode> {
        self.status
    }

    /// The challenge, if any.
    pub fn as_challenge(&self) -> Option<&HeaderValue> {
        self.challenge.as_ref()
    }

    /// When to try again, if that was said.
    pub fn as_retry_after(&self) -> Option<Duration> {
        self.retry_after
    }

    /// Whom the attempt was about, if that was said.
    pub fn as_subject(&self) -> Option<&Subject> {
        self.subject.as_ref()
    }
}

/// Whom a failed attempt was about. People type passwords into the name field: a name that is nobody's is
/// never written down.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Subject {
    /// The key of a user that exists.
    Known(String),
    /// A keyed hash of a name that nobody has: the same name gives the same hash within one process.
    Unknown(String),
}
