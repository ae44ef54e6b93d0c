//! How many sessions one user has.

use passport_core::Owner;
use passport_session::{Beyond, Limit, StoreError};
use rusqlite::params;

use super::Tables;
use crate::failed::Stop;

/// A login that has to go for a new one.
pub(super) struct Victim {
    owner: Owner,
    session: i64,
}

impl Tables<'_> {
    /// The logins that have to go so that each of these users can have one more.
    pub(super) fn beyond(
        &self,
        owners: impl Iterator<Item = Owner>,
        limit: Limit,
    ) -> Result<Vec<Victim>, Stop> {
        let most = usize::try_from(limit.most.get()).unwrap_or(usize::MAX);
        let mut victims = Vec::new();
        for owner in owners {
            let sessions = self.oldest_first(&owner, limit)?;
            let Some(too_many) = sessions.len().checked_sub(most) else { continue };
            if limit.beyond == Beyond::Refuse {
                return Err(StoreError::LimitReached.into());
            }
            victims.extend(sessions.into_iter().take(too_many + 1).map(|session| Victim { owner, session }));
        }
        Ok(victims)
    }

    pub(super) fn end_victims(&mut self, victims: Vec<Victim>) -> Result<(), Stop> {
        for victim in victims {
            self.end_login(&victim.owner, victim.session)?;
        }
        Ok(())
    }

    /// A user's live sessions, the oldest login first; none if they are surely too few to matter.
    fn oldest_first(&self, owner: &Owner, limit: Limit) -> Result<Vec<i64>, Stop> {
        // The index alone answers it for all but those who are at their limit.
        let count: u32 = self
            .sql("SELECT count(*) FROM logins WHERE owner = ?1")?
            .query_row([owner.as_bytes()], |row| row.get(0))?;
        if count < limit.most.get() {
            return Ok(Vec::new());
        }
        let mut sql = self.sql(
            "SELECT n FROM logins CROSS JOIN sessions ON n = session
             WHERE owner = ?1 AND expires > ?2 AND record IS NOT NULL ORDER BY at",
        )?;
        let sessions = sql.query_map(params![owner.as_bytes(), self.now], |row| row.get(0))?;
        Ok(sessions.collect::<Result<_, _>>()?)
    }
}
