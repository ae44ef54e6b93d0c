//! New sessions, and writes to those that are there.

use passport_core::{Life, Record};
use passport_session::{Envelope, IdHash, Limit, StoreError, Written};
use rusqlite::params;

use super::Tables;
use crate::{
    failed::Stop,
    time::{Millis, end_of, stored},
};

impl Tables<'_> {
    pub(crate) fn create(
        &mut self,
        id: IdHash,
        record: &Record,
        life: Life,
        limit: Limit,
    ) -> Result<u64, Stop> {
        self.vacate(&id)?;
        let victims = self.beyond(record.owners(), limit)?;
        // A number that no record had before, also if the same id came again after its mark had gone.
        let version: i64 =
            self.sql("SELECT random() & 0x3fffffffffffffff")?.query_row([], |row| row.get(0))?;
        self.insert(&id, record, version, end_of(life, self.now))?;
        self.end_victims(victims)?;
        Ok(version.cast_unsigned())
    }

    pub(crate) fn update(
        &mut self,
        id: IdHash,
        record: &Record,
        version: u64,
        life: Life,
    ) -> Result<Written, Stop> {
        let Some(old) = self.live(&id)? else { return Ok(Written::Gone) };
        if !old.is_version(version) {
            return Ok(Written::Conflict);
        }
        let next = old.next_version();
        let sql =
            "UPDATE sessions SET version = ?2, record = ?3, seen = max(seen, ?4), expires = max(expires, ?5)
                   WHERE n = ?1";
        let (bytes, expires) = (Envelope::seal(id, record), end_of(life, self.now));
        self.sql(sql)?.execute(params![old.n, next, bytes, self.now, expires])?;
        if self.users(old.n)? != users_of(record) {
            self.list_users(old.n, record)?;
        }
        Ok(Written::Done(next.cast_unsigned()))
    }

    pub(crate) fn touch(&mut self, id: IdHash, life: Life) -> Result<bool, Stop> {
        let sql = "UPDATE sessions SET seen = max(seen, ?2), expires = max(expires, ?3)
                   WHERE id = ?1 AND expires > ?2 AND record IS NOT NULL";
        let touched = self.sql(sql)?.execute(params![id.as_bytes(), self.now, end_of(life, self.now)])?;
        Ok(touched != 0)
    }

    /// Makes sure that an id is free. What has expired there goes.
    pub(super) fn vacate(&self, id: &IdHash) -> Result<(), Stop> {
        match self.at(id)? {
            None => Ok(()),
            Some(there) if there.expires > self.now => Err(StoreError::Exists.into()),
            Some(there) => self.remove(there.n),
        }
    }

    /// Who is on which list for this session, and since when.
    fn users(&self, n: i64) -> Result<Vec<([u8; 16], Millis)>, Stop> {
        let mut sql = self.sql("SELECT owner, at FROM logins WHERE session = ?1 ORDER BY owner")?;
        let users = sql.query_map([n], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(users.collect::<Result<_, _>>()?)
    }
}

fn users_of(record: &Record) -> Vec<([u8; 16], Millis)> {
    let mut users: Vec<_> =
        record.logins().map(|login| (*login.owner().as_bytes(), stored(login.at))).collect();
    users.sort_unstable();
    users
}
