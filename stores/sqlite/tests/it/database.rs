//! A database of a test's own, and what a test keeps in it.

use std::{num::NonZeroU32, path::PathBuf, time::Duration};

use passport_core::{Handle, Life, Owner, Record, Timestamp};
use passport_session::{Beyond, FakeClock, IdHash, Limit};
use passport_store_sqlite::{Builder, SqliteStore};
use tempfile::TempDir;

pub(crate) const HOUR: Duration = Duration::from_secs(3600);
pub(crate) const MANY: Limit = Limit { most: NonZeroU32::new(10_000).unwrap(), beyond: Beyond::Refuse };

/// A folder with one database, which goes when the test ends.
pub(crate) struct Database {
    folder: TempDir,
    pub(crate) clock: FakeClock,
}

impl Database {
    pub(crate) fn new() -> Self {
        Self { folder: TempDir::new().unwrap(), clock: FakeClock::new() }
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("sessions.db")
    }

    /// A store with the turned clock, and with more time than a busy machine needs.
    pub(crate) fn builder(&self) -> Builder {
        SqliteStore::builder(self.path()).clock(self.clock.clone()).deadline(Duration::from_secs(60))
    }

    pub(crate) async fn open(&self) -> SqliteStore {
        self.builder().open().await.unwrap()
    }

    /// The same database, as another program sees it.
    pub(crate) fn directly(&self) -> rusqlite::Connection {
        let db = rusqlite::Connection::open(self.path()).unwrap();
        db.busy_timeout(Duration::from_secs(60)).unwrap();
        db
    }
}

pub(crate) fn id(number: u32) -> IdHash {
    let mut bytes = [0x11; 32];
    bytes[..4].copy_from_slice(&number.wrapping_mul(0x9e37_79b9).to_be_bytes());
    bytes[4..8].copy_from_slice(&number.to_be_bytes());
    IdHash::from_bytes(bytes)
}

pub(crate) fn life(now: Timestamp) -> Life {
    Life { seen: now, expires: now.plus(HOUR) }
}

pub(crate) fn owner(user: &str) -> Owner {
    Owner::new("user", format!("\"{user}\"").as_bytes())
}

pub(crate) fn login(user: &str) -> Record {
    login_at(user, 1)
}

pub(crate) fn login_at(user: &str, second: u64) -> Record {
    let (key, at) = (format!("\"{user}\""), Timestamp::from_millis(1000 * second));
    Record::sample(Handle::new([7; 16]), at, &[("user", &key)], &[]).unwrap()
}

pub(crate) fn visitor(data: &[u8]) -> Record {
    Record::sample(Handle::new([7; 16]), Timestamp::default(), &[], &[("cart", data)]).unwrap()
}
