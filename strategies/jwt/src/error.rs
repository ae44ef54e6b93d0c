//! Why a token is not good.

use http::StatusCode;

/// Why a token is not good, in words that may go to whoever sent it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    /// It was good until its time was over.
    #[error("Token has expired")]
    Expired,
    /// It is not signed by a key of ours, or not for this, or nothing at all.
    #[error("Invalid token")]
    Invalid,
    /// It says that it is for another kind of user.
    #[error("Invalid token type")]
    OtherRealm,
    /// It was used before, so two hold it who should be one: its whole family has ended.
    #[error("Invalid token")]
    Reused,
    /// Its family has ended: by a logout, by time, or because the user is gone or has changed.
    #[error("Invalid token")]
    Ended,
    /// Nobody can say: a store that cannot be asked, a hook that refused, a foreign site.
    #[error(transparent)]
    Failed(#[from] passport_core::Error),
}

impl TokenError {
    /// The status that answers it: 401, unless nobody could say.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Failed(error) => error.status(),
            _ => StatusCode::UNAUTHORIZED,
        }
    }
}
