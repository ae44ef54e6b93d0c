//! A store that fails and waits when told to.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use passport_core::{BoxFuture, Life, Owner, Record, Timestamp};
use passport_session::{Entry, IdHash, Limit, Loaded, SessionStore, StoreError, Written};

/// Which operation fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Failing {
    None,
    Load,
    Create,
    Update,
    Delete,
    All,
}

/// Another store, with faults.
pub(super) struct Faulty {
    inner: Arc<dyn SessionStore>,
    state: Mutex<(Failing, Duration)>,
}

impl Faulty {
    pub(super) fn over(inner: Arc<dyn SessionStore>) -> Self {
        Self { inner, state: Mutex::new((Failing::None, Duration::ZERO)) }
    }

    pub(super) fn set(&self, failing: Failing, delay: Duration) {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = (failing, delay);
    }

    async fn step(&self, kinds: &[Failing]) -> Result<(), StoreError> {
        let (failing, delay) = *self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if !delay.is_zero() {
            tokio::time::sleep(delay).await;
        }
        match failing == Failing::All || kinds.contains(&failing) {
            true => Err(StoreError::Unreachable("told to fail".into())),
            false => Ok(()),
        }
    }
}

impl fmt::Debug for Faulty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Faulty").field("state", &self.state).finish_non_exhaustive()
    }
}

#[async_trait]
impl SessionStore for Faulty {
    async fn create(&self, id: IdHash, record: &Record, life: Life, limit: Limit) -> Result<u64, StoreError> {
        self.step(&[Failing::Create]).await?;
        self.inner.create(id, record, life, limit).await
    }

    async fn load(&self, id: IdHash, now: Timestamp) -> Result<Loaded, StoreError> {
        self.step(&[Failing::Load]).await?;
        self.inner.load(id, now).await
    }

    async fn update(
        &self,
        id: IdHash,
        record: &Record,
        version: u64,
        life: Life,
    ) -> Result<Written, StoreError> {
        self.step(&[Failing::Update]).await?;
        self.inner.update(id, record, version, life).await
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
        self.step(&[Failing::Create, Failing::Update, Failing::Delete]).await?;
        self.inner.rotate(old, new, record, version, life, limit).await
    }

    async fn touch(&self, id: IdHash, life: Life) -> Result<bool, StoreError> {
        self.step(&[Failing::Update]).await?;
        self.inner.touch(id, life).await
    }

    async fn delete(&self, id: IdHash, now: Timestamp) -> Result<bool, StoreError> {
        self.step(&[Failing::Delete]).await?;
        self.inner.delete(id, now).await
    }

    async fn list(&self, owner: &Owner, now: Timestamp) -> Result<Vec<Entry>, StoreError> {
        self.step(&[Failing::Load]).await?;
        self.inner.list(owner, now).await
    }

    async fn delete_all(
        &self,
        owner: &Owner,
        except: Option<IdHash>,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        self.step(&[Failing::Delete]).await?;
        self.inner.delete_all(owner, except, now).await
    }

    async fn delete_all_and(&self, owner: &Owner, id: IdHash, now: Timestamp) -> Result<u64, StoreError> {
        self.step(&[Failing::Delete]).await?;
        self.inner.delete_all_and(owner, id, now).await
    }

    fn ended(&self, id: IdHash) -> Option<BoxFuture<'static, ()>> {
        self.inner.ended(id)
    }

    async fn sweep(&self, now: Timestamp) -> Result<u64, StoreError> {
        self.inner.sweep(now).await
    }
}
