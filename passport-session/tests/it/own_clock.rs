//! A store that several processes could share: it judges by a clock of its own, hours from that of its callers.

use std::{sync::Arc, time::Duration};

use passport_core::{BoxFuture, Life, Owner, Record, Timestamp};
use passport_session::{Entry, IdHash, Limit, Loaded, SessionStore, StoreError, Written};

use crate::clock::Dial;

const AHEAD: Duration = Duration::from_secs(5 * 3600);

pub(crate) struct OwnClock<S> {
    inner: S,
    dial: Arc<Dial>,
}

impl<S> OwnClock<S> {
    pub(crate) fn new(inner: S, dial: Arc<Dial>) -> Self {
        Self { inner, dial }
    }

    fn now(&self) -> Timestamp {
        self.dial.now().plus(AHEAD)
    }

    /// What is stored: as long as the caller asks for, from now on.
    fn life(&self, life: Life) -> Life {
        let seen = self.now();
        Life { seen, expires: seen.plus(life.expires.since(life.seen)) }
    }

    /// What the caller is told, at whose time it is `now`.
    fn told(&self, life: Life, now: Timestamp) -> Life {
        let ago = u64::try_from(self.now().since(life.seen).as_millis()).unwrap_or(u64::MAX);
        let seen = Timestamp::from_millis(now.as_millis().saturating_sub(ago));
        Life { seen, expires: now.plus(life.expires.since(self.now())) }
    }
}

#[async_trait::async_trait]
impl<S: SessionStore> SessionStore for OwnClock<S> {
    async fn create(&self, id: IdHash, record: &Record, life: Life, limit: Limit) -> Result<u64, StoreError> {
        self.inner.create(id, record, self.life(life), limit).await
    }

    async fn load(&self, id: IdHash, now: Timestamp) -> Result<Loaded, StoreError> {
        Ok(match self.inner.load(id, self.now()).await? {
            Loaded::Found { record, version, life } => {
                Loaded::Found { record, version, life: self.told(life, now) }
            }
            other => other,
        })
    }

    async fn update(
        &self,
        id: IdHash,
        record: &Record,
        version: u64,
        life: Life,
    ) -> Result<Written, StoreError> {
        self.inner.update(id, record, version, self.life(life)).await
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
        self.inner.rotate(old, new, record, version, self.life(life), limit).await
    }

    async fn touch(&self, id: IdHash, life: Life) -> Result<bool, StoreError> {
        self.inner.touch(id, self.life(life)).await
    }

    async fn delete(&self, id: IdHash, _now: Timestamp) -> Result<bool, StoreError> {
        self.inner.delete(id, self.now()).await
    }

    async fn list(&self, owner: &Owner, now: Timestamp) -> Result<Vec<Entry>, StoreError> {
        let mut list = self.inner.list(owner, self.now()).await?;
        for entry in &mut list {
            entry.listed.life = self.told(entry.listed.life, now);
        }
        Ok(list)
    }

    async fn delete_all(
        &self,
        owner: &Owner,
        except: Option<IdHash>,
        _now: Timestamp,
    ) -> Result<u64, StoreError> {
        self.inner.delete_all(owner, except, self.now()).await
    }

    fn ended(&self, id: IdHash) -> Option<BoxFuture<'static, ()>> {
        self.inner.ended(id)
    }

    async fn sweep(&self, _now: Timestamp) -> Result<u64, StoreError> {
        self.inner.sweep(self.now()).await
    }
}
