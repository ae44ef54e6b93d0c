//! The rules of the contract, over the tables. Each call is one transaction, or one savepoint of one.

mod end;
mod limit;
mod look;
mod rotate;
mod row;
mod sweep;
mod write;

use passport_core::Record;
use passport_session::{Envelope, IdHash};
use rusqlite::{CachedStatement, Connection, params};

use crate::{
    failed::Stop,
    time::{Millis, stored},
};

/// The tables during one call, at one moment.
pub(crate) struct Tables<'a> {
    db: &'a Connection,
    now: Millis,
    ended: Vec<IdHash>,
}

impl<'a> Tables<'a> {
    pub(crate) fn new(db: &'a Connection, now: Millis) -> Self {
        Self { db, now, ended: Vec::new() }
    }

    /// The ids that this call has ended.
    pub(crate) fn into_ended(self) -> Vec<IdHash> {
        self.ended
    }

    fn sql(&self, sql: &str) -> rusqlite::Result<CachedStatement<'a>> {
        self.db.prepare_cached(sql)
    }

    /// Puts a record under an id that is free, and its users on their lists.
    fn insert(&self, id: &IdHash, record: &Record, version: i64, expires: Millis) -> Result<(), Stop> {
        self.sql("INSERT INTO sessions (id, version, seen, expires, record) VALUES (?1, ?2, ?3, ?4, ?5)")?
            .execute(params![id.as_bytes(), version, self.now, expires, Envelope::seal(*id, record)])?;
        self.list_users(self.db.last_insert_rowid(), record)
    }

    /// Puts those who are logged in on their lists, and takes everybody else off.
    fn list_users(&self, n: i64, record: &Record) -> Result<(), Stop> {
        self.sql("DELETE FROM logins WHERE session = ?1")?.execute([n])?;
        for login in record.logins() {
            self.sql("INSERT OR IGNORE INTO logins (session, owner, at) VALUES (?1, ?2, ?3)")?
                .execute(params![n, login.owner().as_bytes(), stored(login.at)])?;
        }
        Ok(())
    }
}
