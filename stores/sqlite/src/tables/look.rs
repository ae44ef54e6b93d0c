//! Reading.

use passport_core::{Listed, Owner, Timestamp};
use passport_session::{Entry, Envelope, IdHash, Loaded, StoreError};
use rusqlite::{OptionalExtension, params};

use super::Tables;
use crate::{
    failed::Stop,
    time::{Millis, Now},
};

impl Tables<'_> {
    pub(crate) fn load(&self, id: IdHash, now: Timestamp) -> Result<Loaded, Stop> {
        let sql = "SELECT version, seen, expires, record FROM sessions WHERE id = ?1 AND expires > ?2";
        let found = self
            .sql(sql)?
            .query_row(params![id.as_bytes(), self.now], |row| {
                let bytes: Option<Vec<u8>> = row.get(3)?;
                Ok((row.get::<_, i64>(0)?, row.get(1)?, row.get(2)?, bytes))
            })
            .optional()?;
        Ok(match found {
            None => Loaded::None,
            Some((_, _, _, None)) => Loaded::Ended,
            Some((version, seen, expires, Some(bytes))) => Loaded::Found {
                record: Envelope::open(id, &bytes)?,
                version: version.cast_unsigned(),
                life: Now { here: self.now, there: now }.life(seen, expires),
            },
        })
    }

    pub(crate) fn list(&self, owner: &Owner, now: Timestamp) -> Result<Vec<Entry>, Stop> {
        let now = Now { here: self.now, there: now };
        let mut sql = self.sql(
            "SELECT id, version, seen, expires, record FROM logins CROSS JOIN sessions ON n = session
             WHERE owner = ?1 AND expires > ?2 AND record IS NOT NULL",
        )?;
        let mut rows = sql.query(params![owner.as_bytes(), self.now])?;
        let mut live = Vec::new();
        while let Some(row) = rows.next()? {
            let id = IdHash::from_bytes(row.get(0)?);
            let bytes: Vec<u8> = row.get(4)?;
            let record = match Envelope::open(id, &bytes) {
                // To `load` it is nobody's, so it is on nobody's list.
                Err(StoreError::Corrupt) => {
                    tracing::error!("a session record cannot be decoded: it is left out of its user's list");
                    continue;
                }
                opened => opened?,
            };
            if record.owners().any(|other| other == *owner) {
                let life = now.life(row.get(2)?, row.get(3)?);
                let version = row.get::<_, i64>(1)?.cast_unsigned();
                live.push(Entry { id, listed: Listed { record, life }, version });
            }
        }
        Ok(live)
    }

    /// When the live record at this id expires; `None` if there is none.
    pub(crate) fn expires(&self, id: &IdHash) -> Result<Option<Millis>, Stop> {
        Ok(self.live(id)?.map(|found| found.expires))
    }
}
