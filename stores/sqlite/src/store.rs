//! The store.

use std::{fmt, path::PathBuf, sync::Arc};

use async_trait::async_trait;
use passport_core::{BoxFuture, Life, Owner, Record, Timestamp};
use passport_session::{Entry, IdHash, Limit, Loaded, SessionStore, StoreError, Written};

use crate::{Builder, OpenError, job::Line, place::Place, watchers::Watchers, writer::SWEEP};

/// Keeps sessions in an SQLite database: one file, which the processes of one machine may share.
///
/// What it has confirmed survives the end of the process and of the power. What it promises and what not, and what
/// its settings mean, is on the [crate's page](crate).
///
/// It works on threads of its own, which end when it is dropped. It is used from within a tokio runtime with
/// time enabled.
pub struct SqliteStore {
    pub(crate) reads: Line,
    pub(crate) writes: Line,
    pub(crate) watchers: Arc<Watchers>,
    pub(crate) place: Place,
}

impl SqliteStore {
    /// Opens the database at this path with the usual settings. It is made if it is not there; its folder is not.
    ///
    /// # Errors
    ///
    /// As [`Builder::open`].
    pub async fn open(path: impl Into<PathBuf>) -> Result<Self, OpenError> {
        Self::builder(path).open().await
    }

    /// Says more about the store before it is opened.
    pub fn builder(path: impl Into<PathBuf>) -> Builder {
        Builder::new(path.into())
    }
}

#[async_trait]
impl SessionStore for SqliteStore {
    async fn create(&self, id: IdHash, record: &Record, life: Life, limit: Limit) -> Result<u64, StoreError> {
        let record = record.clone();
        self.writes.call(move |tables| tables.create(id, &record, life, limit)).await
    }

    async fn load(&self, id: IdHash, now: Timestamp) -> Result<Loaded, StoreError> {
        self.reads.call(move |tables| tables.load(id, now)).await
    }

    async fn update(
        &self,
        id: IdHash,
        record: &Record,
        version: u64,
        life: Life,
    ) -> Result<Written, StoreError> {
        let record = record.clone();
        self.writes.call(move |tables| tables.update(id, &record, version, life)).await
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
        let record = record.clone();
        self.writes.call(move |tables| tables.rotate((old, new), &record, version, life, limit)).await
    }

    async fn touch(&self, id: IdHash, life: Life) -> Result<bool, StoreError> {
        self.writes.call(move |tables| tables.touch(id, life)).await
    }

    async fn delete(&self, id: IdHash, _: Timestamp) -> Result<bool, StoreError> {
        self.writes.call(move |tables| tables.delete(id)).await
    }

    async fn list(&self, owner: &Owner, now: Timestamp) -> Result<Vec<Entry>, StoreError> {
        let owner = *owner;
        self.reads.call(move |tables| tables.list(&owner, now)).await
    }

    async fn delete_all(
        &self,
        owner: &Owner,
        except: Option<IdHash>,
        _: Timestamp,
    ) -> Result<u64, StoreError> {
        let owner = *owner;
        self.writes.call(move |tables| tables.delete_all(&owner, except)).await
    }

    async fn delete_all_and(&self, owner: &Owner, id: IdHash, _: Timestamp) -> Result<u64, StoreError> {
        let owner = *owner;
        self.writes
            .call(move |tables| {
                let ended = tables.delete_all(&owner, None)?;
                Ok(ended + u64::from(tables.delete(id)?))
            })
            .await
    }

    fn ended(&self, id: IdHash) -> Option<BoxFuture<'static, ()>> {
        Some(Box::pin(self.watchers.watch(id).ended()))
    }

    async fn sweep(&self, _: Timestamp) -> Result<u64, StoreError> {
        self.writes.call(|tables| tables.sweep(SWEEP)).await
    }
}

impl Drop for SqliteStore {
    fn drop(&mut self) {
        self.watchers.close();
    }
}

impl fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteStore").field("path", &self.place.path()).finish_non_exhaustive()
    }
}
