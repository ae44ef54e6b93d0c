//! Moving a session to a new id.

use passport_core::{Life, Owner, Record};
use passport_session::{IdHash, Limit, MARK_CHAIN, Written};
use rusqlite::{OptionalExtension, params};

use super::{Tables, end::mark_until};
use crate::{failed::Stop, time::end_of};

impl Tables<'_> {
    pub(crate) fn rotate(
        &mut self,
        (old_id, new_id): (IdHash, IdHash),
        record: &Record,
        version: u64,
        life: Life,
        limit: Limit,
    ) -> Result<Written, Stop> {
        let Some(old) = self.live(&old_id)? else { return Ok(Written::Gone) };
        if !old.is_version(version) {
            return Ok(Written::Conflict);
        }
        self.vacate(&new_id)?;
        let before = self.owners(old.n)?;
        let victims = self.beyond(record.owners().filter(|owner| !before.contains(owner)), limit)?;
        if self.marks_before(&old_id)? >= MARK_CHAIN {
            self.end(old.n, &old_id)?;
            return Ok(Written::Gone);
        }
        if before.is_empty() {
            self.mark(old.n, None, mark_until(self.now))?;
        } else {
            self.mark(old.n, Some(&new_id), old.expires)?;
        }
        self.ended.push(old_id);
        let next = old.next_version();
        self.insert(&new_id, record, next, end_of(life, self.now))?;
        self.end_victims(victims)?;
        Ok(Written::Done(next.cast_unsigned()))
    }

    /// Who is logged in there.
    fn owners(&self, n: i64) -> Result<Vec<Owner>, Stop> {
        let mut sql = self.sql("SELECT owner FROM logins WHERE session = ?1")?;
        let owners = sql.query_map([n], |row| Ok(Owner::from_bytes(row.get(0)?)))?;
        Ok(owners.collect::<Result<_, _>>()?)
    }

    /// How many live marks in a row lead to this id; no more are counted than matter.
    fn marks_before(&self, id: &IdHash) -> Result<usize, Stop> {
        let mut sql = self.sql("SELECT id FROM sessions WHERE moved_to = ?1 AND expires > ?2 LIMIT 1")?;
        let mut at = *id.as_bytes();
        for count in 0..MARK_CHAIN {
            match sql.query_row(params![at, self.now], |row| row.get(0)).optional()? {
                Some(before) => at = before,
                None => return Ok(count),
            }
        }
        Ok(MARK_CHAIN)
    }
}
