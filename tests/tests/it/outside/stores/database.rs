//! Databases that several of the app's processes share.

use passport_test_servers::{Postgres, Redis};
use passport_tests::frameworks::KNOWN;
use tempfile::TempDir;

use super::super::site::Site;

/// A new and empty database, and its server.
pub(super) enum Database {
    Sqlite(TempDir),
    Redis(Redis),
    Postgres { server: Postgres, url: String },
}

impl Database {
    pub(super) fn sqlite() -> Self {
        Self::Sqlite(tempfile::tempdir().expect("a temporary folder"))
    }

    pub(super) fn redis() -> Option<Self> {
        Redis::start().map(Self::Redis)
    }

    pub(super) fn postgres() -> Option<Self> {
        Self::postgres_with(&[])
    }

    pub(super) fn postgres_with(settings: &[&str]) -> Option<Self> {
        let server = Postgres::start_with(settings)?;
        let url = server.database();
        Some(Self::Postgres { server, url })
    }

    /// As `SESSIONS` has it.
    pub(super) fn url(&self) -> String {
        match self {
            Self::Sqlite(folder) => format!("sqlite:{}", folder.path().join("sessions.db").display()),
            Self::Redis(server) => server.url(),
            Self::Postgres { url, .. } => url.clone(),
        }
    }

    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "sqlite",
            Self::Redis(_) => "redis",
            Self::Postgres { .. } => "postgres",
        }
    }

    /// One of the app's processes.
    pub(super) fn site(&self, framework: &'static str) -> Site {
        Site::start(framework, &["--sessions", &self.url()], &[])
    }

    /// Two processes, on two frameworks where there are two: as many pairs as frameworks.
    pub(super) fn pairs(&self) -> impl Iterator<Item = (Site, Site)> {
        (0..KNOWN.len()).map(|at| (self.site(KNOWN[at]), self.site(KNOWN[(at + 1) % KNOWN.len()])))
    }

    /// Two processes on two frameworks.
    pub(super) fn pair(&self) -> (Site, Site) {
        (self.site(KNOWN[0]), self.site(KNOWN[1 % KNOWN.len()]))
    }

    /// Lets the server answer nothing.
    pub(super) fn pause(&self) {
        match self {
            Self::Sqlite(_) => unreachable!("there is no server"),
            Self::Redis(server) => server.pause(),
            Self::Postgres { server, .. } => server.pause(),
        }
    }

    pub(super) fn resume(&self) {
        match self {
            Self::Sqlite(_) => unreachable!("there is no server"),
            Self::Redis(server) => server.resume(),
            Self::Postgres { server, .. } => server.resume(),
        }
    }

    pub(super) fn kill(&self) {
        match self {
            Self::Sqlite(_) => unreachable!("there is no server"),
            Self::Redis(server) => server.kill(),
            Self::Postgres { server, .. } => server.kill(),
        }
    }

    pub(super) fn restart(&self) {
        match self {
            Self::Sqlite(_) => unreachable!("there is no server"),
            Self::Redis(server) => server.restart(),
            Self::Postgres { server, .. } => server.restart(),
        }
    }
}

/// The same visitor at another process: the cookies do not say where they are from.
pub(super) fn at(site: &Site, visitor: &passport_tests::client::Visitor) -> passport_tests::client::Visitor {
    let mut there = site.visitor();
    there.cookies.clone_from(&visitor.cookies);
    there
}
