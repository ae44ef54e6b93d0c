//! What is under one id.

use passport_session::IdHash;
use rusqlite::{OptionalExtension, Row};

use super::Tables;
use crate::{failed::Stop, time::Millis};

/// A record or a mark, without the record itself.
pub(super) struct Found {
    pub(super) n: i64,
    pub(super) version: i64,
    pub(super) expires: Millis,
    pub(super) is_mark: bool,
    pub(super) moved_to: Option<IdHash>,
}

impl Tables<'_> {
    /// Whatever is there, expired or not.
    pub(super) fn at(&self, id: &IdHash) -> Result<Option<Found>, Stop> {
        let sql = "SELECT n, version, expires, record IS NULL, moved_to FROM sessions WHERE id = ?1";
        let found = |row: &Row<'_>| {
            Ok(Found {
                n: row.get(0)?,
                version: row.get(1)?,
                expires: row.get(2)?,
                is_mark: row.get(3)?,
                moved_to: row.get::<_, Option<[u8; 32]>>(4)?.map(IdHash::from_bytes),
            })
        };
        Ok(self.sql(sql)?.query_row([id.as_bytes()], found).optional()?)
    }

    /// The live record at this id.
    pub(super) fn live(&self, id: &IdHash) -> Result<Option<Found>, Stop> {
        Ok(self.at(id)?.filter(|found| found.is_live(self.now)))
    }
}

impl Found {
    pub(super) fn is_live(&self, now: Millis) -> bool {
        !self.is_mark && self.expires > now
    }

    /// Whether this is the version that a caller has read.
    pub(super) fn is_version(&self, version: u64) -> bool {
        u64::try_from(self.version) == Ok(version)
    }

    /// The version after the next write.
    pub(super) fn next_version(&self) -> i64 {
        self.version.wrapping_add(1) & i64::MAX
    }
}
