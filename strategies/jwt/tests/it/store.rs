//! A session store that fails when told to.

use std::sync::{Arc, Mutex};

use passport_core::{Life, Owner, Record, Timestamp, async_trait};
use passport_session::{Entry, IdHash, Limit, Loaded, MemoryStore, SessionStore, StoreError, Written};

/// The in-memory store. Clones are the same store.
#[derive(Clone)]
pub(crate) struct Faulty(Arc<MemoryStore>, Arc<Mutex<&'static str>>);

impl Faulty {
    pub(crate) fn new() -> Self {
        Self(Arc::new(MemoryStore::new()), Arc::new(Mutex::new("")))
    }

    /// From now on this operation fails; "" for none.
    pub(crate) fn fail(&self, operation: &'static str) {
        *self.1.lock().unwrap() = operation;
    }

    fn step(&self, operation: &'static str) -> Result<(), StoreError> {
        match *self.1.lock().unwrap() == operation {
            true => Err(StoreError::Unreachable("told to fail".into())),
            false => Ok(()),
        }
    }
}

#[async_trait]
impl SessionStore for Faulty {
    async fn create(&self, id: IdHash, record: &Record, life: Life, limit: Limit) -> Result<u64, StoreError> {
        self.step("create")?;
        self.0.create(id, record, life, limit).await
    }

    async fn load(&self, id: IdHash, now: Timestamp) -> Result<Loaded, StoreError> {
        self.step("load")?;
        self.0.load(id, now).await
    }

    async fn update(
        &self,
        id: IdHash,
        record: &Record,
        version: u64,
        life: Life,
    ) -> Result<Written, StoreError> {
        self.step("update")?;
        self.0.update(id, record, version, life).await
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
        self.step("rotate")?;
        self.0.rotate(old, new, record, version, life, limit).await
    }

    async fn touch(&self, id: IdHash, life: Life) -> Result<bool, StoreError> {
        self.step("touch")?;
        self.0.touch(id, life).await
    }

    async fn delete(&self, id: IdHash, now: Timestamp) -> Result<bool, StoreError> {
        self.step("delete")?;
        self.0.delete(id, now).await
    }

    async fn list(&self, owner: &Owner, now: Timestamp) -> Result<Vec<Entry>, StoreError> {
        self.0.list(owner, now).await
    }

    async fn delete_all(
        &self,
        owner: &Owner,
        except: Option<IdHash>,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        self.step("delete_all")?;
        self.0.delete_all(owner, except, now).await
    }

    async fn sweep(&self, now: Timestamp) -> Result<u64, StoreError> {
        self.0.sweep(now).await
    }
}
