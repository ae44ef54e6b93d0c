//! Ending sessions: one, wherever it has gone, or all of a user.

use std::time::Duration;

use passport_core::Owner;
use passport_session::{Envelope, IdHash, MARK_CHAIN, MARK_SECONDS, StoreError};
use rusqlite::{OptionalExtension, params};

use super::Tables;
use crate::{
    failed::Stop,
    time::{Millis, after},
};

/// When an empty mark that is left now goes.
pub(super) fn mark_until(now: Millis) -> Millis {
    after(now, Duration::from_secs(MARK_SECONDS))
}

impl Tables<'_> {
    pub(crate) fn delete(&mut self, id: IdHash) -> Result<bool, Stop> {
        let (mut at, mut passed, mut ended) = (id, Vec::new(), false);
        // Rotation lets no more than so many marks come in a row.
        for _ in 0..=MARK_CHAIN {
            let Some(found) = self.at(&at)? else { break };
            if !found.is_mark {
                // What has expired ends too: it must not come back when the clock is set back.
                ended = found.is_live(self.now);
                self.end(found.n, &at)?;
                break;
            }
            let Some(to) = found.moved_to.filter(|_| found.expires > self.now) else { break };
            passed.push(found.n);
            at = to;
        }
        for n in passed {
            self.mark(n, None, mark_until(self.now))?;
        }
        Ok(ended)
    }

    pub(crate) fn delete_all(&mut self, owner: &Owner, except: Option<IdHash>) -> Result<u64, Stop> {
        let mut sql = self.sql("SELECT session FROM logins WHERE owner = ?1")?;
        let sessions: Vec<i64> =
            sql.query_map([owner.as_bytes()], |row| row.get(0))?.collect::<Result<_, _>>()?;
        let spared = except.map(|id| self.at(&id)).transpose()?.flatten().map(|found| found.n);
        let mut ended = 0;
        for session in sessions {
            if Some(session) != spared {
                ended += u64::from(self.end_login(owner, session)?);
            }
        }
        Ok(ended)
    }

    /// Ends one user's login in a session, and the session with it if nobody else is logged in. Whether it was live.
    pub(super) fn end_login(&mut self, owner: &Owner, n: i64) -> Result<bool, Stop> {
        let sql = "SELECT id, expires, record FROM sessions WHERE n = ?1 AND record IS NOT NULL";
        let found = self
            .sql(sql)?
            .query_row([n], |row| Ok((row.get(0)?, row.get::<_, Millis>(1)?, row.get::<_, Vec<u8>>(2)?)))
            .optional()?;
        let Some((id, expires, bytes)) = found else { return Ok(false) };
        let id = IdHash::from_bytes(id);
        let left = match Envelope::open(id, &bytes) {
            Ok(record) => record.without_owner(owner),
            // A login that cannot be taken out must not stay: then the whole session goes.
            Err(error @ (StoreError::Corrupt | StoreError::SchemaTooNew(_) | StoreError::Foreign)) => {
                tracing::error!("a session of a user whose logins end goes whole: {error}");
                None
            }
            Err(error) => return Err(error.into()),
        };
        match left {
            None => self.end(n, &id)?,
            Some(left) => {
                let sql = "UPDATE sessions SET record = ?2, version = (version + 1) & 0x7fffffffffffffff WHERE n = ?1";
                self.sql(sql)?.execute(params![n, Envelope::seal(id, &left)])?;
                self.list_users(n, &left)?;
            }
        }
        Ok(expires > self.now)
    }

    /// Ends what is at this id, and leaves an empty mark.
    pub(super) fn end(&mut self, n: i64, id: &IdHash) -> Result<(), Stop> {
        self.mark(n, None, mark_until(self.now))?;
        self.ended.push(*id);
        Ok(())
    }

    /// Replaces a record, or another mark, by a mark.
    pub(super) fn mark(&self, n: i64, to: Option<&IdHash>, until: Millis) -> Result<(), Stop> {
        self.sql("UPDATE sessions SET record = NULL, moved_to = ?2, expires = ?3 WHERE n = ?1")?
            .execute(params![n, to.map(IdHash::as_bytes), until])?;
        self.sql("DELETE FROM logins WHERE session = ?1")?.execute([n])?;
        Ok(())
    }

    pub(super) fn remove(&self, n: i64) -> Result<(), Stop> {
        self.sql("DELETE FROM sessions WHERE n = ?1")?.execute([n])?;
        Ok(())
    }
}
