//! A store in memory that counts what it is asked for.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering::Relaxed},
};

use passport_core::{Life, Owner, Record, Timestamp, async_trait};
use passport_session::{Entry, IdHash, Limit, Loaded, MemoryStore, SessionStore, StoreError, Written};

/// Counts the calls that a cookie alone can cause.
#[derive(Clone, Default)]
pub(super) struct Counting(Arc<Counted>);

#[derive(Default)]
struct Counted {
    store: MemoryStore,
    loads: AtomicUsize,
    deletes: AtomicUsize,
    writes: AtomicUsize,
}

impl Counting {
    /// Loads, deletes and writes since the last time this was asked.
    pub(super) fn take(&self) -> (usize, usize, usize) {
        let [loads, deletes, writes] =
            [&self.0.loads, &self.0.deletes, &self.0.writes].map(|count| count.swap(0, Relaxed));
        (loads, deletes, writes)
    }
}

#[async_trait]
impl SessionStore for Counting {
    async fn create(&self, id: IdHash, record: &Record, life: Life, limit: Limit) -> Result<u64, StoreError> {
        self.0.writes.fetch_add(1, Relaxed);
        self.0.store.create(id, record, life, limit).await
    }

    async fn load(&self, id: IdHash, now: Timestamp) -> Result<Loaded, StoreError> {
        self.0.loads.fetch_add(1, Relaxed);
        self.0.store.load(id, now).await
    }

    async fn update(
        &self,
        id: IdHash,
        record: &Record,
        version: u64,
        life: Life,
    ) -> Result<Written, StoreError> {
        self.0.writes.fetch_add(1, Relaxed);
        self.0.store.update(id, record, version, life).await
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
        self.0.writes.fetch_add(1, Relaxed);
        self.0.store.rotate(old, new, record, version, life, limit).await
    }

    async fn touch(&self, id: IdHash, life: Life) -> Result<bool, StoreError> {
        self.0.writes.fetch_add(1, Relaxed);
        self.0.store.touch(id, life).await
    }

    async fn delete(&self, id: IdHash, now: Timestamp) -> Result<bool, StoreError> {
        self.0.deletes.fetch_add(1, Relaxed);
        self.0.store.delete(id, now).await
    }

    async fn list(&self, owner: &Owner, now: Timestamp) -> Result<Vec<Entry>, StoreError> {
        self.0.store.list(owner, now).await
    }

    async fn delete_all(
        &self,
        owner: &Owner,
        except: Option<IdHash>,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        self.0.store.delete_all(owner, except, now).await
    }

    async fn sweep(&self, now: Timestamp) -> Result<u64, StoreError> {
        self.0.store.sweep(now).await
    }
}
