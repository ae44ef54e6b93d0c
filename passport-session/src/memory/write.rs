//! Inserting, replacing and moving records.

use passport_core::{Life, Owner, Record};

use super::{
    MemoryStore,
    end::mark_until,
    shard::{Gone, Step, tag},
    slot::{Body, Slot, same_logins, weight},
};
use crate::{IdHash, Limit, MARK_CHAIN, StoreError, Written};

/// What a rotation found.
enum Moved {
    Done(u64, Gone),
    /// The row of marks was too long: the session has ended instead.
    Ended(Gone),
    Not(Written),
    Exists,
}

impl MemoryStore {
    pub(super) fn insert(
        &self,
        id: IdHash,
        record: &Record,
        life: Life,
        limit: Limit,
    ) -> Result<u64, StoreError> {
        let now = life.seen;
        self.clear(tag(&id), &id, now);
        let room = self.reserve(1, weight(record), now)?;
        // Each is a hash: once is enough.
        let owners: Vec<Owner> = record.owners().collect();
        let mut held = self.index.hold(owners.iter().copied());
        let victims = match self.beyond(&held, owners.iter().copied(), limit, now) {
            Err(_) if self.is_taken(&id) => return Err(StoreError::Exists),
            counted => counted?,
        };
        let version = self.shards.write(&id, |shard| {
            if shard.get(&id).is_some() {
                return Err(StoreError::Exists);
            }
            let (body, version) = (Body::Live(record.clone()), self.next_version());
            shard.insert(Slot { id, body, life, version }, Vec::new());
            Ok(version)
        })?;
        room.keep();
        for owner in &owners {
            held.link(owner, &id);
        }
        self.end_victims(&mut held, &victims, now);
        drop(held);
        self.tidy(tag(&id), now);
        Ok(version)
    }

    pub(super) fn replace(
        &self,
        id: IdHash,
        record: &Record,
        version: u64,
        life: Life,
    ) -> Result<Written, StoreError> {
        let now = life.seen;
        let old = match self.at_version(&id, version, life) {
            Ok(old) => old,
            Err(written) => return Ok(written),
        };
        let grows = weight(record).saturating_sub(weight(&old));
        let room = self.reserve(0, grows, now)?;
        // Of this version there is only one record: what was just read of it still holds below.
        let same = same_logins(&old, record);
        let owners = || old.owners().chain(record.owners()).filter(|_| !same);
        let mut held = self.index.hold(owners());
        let written = self.shards.write(&id, |shard| match shard.live(&id, now) {
            None => Written::Gone,
            Some((slot, _)) if slot.version != version => Written::Conflict,
            Some(_) => {
                let written = shard.change(&id, |slot| {
                    slot.version = self.next_version();
                    slot.body = Body::Live(record.clone());
                    slot.extend(life);
                    slot.version
                });
                written.map_or(Written::Gone, Written::Done)
            }
        });
        if matches!(written, Written::Done(_)) {
            room.keep();
            self.room.free(0, weight(&old).saturating_sub(weight(record)));
            if !same {
                old.owners().for_each(|owner| held.unlink(&owner, &id));
                record.owners().for_each(|owner| held.link(&owner, &id));
            }
        }
        drop(held);
        self.tidy(tag(&id), now);
        Ok(written)
    }

    pub(super) fn move_to(
        &self,
        old_id: IdHash,
        new_id: IdHash,
        record: &Record,
        version: u64,
        life: Life,
        limit: Limit,
    ) -> Result<Written, StoreError> {
        let now = life.seen;
        let old = match self.at_version(&old_id, version, life) {
            Ok(old) => old,
            Err(written) => return Ok(written),
        };
        self.clear(tag(&new_id), &new_id, now);
        // A rotation adds no session: with nothing to spare it goes beyond the bound by a mark rather than
        // refuse a logout or a password change.
        let room = match self.reserve(1, weight(record), now) {
            Ok(room) => room,
            Err(_) => self.room.take_anyway(1, weight(record)),
        };
        let mut held = self.index.hold(old.owners().chain(record.owners()));
        let comers = record.owners().filter(|owner| old.owners().all(|before| before != *owner));
        let victims = match self.beyond(&held, comers, limit, now) {
            Ok(victims) => victims,
            // The limit comes last: what else there is to say may have changed since it was looked at.
            Err(refused) => {
                return match self.at_version(&old_id, version, life) {
                    Err(written) => Ok(written),
                    Ok(_) if self.is_taken(&new_id) => Err(StoreError::Exists),
                    Ok(_) => Err(refused),
                };
            }
        };
        let moved = self.shards.write_two(&old_id, &new_id, |pair| {
            let Some((slot, _)) = pair.of_old().live(&old_id, now) else { return Moved::Not(Written::Gone) };
            if slot.version != version {
                return Moved::Not(Written::Conflict);
            }
            let expires = slot.life.expires;
            if pair.of_new().get(&new_id).is_some() {
                return Moved::Exists;
            }
            let row = pair.of_old().row(&old_id, now).to_vec();
            if row.len() >= MARK_CHAIN {
                return Moved::Ended(pair.of_old().mark(&old_id, None, mark_until(now)));
            }
            let (gone, row) = if old.has_logins() {
                let mut gone = pair.of_old().mark(&old_id, Some(new_id), expires);
                // These marks go on leading to a live session.
                gone.trail = Vec::new();
                (gone, [row, vec![Step { id: old_id, until: expires }]].concat())
            } else {
                (pair.of_old().mark(&old_id, None, mark_until(now)), Vec::new())
            };
            let version = self.next_version();
            pair.of_new().insert(Slot { id: new_id, body: Body::Live(record.clone()), life, version }, row);
            Moved::Done(version, gone)
        });
        let written = match moved {
            Moved::Not(written) => return Ok(written),
            Moved::Exists => return Err(StoreError::Exists),
            Moved::Done(version, gone) => {
                room.keep();
                old.owners().for_each(|owner| held.unlink(&owner, &old_id));
                record.owners().for_each(|owner| held.link(&owner, &new_id));
                self.settle(&gone, false, now);
                self.end_victims(&mut held, &victims, now);
                Written::Done(version)
            }
            Moved::Ended(gone) => {
                old.owners().for_each(|owner| held.unlink(&owner, &old_id));
                self.settle(&gone, false, now);
                Written::Gone
            }
        };
        drop(held);
        self.tidy(tag(&new_id), now);
        Ok(written)
    }

    /// Whether something is at this id. What had expired has been cleared.
    fn is_taken(&self, id: &IdHash) -> bool {
        self.shards.read(tag(id), |shard| shard.get(id).is_some())
    }

    /// The live record of this version, or what a write has to answer instead.
    fn at_version(&self, id: &IdHash, version: u64, life: Life) -> Result<Record, Written> {
        self.shards.read(tag(id), |shard| match shard.live(id, life.seen) {
            None => Err(Written::Gone),
            Some((slot, _)) if slot.version != version => Err(Written::Conflict),
            Some((_, record)) => Ok(record.clone()),
        })
    }
}
