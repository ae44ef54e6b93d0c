//! Where the database is, and how a connection to it is made.

use std::{
    fs, io,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use rusqlite::{Connection, OpenFlags};

use crate::{
    failed::Failed,
    open_error::OpenError,
    schema::{self, Unfit},
};

/// How long who waits for a lock sleeps between two looks: a commit takes longer.
const LOOK_AGAIN: Duration = Duration::from_micros(500);

/// A database: which file, and how large that may grow.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    path: Arc<Path>,
    max_bytes: Option<u64>,
}

/// A connection that is made when it is needed, and made anew after it failed.
pub(crate) struct Held {
    place: Place,
    patience: Patience,
    open: Option<(Connection, Option<FileId>)>,
    opened: u64,
}

/// Until when a connection waits for others' locks.
#[derive(Clone)]
pub(crate) struct Patience(Arc<Mutex<Instant>>);

/// Tells a file from another one at the same path.
type FileId = (u64, u64);

impl Place {
    /// A path that stays the same when the process changes its folder, and is nothing but a path to SQLite.
    pub(crate) fn new(path: &Path, max_bytes: Option<u64>) -> Result<Self, OpenError> {
        let absolute = std::path::absolute(path);
        absolute
            .map(|path| Self { path: path.into(), max_bytes })
            .map_err(|error| OpenError::no_path(path, error))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Makes an empty file, if there is none, that nobody but its owner may read: SQLite gives the same rights to
    /// what it keeps beside it.
    pub(crate) fn create(&self) -> Result<(), OpenError> {
        // Who closes a file gives up all locks that this process has on it. No connection can have one yet on
        // a file that was made just now, unless it is opened while this still has it open.
        static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
        let _held = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
        let mut options = fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        match options.open(self.path()) {
            Ok(_) => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            Err(error) => Err(OpenError::not_created(self.path(), error)),
        }
    }

    /// A connection to the file that is there, with the current schema and a write-ahead log. A file that is missing
    /// is not made: it may be on a volume that is not mounted, and come back with its sessions.
    pub(crate) fn connect(&self, patience: &Patience) -> Result<Connection, Unfit> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut db = Connection::open_with_flags(self.path(), flags)?;
        let until = patience.clone();
        db.busy_handler(Some(move |_| until.wait()))?;
        db.set_prepared_statement_cache_capacity(64);
        if db.is_readonly("main")? {
            return Err(Unfit::ReadOnly);
        }
        // A commit waits for the disk, also on macOS, where `fsync` alone does not.
        db.execute_batch(
            "PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON;
             PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF",
        )?;
        // Before anything is changed, it is known to be one of these databases, or an empty file.
        schema::migrate(&mut db)?;
        let mode = log_ahead(&db, patience).map_err(Unfit::Failed)?;
        if mode != "wal" {
            return Err(Unfit::NoLog(mode));
        }
        // What has ended is overwritten where that costs no more; the log shrinks again after a rush.
        for pragma in ["PRAGMA secure_delete = FAST", "PRAGMA journal_size_limit = 67108864"] {
            db.query_row(pragma, [], |_| Ok(()))?;
        }
        if let Some(bytes) = self.max_bytes {
            let page: u32 = db.pragma_query_value(None, "page_size", |row| row.get(0))?;
            let pages = u32::try_from(bytes / u64::from(page.max(1))).unwrap_or(u32::MAX - 1);
            db.query_row(&format!("PRAGMA max_page_count = {}", pages.max(1)), [], |_| Ok(()))?;
        }
        Ok(db)
    }

    fn file(&self) -> Option<FileId> {
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt;
            fs::metadata(self.path()).ok().map(|file| (file.dev(), file.ino()))
        }
        #[cfg(not(unix))]
        Some((0, 0))
    }
}

/// Turns the write-ahead log on, which SQLite refuses as long as somebody else just looks. The mode it is in then.
fn log_ahead(db: &Connection, patience: &Patience) -> Result<String, Failed> {
    loop {
        let mode = db.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0)).map_err(Failed::from);
        match mode {
            Err(failed) if failed.is_busy() && patience.wait() => {}
            mode => return mode,
        }
    }
}

impl Held {
    pub(crate) fn new(place: Place) -> Self {
        Self { place, patience: Patience::default(), open: None, opened: 0 }
    }

    /// Makes the first connection.
    pub(crate) fn open(&mut self, until: Instant) -> Result<(), Unfit> {
        self.patience.set(until);
        let file = self.place.file();
        self.open = Some((self.place.connect(&self.patience)?, file));
        self.opened += 1;
        Ok(())
    }

    /// The connection, made anew if there is none, or if another file has taken the place of its own: what is
    /// written to a file that nobody finds any more is lost.
    pub(crate) fn connection(&mut self, until: Instant) -> Result<&mut Connection, Failed> {
        self.connection_and_number(until).map(|(db, _)| db)
    }

    /// The same, and how many were made: another number says that this is another connection.
    pub(crate) fn connection_and_number(&mut self, until: Instant) -> Result<(&mut Connection, u64), Failed> {
        self.patience.set(until);
        let file = self.place.file();
        if self.open.as_ref().is_some_and(|(_, same)| *same != file) {
            self.give_up();
        }
        if self.open.is_none() {
            self.open(until).map_err(Unfit::into_failed)?;
        }
        match &mut self.open {
            Some((db, _)) => Ok((db, self.opened)),
            None => Err(Failed::unfit("there is no connection")),
        }
    }

    /// The connection that was just used, whatever has become of its file.
    pub(crate) fn current(&self) -> Option<&Connection> {
        self.open.as_ref().map(|(db, _)| db)
    }

    /// The next use makes a new one.
    pub(crate) fn give_up(&mut self) {
        self.open = None;
    }
}

impl Patience {
    pub(crate) fn set(&self, until: Instant) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = until;
    }

    /// Waits for a moment. Whether to look again.
    fn wait(&self) -> bool {
        let until = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let left = until.saturating_duration_since(Instant::now());
        std::thread::sleep(left.min(LOOK_AGAIN));
        !left.is_zero()
    }
}

impl Default for Patience {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(Instant::now())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_commit_waits_for_the_disk_and_no_reader_for_a_commit() {
        let folder = tempfile::TempDir::new().unwrap();
        let place = Place::new(&folder.path().join("sessions.db"), None).unwrap();
        place.create().unwrap();
        let mut held = Held::new(place);
        // The first connection, and one that is made after a failure.
        for _ in 0..2 {
            let db = held.connection(Instant::now() + Duration::from_secs(60)).unwrap();
            let text = |name| db.pragma_query_value(None, name, |row| row.get::<_, String>(0)).unwrap();
            let number = |name| db.pragma_query_value(None, name, |row| row.get::<_, i64>(0)).unwrap();
            assert_eq!(text("journal_mode"), "wal");
            assert_eq!(number("synchronous"), 2, "FULL");
            assert_eq!(number("fullfsync"), 1);
            assert_eq!(number("checkpoint_fullfsync"), 1);
            held.give_up();
        }
    }
}
