//! Where sessions live, as `SESSIONS` says it.

use std::{fmt, path::PathBuf, sync::Arc};

use passport_core::BoxError;
use passport_session::{MemoryStore, SessionStore};
use passport_store_postgres::PostgresStore;
use passport_store_redis::RedisStore;
use passport_store_sqlite::SqliteStore;

use crate::BadSetting;

/// A session store that can be opened.
///
/// # Examples
///
/// ```
/// use example_shared::Store;
///
/// assert!(Store::parse("sqlite:sessions.db").is_ok());
/// let error = Store::parse("mongo://user:secret@host").unwrap_err().to_string();
/// assert!(error.contains("mongo") && !error.contains("secret"));
/// ```
#[derive(Clone, PartialEq, Eq)]
pub enum Store {
    /// `memory`: this process's own memory.
    Memory,
    /// `sqlite:PATH`: a file, which is made if it is not there.
    Sqlite(PathBuf),
    /// `redis://…`, or `rediss://…` for TLS: a Redis server.
    Redis(String),
    /// `postgres://…` or `postgresql://…`: a PostgreSQL server's database.
    Postgres(String),
}

impl Store {
    /// Reads what `SESSIONS` may be.
    ///
    /// # Errors
    ///
    /// [`BadSetting`] for anything else. The value itself is not repeated: a database's address may hold its password.
    pub fn parse(value: &str) -> Result<Self, BadSetting> {
        let refused = |why: String| Err(BadSetting::new(format!("SESSIONS {why}: {KNOWN}")));
        match value.split_once(':') {
            None if value == "memory" => Ok(Self::Memory),
            None => refused("names no session store".to_owned()),
            Some(("sqlite", "")) => refused("names a `sqlite` store, but no file".to_owned()),
            Some(("sqlite", path)) => Ok(Self::Sqlite(path.into())),
            Some(("redis" | "rediss", _)) => Ok(Self::Redis(value.to_owned())),
            Some(("postgres" | "postgresql", _)) => Ok(Self::Postgres(value.to_owned())),
            Some((scheme, _)) => refused(format!("has the unknown scheme {scheme:?} of a session store")),
        }
    }

    /// Opens it.
    ///
    /// # Errors
    ///
    /// The store's own sentence, if it cannot be reached or opened.
    pub async fn open(&self) -> Result<Arc<dyn SessionStore>, BoxError> {
        Ok(match self {
            Self::Memory => Arc::new(MemoryStore::new()),
            Self::Sqlite(path) => Arc::new(SqliteStore::open(path).await?),
            Self::Redis(url) => Arc::new(RedisStore::connect(url).await?),
            Self::Postgres(url) => Arc::new(PostgresStore::connect(url).await?),
        })
    }
}

const KNOWN: &str = "there are `memory`, `sqlite:PATH`, `redis://…` and `postgres://…`";

/// Not the address, which may hold a password.
impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Memory => "Memory",
            Self::Sqlite(_) => "Sqlite",
            Self::Redis(_) => "Redis",
            Self::Postgres(_) => "Postgres",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Store;

    #[test]
    fn a_store_is_named_by_its_scheme() {
        for (value, store) in [
            ("memory", Store::Memory),
            ("sqlite:a.db", Store::Sqlite("a.db".into())),
            ("sqlite:/var/lib/a b.db", Store::Sqlite("/var/lib/a b.db".into())),
            ("redis://h", Store::Redis("redis://h".to_owned())),
            ("postgres://h/db", Store::Postgres("postgres://h/db".to_owned())),
        ] {
            assert_eq!(Store::parse(value), Ok(store), "{value}");
        }
    }

    #[test]
    fn a_store_that_there_is_not_is_refused_by_its_name() {
        let refused = |value| Store::parse(value).unwrap_err().to_string();
        assert!(refused("ldap://h").contains("unknown scheme \"ldap\""));
        assert!(refused("").contains("no session store"));
        assert!(refused("sqlite:").contains("no file"));
        assert!(refused("memory:").contains("unknown scheme"));
    }

    #[test]
    fn the_password_of_a_database_is_repeated_nowhere() {
        for value in ["unknown://user:hunter2@host", "hunter2"] {
            assert!(!Store::parse(value).unwrap_err().to_string().contains("hunter2"), "{value}");
        }
        let store = Store::parse("postgres://user:hunter2@host/db").unwrap();
        assert!(!format!("{store:?}").contains("hunter2"));
    }
}
