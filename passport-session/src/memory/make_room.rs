//! What goes when time is over, or when there is no room.

use passport_core::{Record, Timestamp};

use super::{
    MemoryStore,
    room::Taken,
    shard::Gone,
    shards::Shards,
    slot::{Class, Slot, same_logins, weight},
};
use crate::{IdHash, StoreError};

/// The most that one sweep removes.
const SWEEP: u64 = 256;
/// The most that one write removes beside its own work: more than it adds.
const TIDY: usize = 3;

impl MemoryStore {
    /// Room for a write, from the expired first, then from what may be spared. Each step looks at one number
    /// a shard and at the first entry of one queue.
    pub(super) fn reserve(
        &self,
        slots: usize,
        bytes: usize,
        now: Timestamp,
    ) -> Result<Taken<'_>, StoreError> {
        loop {
            if let Some(taken) = self.room.take(slots, bytes) {
                return Ok(taken);
            }
            if !self.room.could_hold(bytes) || !(self.free_expired(now) || self.free_spare(now)) {
                return Err(StoreError::Full);
            }
        }
    }

    /// Removes a few that have expired where this id is, so that they leave as fast as others come.
    pub(super) fn tidy(&self, tag: u32, now: Timestamp) {
        let at = Shards::at(tag);
        for class in [Class::Spare, Class::Kept] {
            for _ in 0..TIDY {
                if self.shards.front(at, class) > now || self.reap(at, class, now, now).is_none() {
                    break;
                }
            }
        }
    }

    pub(super) fn remove_expired(&self, now: Timestamp) -> u64 {
        let mut removed = 0;
        for at in 0..Shards::count() {
            for class in [Class::Spare, Class::Kept] {
                while let Some(count) = self.reap(at, class, now, now) {
                    removed += count;
                    if removed == SWEEP {
                        return removed;
                    }
                }
            }
        }
        removed
    }

    /// Removes what is in the way of a new slot at this id and has expired.
    pub(super) fn clear(&self, tag: u32, id: &IdHash, now: Timestamp) {
        let expired = |slot: &Slot| slot.is_expired(now).then(|| slot.record().cloned());
        if let Some(record) = self.shards.read(tag, |shard| shard.get(id).and_then(expired)) {
            self.remove(id, record.as_ref(), now);
        }
    }

    fn free_expired(&self, now: Timestamp) -> bool {
        [Class::Spare, Class::Kept].into_iter().any(|class| {
            loop {
                let (at, front) = self.shards.first(class);
                if front > now {
                    break false;
                }
                if self.reap(at, class, now, now).is_some() {
                    break true;
                }
            }
        })
    }

    fn free_spare(&self, now: Timestamp) -> bool {
        loop {
            let (at, front) = self.shards.first(Class::Spare);
            if front == Timestamp::NEVER {
                return false;
            }
            // Its first entry may turn out to be later than another shard's: then that one is asked.
            if self.reap(at, Class::Spare, front, now).is_some() {
                return true;
            }
        }
    }

    /// Removes the first of a class in a shard that expires by `until`; with logins, only if that is by `now`.
    /// How many that were: none, if somebody changed it in between. `None`: there is nothing.
    fn reap(&self, at: usize, class: Class, until: Timestamp, now: Timestamp) -> Option<u64> {
        let found = self.shards.write_at(at, |shard| {
            let id = shard.first(class, until)?;
            match shard.get(&id)?.record().filter(|record| record.has_logins()) {
                Some(record) => Some(Err((id, record.clone()))),
                None => Some(Ok(shard.remove(&id)?)),
            }
        })?;
        match found {
            Ok(gone) => self.settle(&gone, true, now),
            Err((id, record)) => return Some(u64::from(self.remove(&id, Some(&record), now))),
        }
        Some(1)
    }

    /// Removes an expired slot that held this record. Whether it was still there, and expired.
    fn remove(&self, id: &IdHash, record: Option<&Record>, now: Timestamp) -> bool {
        let owners = || record.into_iter().flat_map(Record::owners);
        let mut held = self.index.hold(owners());
        let gone = self.shards.write(id, |shard| {
            let slot = shard.get(id).filter(|slot| slot.is_expired(now))?;
            let same = match (slot.record(), record) {
                (Some(now), Some(before)) => same_logins(now, before),
                (None, None) => true,
                _ => false,
            };
            if same { shard.remove(id) } else { None }
        });
        let Some(gone) = gone else { return false };
        for owner in owners() {
            held.unlink(&owner, id);
        }
        self.settle(&gone, true, now);
        true
    }

    /// After a record has gone: counts its room as free, wakes who waits, and lets go of the marks that led to
    /// it.
    pub(super) fn settle(&self, gone: &Gone, with_slot: bool, now: Timestamp) {
        self.room.free(usize::from(with_slot), gone.record.as_ref().map_or(0, weight));
        if gone.record.is_some() {
            self.watchers.end(&gone.id);
        }
        self.close(gone.trail.iter().map(|step| step.id), now);
    }
}
