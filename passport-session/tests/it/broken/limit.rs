//! Limits that are kept wrongly.

use std::num::NonZeroU32;

use passport_core::{Life, Owner, Timestamp};
use passport_session::{Beyond, Entry, IdHash, Limit, Loaded, SessionStore, StoreError};

use super::{Broken, Fault, pause};

pub(super) const NO_LIMIT: Limit = Limit { most: NonZeroU32::MAX, beyond: Beyond::Refuse };

impl Broken {
    /// Keeps the limit for these users before the write, if that is what is wrong, and says which limit is left
    /// for the write itself.
    pub(super) async fn limit_first(
        &self,
        owners: impl Iterator<Item = Owner>,
        life: Life,
        limit: Limit,
    ) -> Result<Limit, StoreError> {
        let held = match self.fault {
            Fault::LimitForFirst => 1,
            Fault::LimitInSteps
            | Fault::RefusedEndsOldest
            | Fault::LimitBeforeId
            | Fault::LimitForMovers
            | Fault::OldestByFirstLogin
            | Fault::OldestByLastLogin
            | Fault::OneGivesWay => usize::MAX,
            _ => return Ok(limit),
        };
        for owner in owners.take(held) {
            self.make_room(&owner, life.seen, limit).await?;
        }
        if self.fault == Fault::RefusedEndsOldest {
            return Ok(limit);
        }
        pause().await;
        Ok(NO_LIMIT)
    }

    async fn make_room(&self, owner: &Owner, now: Timestamp, limit: Limit) -> Result<(), StoreError> {
        let mut live = self.inner.list(owner, now).await?;
        let Some(more) = live.len().checked_sub(limit.most.get() as usize) else { return Ok(()) };
        if limit.beyond == Beyond::Refuse {
            return Err(StoreError::LimitReached);
        }
        live.sort_by_key(|entry| self.age(entry, owner));
        let go = if self.fault == Fault::OneGivesWay { 1 } else { more + 1 };
        for entry in live.iter().take(go) {
            match entry.listed.record.without_owner(owner) {
                Some(left) => {
                    let _ = self.inner.update(entry.id, &left, entry.version, entry.listed.life).await?;
                }
                None => drop(self.inner.delete(entry.id, now).await?),
            }
        }
        Ok(())
    }

    fn age(&self, entry: &Entry, owner: &Owner) -> Option<Timestamp> {
        let logins = entry.listed.record.logins();
        match self.fault {
            Fault::OldestByFirstLogin => logins.map(|login| login.at).min(),
            Fault::OldestByLastLogin => logins.map(|login| login.at).max(),
            _ => logins.filter(|login| login.owner() == *owner).map(|login| login.at).next(),
        }
    }

    /// The sessions of these users.
    pub(super) async fn lists(
        &self,
        owners: impl Iterator<Item = Owner>,
        now: Timestamp,
    ) -> Result<Vec<Entry>, StoreError> {
        let mut lists = vec![];
        for owner in owners {
            lists.extend(self.inner.list(&owner, now).await?);
        }
        Ok(lists)
    }

    /// Visits those of these sessions that have lost a login, if that is what is wrong.
    pub(super) async fn touch_left(&self, before: Vec<Entry>, now: Timestamp) -> Result<(), StoreError> {
        for Entry { id, version, listed } in before {
            let left = self.inner.load(id, now).await?;
            let changed = matches!(left, Loaded::Found { version: after, .. } if after != version);
            if changed && self.fault == Fault::LeftIsTouched {
                self.inner.touch(id, Life { seen: now, ..listed.life }).await?;
            }
        }
        Ok(())
    }

    pub(super) async fn life_of(&self, id: IdHash, now: Timestamp) -> Result<Option<Life>, StoreError> {
        match self.inner.load(id, now).await? {
            Loaded::Found { life, .. } => Ok(Some(life)),
            _ => Ok(None),
        }
    }
}
