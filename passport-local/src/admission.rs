//! The hook before any password is hashed.

use std::{future::Future, sync::Arc, time::Duration};

use http::StatusCode;
use passport_core::{BoxError, BoxFuture, Failure};

use crate::ClientKey;

/// Whether an attempt may go on to be judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Admission {
    /// It may.
    Admit,
    /// It may not: 429 Too Many Requests (RFC 6585, section 4).
    Refuse {
        /// When to try again; sent in whole seconds, rounded up.
        retry_after: Duration,
    },
}

impl Admission {
    /// The answer to a refused attempt.
    pub(crate) fn into_failure(self) -> Option<Failure> {
        match self {
            Self::Admit => None,
            Self::Refuse { retry_after } => Some(
                Failure::new("Too many attempts. Try again later.")
                    .status(StatusCode::TOO_MANY_REQUESTS)
                    .retry_after(retry_after),
            ),
        }
    }
}

/// The hook, without its type.
pub(crate) type BeforeHash =
    Arc<dyn Fn(String, ClientKey) -> BoxFuture<'static, Result<Admission, BoxError>> + Send + Sync>;

pub(crate) fn before_hash<F, Fut>(hook: F) -> BeforeHash
where
    F: Fn(String, ClientKey) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<Admission, BoxError>> + Send + 'static,
{
    Arc::new(move |username, client| Box::pin(hook(username, client)))
}
