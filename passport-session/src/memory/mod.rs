//! Sessions in this process.

mod due;
mod end;
mod index;
mod limit;
mod make_room;
mod room;
mod shard;
mod shards;
mod slot;
#[cfg(test)]
mod stress;
#[cfg(test)]
mod tests;
mod watchers;
mod write;

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use async_trait::async_trait;
use passport_core::{BoxFuture, Life, Listed, Owner, Record, Timestamp};

use self::{
    index::{Held, Index},
    room::Room,
    shard::tag,
    shards::Shards,
    slot::Body,
    watchers::Watchers,
};
use crate::{Entry, IdHash, Limit, Loaded, SessionStore, StoreError, Written};

/// How many sessions and marks a store keeps unless told otherwise.
const CAPACITY: usize = 1_000_000;
/// How many bytes of records there may be for each of them, on average.
const BYTES_EACH: usize = 1024;

/// Keeps sessions in the memory of this process. They are gone when it ends, and no other process sees them.
///
/// It is bounded. When it is full, expired records go first, then marks and records without a login, the one
/// that would expire first before the others. A login never goes for another session, neither for a
/// visitor's nor for another user's: then it is the new one that is refused, with [`StoreError::Full`].
///
/// A million sessions with one login each take about 250 MB. Expired ones leave with the writes of others; nothing
/// runs in the background.
///
/// # Examples
///
/// ```
/// use passport_session::MemoryStore;
///
/// let small = MemoryStore::with_capacity(10_000).with_max_bytes(20 * 1024 * 1024);
/// # let _ = small;
/// ```
pub struct MemoryStore {
    // Locks are taken in this order: stripes of the index from the lowest, then one shard or two from the
    // lowest, then the watchers. A login appears, moves or goes only while its owner's stripe is held, so
    // whoever holds the stripe sees all sessions of that user, and none escapes.
    index: Index,
    shards: Shards,
    room: Room,
    watchers: Arc<Watchers>,
    /// Counts all writes: a version says one record, even if an id should come again.
    versions: AtomicU64,
}

impl MemoryStore {
    /// A store for a million sessions and a gibibyte of what they hold.
    pub fn new() -> Self {
        Self::with_capacity(CAPACITY)
    }

    /// A store for this many sessions and marks, and a kibibyte of what they hold for each on average.
    pub fn with_capacity(max_sessions: usize) -> Self {
        Self {
            index: Index::default(),
            shards: Shards::default(),
            room: Room::new(max_sessions, max_sessions.saturating_mul(BYTES_EACH)),
            watchers: Arc::default(),
            versions: AtomicU64::new(0),
        }
    }

    /// The same with another bound on what all sessions together hold, in bytes.
    pub fn with_max_bytes(self, max_bytes: usize) -> Self {
        Self { room: self.room.with_bytes(max_bytes), ..self }
    }

    fn next_version(&self) -> u64 {
        self.versions.fetch_add(1, Ordering::Relaxed) + 1
    }

    fn find(&self, id: &IdHash, now: Timestamp) -> Loaded {
        self.shards.read(tag(id), |shard| match shard.get(id) {
            Some(slot) if !slot.is_expired(now) => match &slot.body {
                Body::Live(record) => {
                    Loaded::Found { record: record.clone(), version: slot.version, life: slot.life }
                }
                Body::Mark(_) => Loaded::Ended,
            },
            _ => Loaded::None,
        })
    }

    /// The sessions in which this user is logged in, expired ones included. The user's stripe is held, so
    /// there are no others.
    fn sessions(&self, held: &Held<'_>, owner: &Owner) -> Vec<Entry> {
        let mut found = Vec::new();
        for tag in held.tags(owner) {
            self.shards.read(tag, |shard| {
                for slot in shard.tagged(tag) {
                    if let Some(record) = slot.record()
                        && record.owners().any(|other| other == *owner)
                    {
                        let listed = Listed { record: record.clone(), life: slot.life };
                        found.push(Entry { id: slot.id, listed, version: slot.version });
                    }
                }
            });
        }
        found
    }
}

#[async_trait]
impl SessionStore for MemoryStore {
    async fn create(&self, id: IdHash, record: &Record, life: Life, limit: Limit) -> Result<u64, StoreError> {
        self.insert(id, record, life, limit)
    }

    async fn load(&self, id: IdHash, now: Timestamp) -> Result<Loaded, StoreError> {
        Ok(self.find(&id, now))
    }

    fn load_at_once(&self, id: IdHash, now: Timestamp) -> Option<Result<Loaded, StoreError>> {
        Some(Ok(self.find(&id, now)))
    }

    async fn update(
        &self,
        id: IdHash,
        record: &Record,
        version: u64,
        life: Life,
    ) -> Result<Written, StoreError> {
        self.replace(id, record, version, life)
    }

    async fn rotate(
        &self,
        old: IdHash,
        new: IdHash,
        record: &Record,
        version: u64,
        life: Life,
        limit: Limit,
    ) -> Result<Written, StoreError> {
        self.move_to(old, new, record, version, life, limit)
    }

    async fn touch(&self, id: IdHash, life: Life) -> Result<bool, StoreError> {
        let touched = self.shards.write(&id, |shard| {
            shard.live(&id, life.seen)?;
            shard.change(&id, |slot| slot.extend(life))
        });
        Ok(touched.is_some())
    }

    async fn delete(&self, id: IdHash, now: Timestamp) -> Result<bool, StoreError> {
        Ok(self.follow_and_end(id, now))
    }

    async fn list(&self, owner: &Owner, now: Timestamp) -> Result<Vec<Entry>, StoreError> {
        let held = self.index.hold(std::iter::once(*owner));
        let mut live = self.sessions(&held, owner);
        live.retain(|entry| entry.listed.life.expires > now);
        Ok(live)
    }

    async fn delete_all(
        &self,
        owner: &Owner,
        except: Option<IdHash>,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        Ok(self.end_all(owner, except, now))
    }

    fn ended(&self, id: IdHash) -> Option<BoxFuture<'static, ()>> {
        let watcher = self.watchers.watch(id);
        let live =
            self.shards.read(tag(&id), |shard| shard.get(&id).is_some_and(|slot| slot.record().is_some()));
        if live { Some(Box::pin(watcher.ended())) } else { Some(Box::pin(std::future::ready(()))) }
    }

    async fn sweep(&self, now: Timestamp) -> Result<u64, StoreError> {
        Ok(self.remove_expired(now))
    }
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("MemoryStore");
        out.field("sessions_and_marks", &self.room.slots()).field("bytes", &self.room.bytes());
        out.finish_non_exhaustive()
    }
}
