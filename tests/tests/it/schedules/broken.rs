//! Stores that make the known mistakes: the model has to fail each of them.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use passport_core::{Life, Owner, Record, Timestamp, async_trait};
use passport_session::{Entry, IdHash, Limit, Loaded, MemoryStore, SessionStore, StoreError, Written};

use super::board::Board;

/// The mistake.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mistake {
    /// An update of a missing record inserts it, as an upsert does.
    UpdateInserts,
    /// A rotation is an insertion and then a deletion.
    RotateInSteps,
    /// A write replaces the whole record, whatever was written since it was read.
    WholeRecords,
}

pub(super) fn update_inserts(board: &Board) -> Arc<dyn SessionStore> {
    Broken::boxed(board, Mistake::UpdateInserts)
}

pub(super) fn rotate_in_steps(board: &Board) -> Arc<dyn SessionStore> {
    Broken::boxed(board, Mistake::RotateInSteps)
}

pub(super) fn whole_records(board: &Board) -> Arc<dyn SessionStore> {
    Broken::boxed(board, Mistake::WholeRecords)
}

struct Broken {
    memory: MemoryStore,
    mistake: Mistake,
    board: Board,
    /// What an update has inserted, where the store in memory would keep a mark.
    inserted: Mutex<HashMap<IdHash, (Record, Life)>>,
}

/// The version of what an update has inserted.
const INSERTED: u64 = u64::MAX;

impl Broken {
    fn boxed(board: &Board, mistake: Mistake) -> Arc<dyn SessionStore> {
        let memory = MemoryStore::with_capacity(1_000);
        Arc::new(Self { memory, mistake, board: board.clone(), inserted: Mutex::default() })
    }

    fn inserted(&self, id: IdHash, now: Timestamp) -> Option<Loaded> {
        let (record, life) = self.inserted.lock().unwrap().get(&id)?.clone();
        (life.expires > now).then_some(Loaded::Found { record, version: INSERTED, life })
    }
}

#[async_trait]
impl SessionStore for Broken {
    async fn create(&self, id: IdHash, record: &Record, life: Life, limit: Limit) -> Result<u64, StoreError> {
        self.memory.create(id, record, life, limit).await
    }

    async fn load(&self, id: IdHash, now: Timestamp) -> Result<Loaded, StoreError> {
        match self.inserted(id, now) {
            Some(found) => Ok(found),
            None => self.memory.load(id, now).await,
        }
    }

    async fn update(
        &self,
        id: IdHash,
        record: &Record,
        version: u64,
        life: Life,
    ) -> Result<Written, StoreError> {
        let found = self.memory.load(id, life.seen).await?;
        match (self.mistake, found) {
            (Mistake::WholeRecords, Loaded::Found { version, .. }) => {
                self.memory.update(id, record, version, life).await
            }
            (Mistake::UpdateInserts, Loaded::Ended | Loaded::None) => {
                self.inserted.lock().unwrap().insert(id, (record.clone(), life));
                Ok(Written::Done(INSERTED))
            }
            _ => self.memory.update(id, record, version, life).await,
        }
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
        if self.mistake != Mistake::RotateInSteps {
            return self.memory.rotate(old, new, record, version, life, limit).await;
        }
        match self.memory.load(old, life.seen).await? {
            Loaded::Found { version: now, .. } if now == version => {}
            Loaded::Found { .. } => return Ok(Written::Conflict),
            _ => return Ok(Written::Gone),
        }
        let version = self.memory.create(new, record, life, limit).await?;
        self.board.gate("the rest of the rotation").await;
        self.memory.delete(old, life.seen).await?;
        Ok(Written::Done(version))
    }

    async fn touch(&self, id: IdHash, life: Life) -> Result<bool, StoreError> {
        self.memory.touch(id, life).await
    }

    async fn delete(&self, id: IdHash, now: Timestamp) -> Result<bool, StoreError> {
        let inserted = self.inserted.lock().unwrap().remove(&id).is_some();
        Ok(self.memory.delete(id, now).await? || inserted)
    }

    async fn list(&self, owner: &Owner, now: Timestamp) -> Result<Vec<Entry>, StoreError> {
        self.memory.list(owner, now).await
    }

    async fn delete_all(
        &self,
        owner: &Owner,
        except: Option<IdHash>,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        self.memory.delete_all(owner, except, now).await
    }

    async fn sweep(&self, now: Timestamp) -> Result<u64, StoreError> {
        self.memory.sweep(now).await
    }
}
