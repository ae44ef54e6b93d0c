//! Why a password was not hashed.

use std::time::Duration;

use http::StatusCode;
use passport_core::{BoxError, Failure};

/// Why a password was not hashed or not checked. Messages hold no data.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HashError {
    /// Too many passwords are being hashed, and too many clients wait, or too many for this client.
    #[error("too many passwords are being hashed")]
    Busy {
        /// When it is worth trying again.
        retry_after: Duration,
    },
    /// A new password is longer than [`Password::MAX_LEN`](crate::Password::MAX_LEN): nobody could log in
    /// with it.
    #[error("the password is longer than 1024 bytes")]
    TooLong,
    /// A new password is empty: nobody could log in with it.
    #[error("the password is empty")]
    Empty,
    /// There is no tokio runtime to hash on.
    #[error("passwords are hashed on tokio's blocking threads, and this is not a tokio runtime")]
    NoRuntime,
    /// The runtime is shutting down.
    #[error("the runtime shut down before the password was hashed")]
    ShutDown,
    /// The computation panicked.
    #[error("hashing the password panicked")]
    Panicked,
    /// The hash could not be computed: no memory, or no random numbers for the salt.
    #[error("hashing the password failed")]
    Failed(#[source] BoxError),
}

impl HashError {
    /// The status that answers it.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Busy { .. } | Self::ShutDown => StatusCode::SERVICE_UNAVAILABLE,
            Self::TooLong | Self::Empty => StatusCode::BAD_REQUEST,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The answer for the visitor, if the visitor can do something about it: wait, or choose another
    /// password.
    ///
    /// # Errors
    ///
    /// The error itself, if only the application can.
    pub fn into_failure(self) -> Result<Failure, Self> {
        let message = match self {
            Self::Busy { .. } => "Too many people are signing in. Try again in a moment.",
            Self::TooLong => "The password is too long.",
            Self::Empty => "The password is empty.",
            other => return Err(other),
        };
        let failure = Failure::new(message).status(self.status());
        Ok(match self {
            Self::Busy { retry_after } => failure.retry_after(retry_after),
            _ => failure,
        })
    }
}
