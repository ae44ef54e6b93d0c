//! The hook for full control: who these credentials are.

use std::{fmt, sync::Arc};

use async_trait::async_trait;
use passport_core::{BoxError, Failure, Subject, Success};

use crate::{ClientKey, Credentials};

/// Judges credentials in the application's own way: against a directory server, an older system, a second
/// table.
///
/// [`Passwords`](crate::Passwords) is the one that is ready made.
///
/// # Examples
///
/// ```
/// use passport_core::{BoxError, async_trait};
/// use passport_local::{ClientKey, Credentials, Local, Verdict, Verify};
///
/// struct Directory;
/// struct User;
///
/// #[async_trait]
/// impl Verify for Directory {
///     type User = User;
///     async fn verify(&self, credentials: Credentials, _: &ClientKey) -> Result<Verdict<User>, BoxError> {
///         // bind as credentials.username with credentials.password.expose_str()
///         # let _ = credentials;
///         Ok(Verdict::Wrong(None))
///     }
/// }
/// let strategy = Local::verify(Directory);
/// ```
///
/// # Security
///
/// A verifier that compares hashes should go through a [`Hasher`](crate::Hasher), also for names that nobody
/// has: it bounds memory and takes equally long.
#[async_trait]
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot verify credentials",
    note = "implement `passport_local::Verify` for it, with `#[async_trait]` on the impl block, or pass a closure \
            to `Local::with(|credentials| async move {{ … }})`"
)]
pub trait Verify: Send + Sync + 'static {
    /// The kind of user that it finds.
    type User: Send + Sync + 'static;

    /// Says who presented these credentials. Passwords beyond [`Password::MAX_LEN`](crate::Password::MAX_LEN)
    /// never come here.
    ///
    /// # Errors
    ///
    /// Whatever kept it from finding out: nobody is logged in, and the visitor is not told that the password
    /// was wrong.
    async fn verify(
        &self,
        credentials: Credentials,
        client: &ClientKey,
    ) -> Result<Verdict<Self::User>, BoxError>;
}

/// What a verifier found out.
#[derive(Debug)]
#[must_use]
pub enum Verdict<U> {
    /// The credentials are this user's.
    Right(Success<U>),
    /// They are nobody's, for whatever cause: the visitor is told the one message. The subject is for the
    /// log; without one it is a keyed hash of the name.
    Wrong(Option<Subject>),
    /// They were not judged, and here is why: overload (503), a rate limit (429).
    Refused(Failure),
}

impl<U> Verdict<U> {
    /// The credentials are this user's.
    pub fn right(user: impl Into<Arc<U>>) -> Self {
        Self::Right(Success::new(user))
    }
}

/// A closure as a verifier.
pub(crate) struct With<F>(pub(crate) F);

#[async_trait]
impl<U, F, Fut> Verify for With<F>
where
    U: Send + Sync + 'static,
    F: Fn(Credentials) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<Option<Arc<U>>, BoxError>> + Send,
{
    type User = U;

    async fn verify(&self, credentials: Credentials, _client: &ClientKey) -> Result<Verdict<U>, BoxError> {
        Ok((self.0)(credentials).await?.map_or(Verdict::Wrong(None), Verdict::right))
    }
}

impl<F> fmt::Debug for With<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("With")
    }
}
