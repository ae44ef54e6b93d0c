//! What a failure of the server means for a call.

use passport_core::BoxError;
use passport_session::StoreError;
use tokio_postgres::{Error, error::SqlState};

/// What to do about a failed statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Two transactions were in each other's way, and this one was rolled back: try again.
    Collision,
    /// The server ended the connection and said so: the statement has done nothing.
    Refused,
    /// The connection broke: what was under way may have happened.
    Broken,
    /// The server gave the statement up.
    TimedOut,
    /// There is no room on the disk.
    Full,
    /// The statement failed, the connection is well.
    Failed,
}

impl Fault {
    pub(crate) fn of(error: &Error) -> Self {
        let Some(code) = error.code() else { return Self::Broken };
        match *code {
            SqlState::T_R_SERIALIZATION_FAILURE | SqlState::T_R_DEADLOCK_DETECTED => Self::Collision,
            SqlState::QUERY_CANCELED | SqlState::LOCK_NOT_AVAILABLE => Self::TimedOut,
            SqlState::DISK_FULL => Self::Full,
            SqlState::ADMIN_SHUTDOWN
            | SqlState::CRASH_SHUTDOWN
            | SqlState::CANNOT_CONNECT_NOW
            | SqlState::DATABASE_DROPPED
            | SqlState::TOO_MANY_CONNECTIONS
            // After a failover, a connection to what is a replica now.
            | SqlState::READ_ONLY_SQL_TRANSACTION => Self::Refused,
            ref other if matches!(&other.code()[..2], "08" | "28" | "53" | "57") => Self::Refused,
            _ => Self::Failed,
        }
    }

    /// Whether the connection may be used again.
    pub(crate) fn spares_connection(self) -> bool {
        matches!(self, Self::Collision | Self::Full | Self::Failed)
    }

    pub(crate) fn into_store_error(self, error: Error) -> StoreError {
        match self {
            Self::TimedOut => StoreError::TimedOut,
            Self::Full => StoreError::Full,
            Self::Refused | Self::Broken => StoreError::Unreachable(said(error)),
            Self::Collision | Self::Failed => StoreError::Other(said(error)),
        }
    }
}

/// The server's own sentence where there is one: `db error` says nothing.
fn said(error: Error) -> BoxError {
    match error.as_db_error() {
        // Not its detail, which quotes rows.
        Some(db) => format!("PostgreSQL: {} ({})", db.message(), db.code().code()).into(),
        None => error.into(),
    }
}
