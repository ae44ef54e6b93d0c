//! Why a store could not be opened.

use passport_core::BoxError;

/// Why the store could not be opened. Each is a sentence that says what and where, and never holds the password.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConnectError {
    /// The address cannot be read. It is not repeated here: it may hold a password.
    #[error(
        "the address of the PostgreSQL database cannot be read: it has to look like \
         postgres://user:password@host:5432/database, with %-encoding for special characters"
    )]
    Address,
    /// The name is not one that a schema of this store can have.
    #[error(
        "{0:?} cannot be the schema of the session store: take at most 50 small letters, digits and underscores, \
         not starting with a digit or with pg_"
    )]
    Schema(String),
    /// A setting is zero.
    #[error("the session store's {0} cannot be zero")]
    Zero(&'static str),
    /// The server cannot be reached, refuses the login, or is a replica.
    #[error("cannot connect to PostgreSQL at {at}: {why}")]
    Unreachable {
        /// Host, port, database and user.
        at: String,
        /// What was said, in one line.
        why: String,
        /// What was said.
        #[source]
        source: BoxError,
    },
    /// The server did not answer in time.
    #[error("PostgreSQL at {at} did not answer in time")]
    TimedOut {
        /// Host, port, database and user.
        at: String,
    },
    /// The server is too old.
    #[error("PostgreSQL at {at} is version {version}, and the session store needs 12 or later")]
    TooOld {
        /// Host, port, database and user.
        at: String,
        /// What it says of itself.
        version: String,
    },
    /// A newer release has changed the schema.
    #[error(
        "the schema {schema:?} in PostgreSQL at {at} has version {found}, and this release knows versions up to {known}: \
         run the newer release, or take another schema"
    )]
    SchemaTooNew {
        /// Host, port, database and user.
        at: String,
        /// The schema's name.
        schema: String,
        /// Its version.
        found: i32,
        /// The newest that this release knows.
        known: usize,
    },
    /// The schema's tables could not be made or changed.
    #[error("cannot set up the schema {schema:?} in PostgreSQL at {at}: {why}")]
    Migration {
        /// Host, port, database and user.
        at: String,
        /// The schema's name.
        schema: String,
        /// What was said, in one line.
        why: String,
        /// What was said.
        #[source]
        source: BoxError,
    },
}

/// An error and what it comes from, in one line.
pub(crate) fn chain(error: &tokio_postgres::Error) -> String {
    if let Some(db) = error.as_db_error() {
        return format!("{} ({})", db.message(), db.code().code());
    }
    let mut line = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        line = format!("{line}: {cause}");
        source = cause.source();
    }
    line
}
