//! A store that breaks one rule.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use passport_core::{BoxFuture, Life, Owner, Record, Timestamp};
use passport_session::{
    Beyond, Entry, Envelope, IdHash, Limit, Loaded, MemoryStore, SessionStore, StoreError, Written,
};

/// How a store is broken.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Fault {
    /// Not at all.
    None,
    /// A save of a missing record writes it: the usual upsert.
    UpdateInserts,
    /// A rotation is a creation and then a deletion.
    RotateInSteps,
    /// A write replaces whatever there is.
    NoVersions,
    /// A logout everywhere goes by a list that it made before.
    DeleteAllByList,
    /// The limit is counted first and kept afterwards.
    LimitInSteps,
    /// What comes back from outside is not looked at.
    NoEnvelope,
}

pub(crate) struct Broken {
    inner: MemoryStore,
    fault: Fault,
    /// What somebody else has written into the database.
    foreign: Mutex<HashMap<IdHash, Vec<u8>>>,
}

impl Broken {
    pub(crate) fn new(fault: Fault) -> Self {
        Self { inner: MemoryStore::new(), fault, foreign: Mutex::default() }
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

const LIMIT: Limit = Limit { most: std::num::NonZeroU32::MAX, beyond: Beyond::Refuse };

/// As long as a database takes: others run meanwhile.
async fn pause() {
    for _ in 0..10 {
        tokio::task::yield_now().await;
    }
}

#[async_trait::async_trait]
impl SessionStore for Broken {
    async fn create(&self, id: IdHash, record: &Record, life: Life, limit: Limit) -> Result<u64, StoreError> {
        if self.fault == Fault::LimitInSteps {
            for owner in record.owners() {
                let count = self.inner.list(&owner, life.seen).await?.len();
                if count >= limit.most.get() as usize && limit.beyond == Beyond::Refuse {
                    return Err(StoreError::LimitReached);
                }
            }
            pause().await;
            return self.inner.create(id, record, life, LIMIT).await;
        }
        self.inner.create(id, record, life, limit).await
    }

    async fn load(&self, id: IdHash, now: Timestamp) -> Result<Loaded, StoreError> {
        let loaded = self.inner.load(id, now).await?;
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
        match self.fault {
            Fault::UpdateInserts => match self.inner.update(id, record, version, life).await? {
                Written::Gone => match self.inner.create(id, record, life, LIMIT).await {
                    Ok(version) => Ok(Written::Done(version)),
                    Err(_) => Ok(Written::Gone),
                },
                written => Ok(written),
            },
            Fault::NoVersions => match self.inner.load(id, life.seen).await? {
                Loaded::Found { version, .. } => self.inner.update(id, record, version, life).await,
                _ => Ok(Written::Gone),
            },
            _ => self.inner.update(id, record, version, life).await,
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
        if self.fault != Fault::RotateInSteps {
            return self.inner.rotate(old, new, record, version, life, limit).await;
        }
        match self.inner.load(old, life.seen).await? {
            Loaded::Found { version: now, .. } if now == version => {}
            Loaded::Found { .. } => return Ok(Written::Conflict),
            _ => return Ok(Written::Gone),
        }
        let version = self.inner.create(new, record, life, limit).await?;
        pause().await;
        self.inner.delete(old, life.seen).await?;
        Ok(Written::Done(version))
    }

    async fn touch(&self, id: IdHash, life: Life) -> Result<bool, StoreError> {
        self.inner.touch(id, life).await
    }

    async fn delete(&self, id: IdHash, now: Timestamp) -> Result<bool, StoreError> {
        self.inner.delete(id, now).await
    }

    async fn list(&self, owner: &Owner, now: Timestamp) -> Result<Vec<Entry>, StoreError> {
        self.inner.list(owner, now).await
    }

    async fn delete_all(
        &self,
        owner: &Owner,
        except: Option<IdHash>,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        if self.fault != Fault::DeleteAllByList {
            return self.inner.delete_all(owner, except, now).await;
        }
        let mut ended = 0;
        for entry in self.inner.list(owner, now).await? {
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
        self.inner.sweep(now).await
    }
}
