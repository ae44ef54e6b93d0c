//! Which version a database has, and how an older one becomes the current.

use rusqlite::{Connection, TransactionBehavior};

use crate::failed::Failed;

/// Marks a file as one of these, for whoever opens it: "Pprt".
const APPLICATION: i32 = i32::from_be_bytes(*b"Pprt");
/// What brings a database from version 0, an empty file, to 1, and so on. What was released never changes.
const STEPS: &[&str] = &[include_str!("schema.sql")];

/// Why a database is not for this release.
#[derive(Debug)]
pub(crate) enum Unfit {
    /// It holds something else.
    Foreign,
    /// A newer release has changed it.
    TooNew(i64),
    /// It can be read and no more.
    ReadOnly,
    /// There can be no write-ahead log: the journal mode stays this.
    NoLog(String),
    /// It cannot be read or written.
    Failed(Failed),
}

/// Brings a database to the current version, all steps or none.
pub(crate) fn migrate(db: &mut Connection) -> Result<(), Unfit> {
    migrate_by(db, STEPS)
}

/// Looks at a database that was current when the store was opened.
pub(crate) fn check(db: &Connection) -> Result<(), Failed> {
    let version: i64 = db.prepare_cached("PRAGMA user_version")?.query_row([], |row| row.get(0))?;
    if is_newer(version, STEPS) { Err(Failed::too_new(version)) } else { Ok(()) }
}

fn migrate_by(db: &mut Connection, steps: &[&str]) -> Result<(), Unfit> {
    // Nearly always there is nothing to do, and nobody to wait for. One transaction, also to look: what another process
    // is just making would look like somebody else's.
    let look = db.transaction()?;
    if done(&look, steps)? == steps.len() {
        return Ok(());
    }
    drop(look);
    let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Another process may have been faster.
    let done = done(&transaction, steps)?;
    for step in &steps[done..] {
        transaction.execute_batch(step)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION)?;
    transaction.pragma_update(None, "user_version", i64::try_from(steps.len()).unwrap_or(i64::MAX))?;
    transaction.commit()?;
    Ok(())
}

/// How many steps a database has behind it.
fn done(db: &Connection, steps: &[&str]) -> Result<usize, Unfit> {
    let number = |name| db.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    let (application, version) = (number("application_id")?, number("user_version")?);
    if application != i64::from(APPLICATION) {
        let tables: i64 = db.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
        return if application == 0 && version == 0 && tables == 0 { Ok(0) } else { Err(Unfit::Foreign) };
    }
    match is_newer(version, steps) {
        true => Err(Unfit::TooNew(version)),
        false => Ok(usize::try_from(version).unwrap_or_default()),
    }
}

fn is_newer(version: i64, steps: &[&str]) -> bool {
    usize::try_from(version).is_ok_and(|version| version > steps.len())
}

impl Unfit {
    /// As it is told to a call, long after the store was opened.
    pub(crate) fn into_failed(self) -> Failed {
        match self {
            Self::Foreign => Failed::unfit("another application's database has taken the place of this one"),
            Self::TooNew(version) => Failed::too_new(version),
            Self::ReadOnly => Failed::unfit("the database cannot be written any more"),
            Self::NoLog(_) => Failed::unfit("the database can have no write-ahead log any more"),
            Self::Failed(failed) => failed,
        }
    }
}

impl From<rusqlite::Error> for Unfit {
    fn from(error: rusqlite::Error) -> Self {
        Self::Failed(error.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: &str = "CREATE TABLE a (x INTEGER); INSERT INTO a VALUES (7);";
    const SECOND: &str = "ALTER TABLE a ADD COLUMN y INTEGER NOT NULL DEFAULT 0; UPDATE a SET y = x + 1;";
    const BROKEN: &str = "CREATE TABLE b (x INTEGER); INSERT INTO nowhere VALUES (1);";

    fn version(db: &Connection) -> i64 {
        db.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap()
    }

    #[test]
    fn an_empty_file_gets_the_current_schema() {
        let mut db = Connection::open_in_memory().unwrap();
        migrate(&mut db).unwrap();
        assert_eq!(version(&db), 1);
        let empty: i64 = db.query_row("SELECT count(*) FROM sessions, logins", [], |row| row.get(0)).unwrap();
        assert_eq!(empty, 0);
        migrate(&mut db).unwrap();
    }

    #[test]
    fn a_database_of_an_earlier_version_keeps_what_it_holds() {
        let mut db = Connection::open_in_memory().unwrap();
        migrate_by(&mut db, &[FIRST]).unwrap();
        migrate_by(&mut db, &[FIRST, SECOND]).unwrap();
        assert_eq!(version(&db), 2);
        let row = db.query_row("SELECT x, y FROM a", [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        assert_eq!(row, (7, 8));
    }

    #[test]
    fn a_step_that_fails_leaves_the_earlier_version_as_it_was() {
        let mut db = Connection::open_in_memory().unwrap();
        migrate_by(&mut db, &[FIRST]).unwrap();
        let failed = migrate_by(&mut db, &[FIRST, SECOND, BROKEN]);
        assert!(matches!(failed, Err(Unfit::Failed(_))), "{failed:?}");
        assert_eq!(version(&db), 1);
        assert!(db.prepare("SELECT y FROM a").is_err());
        migrate_by(&mut db, &[FIRST, SECOND]).unwrap();
        assert_eq!(version(&db), 2);
    }

    #[test]
    fn a_newer_database_is_refused_and_left_alone() {
        let mut db = Connection::open_in_memory().unwrap();
        migrate_by(&mut db, &[FIRST, SECOND]).unwrap();
        assert!(matches!(migrate_by(&mut db, &[FIRST]), Err(Unfit::TooNew(2))));
        assert_eq!(version(&db), 2);
    }

    #[test]
    fn another_applications_database_is_refused_and_left_alone() {
        for sql in [FIRST, "PRAGMA user_version = 3", "PRAGMA application_id = 5"] {
            let mut db = Connection::open_in_memory().unwrap();
            db.execute_batch(sql).unwrap();
            assert!(matches!(migrate(&mut db), Err(Unfit::Foreign)), "{sql}");
            assert!(db.prepare("SELECT * FROM sessions").is_err());
        }
    }
}
