//! What the tests of this crate share: records with real lifetimes, and a store that obeys and misbehaves.

use std::{
    collections::{HashMap, VecDeque},
    future::pending,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use async_trait::async_trait;
use passport_core::{Error, Handle, Kind, Life, Listed, Owner, Record, Timestamp};

use crate::{Entry, IdHash, Limit, Loaded, SessionStore, StoreError, Written};

/// A login in a test's record.
#[derive(Clone, Copy)]
pub(crate) struct Login {
    pub(crate) realm: &'static str,
    pub(crate) key: &'static str,
    pub(crate) until: Timestamp,
    pub(crate) idle: Duration,
    pub(crate) remembered: bool,
}

impl Login {
    pub(crate) fn of(realm: &'static str, key: &'static str) -> Self {
        Self { realm, key, until: Timestamp::NEVER, idle: Duration::from_secs(1_800), remembered: false }
    }

    pub(crate) fn owner(&self) -> Owner {
        Owner::new(self.realm, self.key.as_bytes())
    }
}

pub(crate) fn record(logins: &[Login], data: &[(&str, &[u8])]) -> Record {
    written(Handle::new([9; 16]), logins, data).unwrap()
}

/// An `Edit` that puts this into a session, whatever it was.
pub(crate) fn write(logins: &[Login], data: &[(&str, &[u8])]) -> impl Fn(&Record) -> Result<Record, Error> {
    move |old| written(old.handle(), logins, data)
}

/// An `Edit` that changes nothing.
#[allow(clippy::unnecessary_wraps)]
pub(crate) fn same(old: &Record) -> Result<Record, Error> {
    Ok(old.clone())
}

/// An `Edit` that adds one to `n`.
pub(crate) fn increment(old: &Record) -> Result<Record, Error> {
    written(old.handle(), &[], &[("n", &[number(old) + 1])])
}

pub(crate) fn number(record: &Record) -> u8 {
    record.get(Kind::Data, "n").map_or(0, |value| value[0])
}

/// The record's own layout, by hand: only the core's code can log anybody in.
fn written(handle: Handle, logins: &[Login], data: &[(&str, &[u8])]) -> Result<Record, Error> {
    let mut out = vec![1];
    out.extend_from_slice(handle.as_bytes());
    out.push(u8::try_from(logins.len()).unwrap());
    for login in logins {
        put(&mut out, login.realm.as_bytes());
        put(&mut out, b"test");
        let idle = u64::try_from(login.idle.as_millis()).unwrap();
        for number in [0, login.until.as_millis(), idle] {
            out.extend_from_slice(&number.to_le_bytes());
        }
        out.push(u8::from(login.remembered));
        out.extend_from_slice(&[0; 16]);
        put(&mut out, login.key.as_bytes());
    }
    // No former users, and nothing of the client.
    out.extend_from_slice(&[0; 3]);
    out.extend_from_slice(&u16::try_from(data.len()).unwrap().to_le_bytes());
    for (key, value) in data {
        out.push(0);
        put(&mut out, key.as_bytes());
        put(&mut out, value);
    }
    Record::from_bytes(out).map_err(|error| Error::Session(error.into()))
}

fn put(out: &mut Vec<u8>, bytes: &[u8]) {
    out.push(255);
    out.extend_from_slice(&u32::try_from(bytes.len()).unwrap().to_le_bytes());
    out.extend_from_slice(bytes);
}

/// What a [`TestStore`] does instead of answering.
#[derive(Debug)]
pub(crate) enum Fault {
    Fail(StoreError),
    Hang,
    /// The write collides.
    Conflict,
}

/// Enough of a store to test what is above it. Clones are the same store.
#[derive(Clone, Default)]
pub(crate) struct TestStore(Arc<Mutex<Inner>>);

#[derive(Default)]
pub(crate) struct Inner {
    pub(crate) live: HashMap<IdHash, (Record, u64, Life)>,
    pub(crate) ended: HashMap<IdHash, Option<IdHash>>,
    pub(crate) calls: Vec<&'static str>,
    /// For the next calls, one each.
    pub(crate) faults: VecDeque<Option<Fault>>,
    pub(crate) always_collide: bool,
    pub(crate) limit: Option<Limit>,
    /// Whether every call lets others go first.
    pub(crate) slow: bool,
}

impl TestStore {
    pub(crate) fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap()
    }

    pub(crate) fn fail(&self, error: StoreError) {
        self.inner().faults.push_back(Some(Fault::Fail(error)));
    }

    pub(crate) fn hang(&self) {
        self.inner().faults.push_back(Some(Fault::Hang));
    }

    pub(crate) fn collide(&self) {
        self.inner().faults.push_back(Some(Fault::Conflict));
    }

    pub(crate) fn take_calls(&self) -> Vec<&'static str> {
        std::mem::take(&mut self.inner().calls)
    }

    /// Whether the write collides.
    async fn call(&self, name: &'static str) -> Result<bool, StoreError> {
        let (fault, slow) = {
            let mut inner = self.inner();
            inner.calls.push(name);
            (inner.faults.pop_front().flatten(), inner.slow)
        };
        if slow {
            tokio::task::yield_now().await;
        }
        match fault {
            Some(Fault::Fail(error)) => Err(error),
            Some(Fault::Hang) => pending().await,
            Some(Fault::Conflict) => Ok(true),
            None => Ok(self.inner().always_collide),
        }
    }
}

impl Inner {
    fn replace(
        &mut self,
        old: IdHash,
        new: IdHash,
        record: &Record,
        version: u64,
        mut life: Life,
    ) -> Written {
        match self.live.get(&old) {
            None => return Written::Gone,
            Some((_, now, _)) if *now != version => return Written::Conflict,
            Some((_, _, before)) if old == new => life.expires = life.expires.max(before.expires),
            Some(_) => {}
        }
        self.live.remove(&old);
        if old != new {
            self.ended.insert(old, Some(new));
        }
        self.live.insert(new, (record.clone(), version + 1, life));
        Written::Done(version + 1)
    }

    fn delete(&mut self, mut id: IdHash) -> bool {
        while let Some(Some(next)) = self.ended.insert(id, None) {
            id = next;
        }
        self.ended.insert(id, None);
        self.live.remove(&id).is_some()
    }
}

#[async_trait]
impl SessionStore for TestStore {
    async fn create(&self, id: IdHash, record: &Record, life: Life, limit: Limit) -> Result<u64, StoreError> {
        self.call("create").await?;
        let mut inner = self.inner();
        if inner.live.contains_key(&id) || inner.ended.contains_key(&id) {
            return Err(StoreError::Exists);
        }
        inner.limit = Some(limit);
        inner.live.insert(id, (record.clone(), 1, life));
        Ok(1)
    }

    async fn load(&self, id: IdHash, now: Timestamp) -> Result<Loaded, StoreError> {
        self.call("load").await?;
        let inner = self.inner();
        match inner.live.get(&id) {
            Some((record, version, life)) if now < life.expires => {
                Ok(Loaded::Found { record: record.clone(), version: *version, life: *life })
            }
            None if inner.ended.contains_key(&id) => Ok(Loaded::Ended),
            _ => Ok(Loaded::None),
        }
    }

    async fn update(&self, id: IdHash, record: &Record, at: u64, life: Life) -> Result<Written, StoreError> {
        let collides = self.call("update").await?;
        Ok(if collides { Written::Conflict } else { self.inner().replace(id, id, record, at, life) })
    }

    async fn rotate(
        &self,
        old: IdHash,
        new: IdHash,
        record: &Record,
        version: u64,
        life: Life,
        _: Limit,
    ) -> Result<Written, StoreError> {
        let collides = self.call("rotate").await?;
        Ok(if collides { Written::Conflict } else { self.inner().replace(old, new, record, version, life) })
    }

    async fn touch(&self, id: IdHash, life: Life) -> Result<bool, StoreError> {
        self.call("touch").await?;
        let mut inner = self.inner();
        let Some((_, _, old)) = inner.live.get_mut(&id) else { return Ok(false) };
        *old = Life { seen: life.seen, expires: life.expires.max(old.expires) };
        Ok(true)
    }

    async fn delete(&self, id: IdHash, _: Timestamp) -> Result<bool, StoreError> {
        self.call("delete").await?;
        Ok(self.inner().delete(id))
    }

    async fn list(&self, owner: &Owner, _: Timestamp) -> Result<Vec<Entry>, StoreError> {
        self.call("list").await?;
        let inner = self.inner();
        let all = inner.live.iter().filter(|(_, (record, ..))| record.owners().any(|other| other == *owner));
        Ok(all
            .map(|(id, (record, version, life))| Entry {
                id: *id,
                listed: Listed { record: record.clone(), life: *life },
                version: *version,
            })
            .collect())
    }

    async fn delete_all(
        &self,
        owner: &Owner,
        except: Option<IdHash>,
        _: Timestamp,
    ) -> Result<u64, StoreError> {
        self.call("delete_all").await?;
        let mut inner = self.inner();
        let ids: Vec<IdHash> = inner
            .live
            .iter()
            .filter(|(id, (record, ..))| Some(**id) != except && record.owners().any(|o| o == *owner))
            .map(|(id, _)| *id)
            .collect();
        Ok(ids.into_iter().filter(|id| inner.delete(*id)).count() as u64)
    }

    async fn sweep(&self, _: Timestamp) -> Result<u64, StoreError> {
        Ok(0)
    }
}
