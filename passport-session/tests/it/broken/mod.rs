//! A store that breaks one rule.

mod fault;
mod limit;
mod time;

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use passport_core::{BoxFuture, Life, Owner, Record, Timestamp};
use passport_session::{
    Entry, Envelope, IdHash, Limit, Loaded, MemoryStore, SessionStore, StoreError, Written,
};

pub(crate) use self::fault::Fault;
use self::{limit::NO_LIMIT, time::Times};

pub(crate) struct Broken {
    inner: MemoryStore,
    fault: Fault,
    /// What somebody else has written into the database.
    foreign: Mutex<HashMap<IdHash, Vec<u8>>>,
    times: Times,
}

impl Broken {
    pub(crate) fn new(fault: Fault) -> Self {
        Self { inner: MemoryStore::new(), fault, foreign: Mutex::default(), times: Times::default() }
    }

    /// Writes into the database behind the store's back.
    pub(crate) fn overwrite(&self, id: IdHash, bytes: Vec<u8>) {
        self.foreign.lock().unwrap_or_else(PoisonError::into_inner).insert(id, bytes);
    }

    fn overwritten(&self, id: IdHash) -> Option<Result<Record, StoreError>> {
        let foreign = self.foreign.lock().unwrap_or_else(PoisonError::into_inner);
        let bytes = foreign.get(&id)?;
        Some(match self.fault {
            Fault::NoEnvelope => Record::from_bytes(&bytes[17..]).map_err(|_| StoreError::Corrupt),
            _ => Envelope::open(id, bytes),
        })
    }
}

/// When nothing had expired yet.
const EARLY: Timestamp = Timestamp::from_millis(0);

/// As long as a database takes: others run meanwhile.
async fn pause() {
    for _ in 0..10 {
        tokio::task::yield_now().await;
    }
}

#[async_trait::async_trait]
impl SessionStore for Broken {
    async fn create(&self, id: IdHash, record: &Record, life: Life, limit: Limit) -> Result<u64, StoreError> {
        if self.fault == Fault::ExpiredIsTaken && !matches!(self.inner.load(id, EARLY).await?, Loaded::None) {
            return Err(StoreError::Exists);
        }
        let before = self.lists(record.owners(), life.seen).await?;
        let limit = self.limit_first(record.owners(), life, limit).await?;
        let version = self.inner.create(id, record, life, limit).await?;
        self.touch_left(before, life.seen).await?;
        Ok(version)
    }

    async fn load(&self, id: IdHash, now: Timestamp) -> Result<Loaded, StoreError> {
        let loaded = self.shown(id, self.inner.load(id, now).await?, now);
        match (loaded, self.overwritten(id)) {
            (Loaded::Found { version, life, .. }, Some(record)) => {
                Ok(Loaded::Found { record: record?, version, life })
            }
            (loaded, _) => Ok(loaded),
        }
    }

    async fn update(
        &self,
        id: IdHash,
        record: &Record,
        version: u64,
        life: Life,
    ) -> Result<Written, StoreError> {
        self.note(id, life);
        let stored = self.stored(id, life).await?;
        match (self.fault, self.inner.update(id, record, version, stored).await?) {
            (Fault::UpdateInserts, Written::Gone) => {
                let inserted = self.inner.create(id, record, life, NO_LIMIT).await;
                Ok(inserted.map_or(Written::Gone, Written::Done))
            }
            (Fault::NoVersions, Written::Conflict) => match self.inner.load(id, life.seen).await? {
                Loaded::Found { version, .. } => self.inner.update(id, record, version, life).await,
                _ => Ok(Written::Gone),
            },
            (Fault::ConflictExtends, Written::Conflict) => {
                self.inner.touch(id, life).await?;
                Ok(Written::Conflict)
            }
            (_, written) => Ok(written),
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
        let (was, found) = match self.inner.load(old, life.seen).await? {
            Loaded::Found { record, version, .. } => (Some(record), Some(version)),
            _ => (None, None),
        };
        let comers = record.owners().filter(|owner| {
            let was = was.iter().flat_map(Record::owners);
            self.fault == Fault::LimitForMovers || was.into_iter().all(|before| before != *owner)
        });
        let limit = match found == Some(version) || self.fault == Fault::RefusedEndsOldest {
            true => self.limit_first(comers, life, limit).await?,
            false => limit,
        };
        if self.fault != Fault::RotateInSteps {
            let life = self.stored(old, life).await?;
            return self.inner.rotate(old, new, record, version, life, limit).await;
        }
        match found {
            Some(now) if now == version => {}
            Some(_) => return Ok(Written::Conflict),
            None => return Ok(Written::Gone),
        }
        let version = self.inner.create(new, record, life, limit).await?;
        pause().await;
        self.inner.delete(old, life.seen).await?;
        Ok(Written::Done(version))
    }

    async fn touch(&self, id: IdHash, life: Life) -> Result<bool, StoreError> {
        self.note(id, life);
        self.inner.touch(id, life).await
    }

    async fn delete(&self, id: IdHash, now: Timestamp) -> Result<bool, StoreError> {
        self.note_end(id, now).await?;
        self.inner.delete(id, now).await
    }

    async fn list(&self, owner: &Owner, now: Timestamp) -> Result<Vec<Entry>, StoreError> {
        let mut list = self.inner.list(owner, now).await?;
        for entry in &mut list {
            entry.listed.life = self.shown_life(entry.id, entry.listed.life, now);
        }
        Ok(list)
    }

    async fn delete_all(
        &self,
        owner: &Owner,
        except: Option<IdHash>,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        let before = self.lists(std::iter::once(*owner), now).await?;
        if self.fault != Fault::DeleteAllByList {
            let ended = self.inner.delete_all(owner, except, now).await?;
            self.touch_left(before, now).await?;
            return Ok(ended);
        }
        let mut ended = 0;
        for entry in before {
            pause().await;
            let live = matches!(self.inner.load(entry.id, now).await?, Loaded::Found { .. });
            if live && Some(entry.id) != except {
                ended += u64::from(self.inner.delete(entry.id, now).await?);
            }
        }
        Ok(ended)
    }

    fn ended(&self, id: IdHash) -> Option<BoxFuture<'static, ()>> {
        self.inner.ended(id)
    }

    async fn sweep(&self, now: Timestamp) -> Result<u64, StoreError> {
        match self.fault {
            Fault::SweepsNothing => Ok(0),
            Fault::SweepSaysNothing => self.inner.sweep(now).await.map(|_| 0),
            Fault::SweepNeverEnds => self.inner.sweep(now).await.map(|went| went.max(1)),
            _ => self.inner.sweep(now).await,
        }
    }
}
