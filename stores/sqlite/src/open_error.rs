//! Why a database cannot be opened, as a sentence.

use std::{fmt, io, path::Path};

use passport_core::BoxError;
use rusqlite::ErrorCode;

use crate::{failed::Failed, schema::Unfit};

/// Why a database cannot be opened. Its `Display` is a sentence that says what and where.
#[derive(Debug)]
pub struct OpenError {
    sentence: String,
    source: Option<BoxError>,
}

impl OpenError {
    pub(crate) fn no_path(path: &Path, error: io::Error) -> Self {
        Self::new(path, "that is no path of a file", Some(error.into()))
    }

    pub(crate) fn not_created(path: &Path, error: io::Error) -> Self {
        let folder = path.parent().unwrap_or(path).display();
        let why = match error.kind() {
            io::ErrorKind::NotFound if !path.parent().is_some_and(Path::is_dir) => {
                format!("the folder {folder} does not exist")
            }
            io::ErrorKind::NotADirectory => format!("{folder} is no folder"),
            io::ErrorKind::PermissionDenied => format!("this process may not create files in {folder}"),
            io::ErrorKind::ReadOnlyFilesystem => format!("{folder} is on a read-only file system"),
            io::ErrorKind::StorageFull => format!("there is no room left in {folder}"),
            _ => format!("creating it in {folder} failed: {error}"),
        };
        Self::new(path, &why, Some(error.into()))
    }

    pub(crate) fn no_thread(path: &Path, error: io::Error) -> Self {
        Self::new(path, "the system has no thread left for it", Some(error.into()))
    }

    pub(crate) fn broke_off(path: &Path) -> Self {
        Self::new(path, "opening it broke off", None)
    }

    pub(crate) fn unfit(path: &Path, unfit: Unfit) -> Self {
        match unfit {
            Unfit::Foreign => Self::new(
                path,
                "it is another application's database: sessions need a file of their own",
                None,
            ),
            Unfit::TooNew(version) => {
                let why = format!(
                    "a newer release of passport-store-sqlite has changed it to schema {version}, which this one does \
                     not know: upgrade this program"
                );
                Self::new(path, &why, None)
            }
            Unfit::ReadOnly => Self::new(path, "this process may not write to it", None),
            Unfit::NoLog(mode) => {
                let why = format!(
                    "SQLite cannot keep a write-ahead log there (its journal mode stays {mode:?}): it takes a local disk, \
                     no network file system"
                );
                Self::new(path, &why, None)
            }
            Unfit::Failed(failed) => Self::failed(path, failed),
        }
    }

    fn failed(path: &Path, failed: Failed) -> Self {
        let why = match failed.code() {
            Some(ErrorCode::NotADatabase) => "it is no SQLite database".to_owned(),
            Some(ErrorCode::ReadOnly) => "this process may not write to it".to_owned(),
            Some(ErrorCode::CannotOpen) if path.is_dir() => "it is a folder".to_owned(),
            Some(ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
                format!("this process may not read and write it, or files beside it ({failed})")
            }
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
                "another process has it locked for too long".to_owned()
            }
            Some(ErrorCode::DiskFull) => "there is no room left".to_owned(),
            _ => failed.to_string(),
        };
        Self::new(path, &why, Some(failed.into()))
    }

    fn new(path: &Path, why: &str, source: Option<BoxError>) -> Self {
        Self { sentence: format!("the session database {} cannot be opened: {why}", path.display()), source }
    }
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)
    }
}

impl std::error::Error for OpenError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_ref().map(|source| &**source as _)
    }
}
