//! The server that the tests share, and a database for each.

use std::{
    io::{BufRead, BufReader, Write},
    process::{Child, Stdio},
    sync::{Arc, Mutex, PoisonError, Weak},
    time::Duration,
};

use passport_store_postgres::{Builder, PostgresStore};
use passport_test_servers::Postgres;

static SHARED: Mutex<Weak<Postgres>> = Mutex::new(Weak::new());

/// Many tests at once, with pools of their own.
const SETTINGS: &[&str] = &["max_connections=300"];

/// An empty database.
pub(crate) struct Database {
    server: Arc<Postgres>,
    url: String,
}

impl Database {
    /// One on the server that the tests of this binary share; it ends with the last of them. `None`: it is not installed.
    pub(crate) fn shared() -> Option<Self> {
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        let server = match shared.upgrade() {
            Some(server) => server,
            None => {
                let server = Arc::new(Postgres::start_with(SETTINGS)?);
                *shared = Arc::downgrade(&server);
                server
            }
        };
        drop(shared);
        Some(Self::on(server))
    }

    /// One on a server that nobody else uses: it may be stopped.
    pub(crate) fn alone() -> Option<Self> {
        Self::alone_with(&[])
    }

    /// The same with further settings.
    pub(crate) fn alone_with(settings: &[&str]) -> Option<Self> {
        let settings = [SETTINGS, settings].concat();
        Some(Self::on(Arc::new(Postgres::start_with(&settings)?)))
    }

    fn on(server: Arc<Postgres>) -> Self {
        let url = server.database();
        Self { server, url }
    }

    pub(crate) fn server(&self) -> &Postgres {
        &self.server
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// A store with a deadline that a busy machine keeps.
    pub(crate) fn patient(&self) -> Builder {
        PostgresStore::builder(&self.url).deadline(Duration::from_secs(60))
    }

    /// The database's name.
    pub(crate) fn name(&self) -> &str {
        self.url.rsplit('/').next().unwrap()
    }

    /// Keeps a transaction open that has run this, until it is dropped.
    pub(crate) fn holding(&self, statement: &str) -> Holding {
        let mut psql = self.server.psql(self.name());
        let mut child = psql.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        writeln!(child.stdin.as_mut().unwrap(), "BEGIN; {statement}; SELECT 'it is held';").unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        assert!(lines.any(|line| line.unwrap().contains("it is held")), "it was not to be held");
        Holding(child)
    }

    /// Runs a statement past the store.
    pub(crate) fn sql(&self, statement: &str) -> String {
        self.server.sql(self.name(), statement)
    }
}

/// A transaction that is open.
pub(crate) struct Holding(Child);

impl Drop for Holding {
    fn drop(&mut self) {
        // The server notices, and rolls back.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
