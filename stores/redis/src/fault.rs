//! What an error of the server or of the connection is to a store, and whether the connection can go on.

use std::sync::Arc;

use passport_session::StoreError;
use redis::{ErrorKind, RedisError};

/// A call that failed.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) error: StoreError,
    /// Whether the next call needs another connection.
    pub(crate) breaks: bool,
}

impl From<RedisError> for Fault {
    fn from(error: RedisError) -> Self {
        let breaks = breaks(&error);
        Self { error: store_error(error), breaks }
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        Self { error, breaks: false }
    }
}

impl From<Fault> for StoreError {
    fn from(fault: Fault) -> Self {
        fault.error
    }
}

/// Whether the server does not know a script by its hash.
pub(crate) fn is_unknown_script(error: &RedisError) -> bool {
    error.code() == Some("NOSCRIPT")
}

/// Whether the server refuses to write, and still reads.
pub(crate) fn only_reads(error: &StoreError) -> bool {
    matches!(code(error), Some("MISCONF" | "NOREPLICAS"))
}

/// What the server called an error.
pub(crate) fn code(error: &StoreError) -> Option<&str> {
    let (StoreError::Unreachable(error) | StoreError::Other(error)) = error else { return None };
    let shared = error.downcast_ref::<Arc<RedisError>>().map(|error| &**error);
    let error = shared.or_else(|| error.downcast_ref::<RedisError>())?;
    match error.kind() {
        // What the crate makes of it at the first greeting.
        ErrorKind::AuthenticationFailed => Some("WRONGPASS"),
        _ => error.code(),
    }
}

fn store_error(error: RedisError) -> StoreError {
    if error.is_timeout() {
        return StoreError::TimedOut;
    }
    match (error.code(), error.kind()) {
        (Some("OOM"), _) => StoreError::Full,
        (Some("WRONGTYPE"), _) => StoreError::Corrupt,
        (Some(code), _) if is_unreachable(code) => StoreError::Unreachable(error.into()),
        (_, ErrorKind::Io | ErrorKind::Parse | ErrorKind::AuthenticationFailed) => {
            StoreError::Unreachable(error.into())
        }
        _ => StoreError::Other(error.into()),
    }
}

/// The server is there, and is not the one to ask, or not now.
fn is_unreachable(code: &str) -> bool {
    matches!(
        code,
        "READONLY"
            | "LOADING"
            | "MASTERDOWN"
            | "MISCONF"
            | "NOREPLICAS"
            | "BUSY"
            | "CLUSTERDOWN"
            | "TRYAGAIN"
            | "NOAUTH"
    )
}

/// A server that is no primary any more is left: its name may lead to another by now.
fn breaks(error: &RedisError) -> bool {
    matches!(error.code(), Some("READONLY" | "MASTERDOWN" | "NOAUTH"))
        || matches!(error.kind(), ErrorKind::Io | ErrorKind::Parse | ErrorKind::AuthenticationFailed)
}
