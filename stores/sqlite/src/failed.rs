//! What SQLite could not do, and what that is to who called.

use std::fmt;

use passport_session::StoreError;
use rusqlite::ErrorCode;

/// An error of SQLite, in words that can be told to many: one commit is for many calls.
#[derive(Clone, Debug)]
pub(crate) struct Failed {
    code: Option<ErrorCode>,
    said: String,
    /// The schema of a database that a newer release has changed.
    too_new: Option<u8>,
}

/// Why a call changes nothing.
#[derive(Debug)]
pub(crate) enum Stop {
    /// The contract says so.
    Refused(StoreError),
    /// SQLite failed.
    Failed(Failed),
}

impl Failed {
    /// No error of SQLite: the database is not for this release.
    pub(crate) fn unfit(said: impl Into<String>) -> Self {
        Self { code: None, said: said.into(), too_new: None }
    }

    pub(crate) fn too_new(schema: i64) -> Self {
        let schema = u8::try_from(schema).unwrap_or(u8::MAX);
        Self { too_new: Some(schema), ..Self::unfit("a newer release has changed the database") }
    }

    /// Somebody else holds the lock, for longer than was waited for.
    pub(crate) fn is_busy(&self) -> bool {
        matches!(self.code, Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked))
    }

    pub(crate) fn is_full(&self) -> bool {
        self.code == Some(ErrorCode::DiskFull)
    }

    pub(crate) fn code(&self) -> Option<ErrorCode> {
        self.code
    }

    /// Whether a connection that said this may still be of use.
    pub(crate) fn keeps_connection(&self) -> bool {
        self.is_busy() || self.is_full() || self.too_new.is_some()
    }

    pub(crate) fn to_store_error(&self) -> StoreError {
        if let Some(schema) = self.too_new {
            return StoreError::SchemaTooNew(schema);
        }
        match self.code {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::TimedOut,
            Some(ErrorCode::DiskFull) => StoreError::Full,
            Some(
                ErrorCode::CannotOpen
                | ErrorCode::ReadOnly
                | ErrorCode::SystemIoFailure
                | ErrorCode::PermissionDenied
                | ErrorCode::FileLockingProtocolFailed
                | ErrorCode::NotFound,
            ) => StoreError::Unreachable(Box::new(self.clone())),
            // Not `Corrupt`: that is one record, and its visitor is anonymous. This is the database.
            _ => StoreError::Other(Box::new(self.clone())),
        }
    }
}

impl From<rusqlite::Error> for Failed {
    fn from(error: rusqlite::Error) -> Self {
        Self { code: error.sqlite_error_code(), said: error.to_string(), too_new: None }
    }
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.said)
    }
}

impl std::error::Error for Failed {}

impl From<rusqlite::Error> for Stop {
    fn from(error: rusqlite::Error) -> Self {
        Self::Failed(error.into())
    }
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::Refused(error)
    }
}

#[cfg(test)]
mod tests {
    use rusqlite::ffi;

    use super::*;

    fn answer(code: i32) -> StoreError {
        Failed::from(rusqlite::Error::SqliteFailure(ffi::Error::new(code), None)).to_store_error()
    }

    #[test]
    fn a_lock_that_somebody_else_keeps_is_a_timeout() {
        for code in
            [ffi::SQLITE_BUSY, ffi::SQLITE_BUSY_RECOVERY, ffi::SQLITE_BUSY_SNAPSHOT, ffi::SQLITE_LOCKED]
        {
            assert!(matches!(answer(code), StoreError::TimedOut), "{code}");
        }
    }

    #[test]
    fn a_disk_without_room_is_full() {
        assert!(matches!(answer(ffi::SQLITE_FULL), StoreError::Full));
    }

    #[test]
    fn a_file_that_cannot_be_read_or_written_is_out_of_reach() {
        for code in [
            ffi::SQLITE_CANTOPEN,
            ffi::SQLITE_READONLY,
            ffi::SQLITE_READONLY_DBMOVED,
            ffi::SQLITE_IOERR_FSYNC,
            ffi::SQLITE_IOERR_READ,
            ffi::SQLITE_PERM,
        ] {
            assert!(matches!(answer(code), StoreError::Unreachable(_)), "{code}");
        }
    }

    #[test]
    fn a_damaged_database_makes_nobody_anonymous() {
        for code in [ffi::SQLITE_CORRUPT, ffi::SQLITE_NOTADB, ffi::SQLITE_NOMEM, ffi::SQLITE_ERROR] {
            assert!(matches!(answer(code), StoreError::Other(_)), "{code}");
        }
    }
}
