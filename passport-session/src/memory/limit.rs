//! How many sessions one user has.

use passport_core::{Owner, Timestamp};

use super::{MemoryStore, index::Held};
use crate::{Beyond, IdHash, Limit, StoreError};

/// A login that has to go for a new one.
pub(super) struct Victim {
    owner: Owner,
    id: IdHash,
}

impl MemoryStore {
    /// The logins that have to go so that each of these users can have one more. Their stripes are held until it
    /// is there, so nobody else counts meanwhile.
    pub(super) fn beyond(
        &self,
        held: &Held<'_>,
        owners: impl Iterator<Item = Owner>,
        limit: Limit,
        now: Timestamp,
    ) -> Result<Vec<Victim>, StoreError> {
        let most = usize::try_from(limit.most.get()).unwrap_or(usize::MAX);
        let mut victims = Vec::new();
        for owner in owners {
            // The index alone answers it for all but those who are at their limit.
            if held.count(&owner) < most {
                continue;
            }
            let mut live = self.sessions(held, &owner);
            live.retain(|entry| entry.listed.life.expires > now);
            let Some(most_others) = live.len().checked_sub(most) else { continue };
            if limit.beyond == Beyond::Refuse {
                return Err(StoreError::LimitReached);
            }
            live.sort_by_cached_key(|entry| {
                entry.listed.record.logins().find(|login| login.owner() == owner).map(|login| login.at)
            });
            victims.extend(live.iter().take(most_others + 1).map(|entry| Victim { owner, id: entry.id }));
        }
        Ok(victims)
    }

    /// Ends them, with the same stripes held.
    pub(super) fn end_victims(&self, held: &mut Held<'_>, victims: &[Victim], now: Timestamp) {
        for victim in victims {
            self.end_login(held, &victim.owner, &victim.id, now);
        }
    }
}
