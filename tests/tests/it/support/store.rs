//! A session store that counts, fails and hangs on demand.

use std::{
    future::pending,
    sync::{Arc, Mutex},
    task::Poll,
};

use passport_core::{BoxFuture, Life, Owner, Record, Timestamp, async_trait};
use passport_session::{Entry, IdHash, Limit, Loaded, MemoryStore, SessionStore, StoreError, Written};

use super::poll;

/// What a call does instead of answering.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    Fail,
    /// Never answers, and has done nothing.
    HangBefore,
    /// Never answers, but has done it.
    HangAfter,
}

/// The in-memory store, watched. Clones are the same store.
#[derive(Clone)]
pub(crate) struct TestStore(Arc<Inner>);

struct Inner {
    memory: MemoryStore,
    script: Mutex<Script>,
}

#[derive(Default)]
struct Script {
    calls: Vec<&'static str>,
    faults: Vec<(&'static str, Fault)>,
    /// How many calls of that operation go well first.
    skip: usize,
    /// Only one call goes wrong.
    once: bool,
    /// Loads need not be waited for.
    at_once: bool,
}

impl TestStore {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Inner { memory: MemoryStore::new(), script: Mutex::default() }))
    }

    /// From now on, every call of this operation.
    pub(crate) fn arm(&self, operation: &'static str, fault: Fault) {
        self.0.script.lock().unwrap().faults.push((operation, fault));
    }

    /// The next call of this operation, and then no more.
    pub(crate) fn arm_once(&self, operation: &'static str, fault: Fault) {
        let mut script = self.0.script.lock().unwrap();
        script.once = true;
        script.faults.push((operation, fault));
    }

    /// The call after the next one, and then no more.
    pub(crate) fn fail_second(&self, operation: &'static str) {
        self.arm_once(operation, Fault::Fail);
        self.0.script.lock().unwrap().skip = 1;
    }

    /// Nothing goes wrong any more.
    pub(crate) fn heal(&self) {
        let mut script = self.0.script.lock().unwrap();
        (script.once, script.skip) = (false, 0);
        script.faults.clear();
    }

    /// Loads need not be waited for, unless they hang.
    pub(crate) fn answer_at_once(&self) {
        self.0.script.lock().unwrap().at_once = true;
    }

    /// What was called since the last time somebody asked.
    pub(crate) fn calls(&self) -> Vec<&'static str> {
        std::mem::take(&mut self.0.script.lock().unwrap().calls)
    }

    /// How many live sessions this user has.
    pub(crate) async fn sessions_of(&self, realm: &str, name: &str, now: Timestamp) -> usize {
        let owner = Owner::new(realm, format!("\"{name}\"").as_bytes());
        self.0.memory.list(&owner, now).await.unwrap().len()
    }

    async fn call<T>(
        &self,
        operation: &'static str,
        work: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        let fault = {
            let mut script = self.0.script.lock().unwrap();
            script.calls.push(operation);
            let mut at = script.faults.iter().position(|(armed, _)| *armed == operation);
            if at.is_some() && script.skip > 0 {
                script.skip -= 1;
                at = None;
            }
            let fault = at.map(|at| script.faults[at].1);
            if let Some(at) = at.filter(|_| script.once) {
                script.faults.remove(at);
            }
            fault
        };
        match fault {
            None => work.await,
            Some(Fault::Fail) => Err(StoreError::Unreachable("the store is down".into())),
            Some(Fault::HangBefore) => pending().await,
            Some(Fault::HangAfter) => {
                let _ = work.await;
                pending().await
            }
        }
    }
}

#[async_trait]
impl SessionStore for TestStore {
    async fn create(&self, id: IdHash, record: &Record, life: Life, limit: Limit) -> Result<u64, StoreError> {
        self.call("create", self.0.memory.create(id, record, life, limit)).await
    }

    async fn load(&self, id: IdHash, now: Timestamp) -> Result<Loaded, StoreError> {
        self.call("load", self.0.memory.load(id, now)).await
    }

    fn load_at_once(&self, id: IdHash, now: Timestamp) -> Option<Result<Loaded, StoreError>> {
        let at_once = self.0.script.lock().unwrap().at_once;
        match at_once.then(|| poll(&mut self.load(id, now)))? {
            Poll::Ready(loaded) => Some(loaded),
            Poll::Pending => None,
        }
    }

    async fn update(
        &self,
        id: IdHash,
        record: &Record,
        version: u64,
        life: Life,
    ) -> Result<Written, StoreError> {
        self.call("update", self.0.memory.update(id, record, version, life)).await
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
        self.call("rotate", self.0.memory.rotate(old, new, record, version, life, limit)).await
    }

    async fn touch(&self, id: IdHash, life: Life) -> Result<bool, StoreError> {
        self.call("touch", self.0.memory.touch(id, life)).await
    }

    async fn delete(&self, id: IdHash, now: Timestamp) -> Result<bool, StoreError> {
        self.call("delete", self.0.memory.delete(id, now)).await
    }

    async fn list(&self, owner: &Owner, now: Timestamp) -> Result<Vec<Entry>, StoreError> {
        self.call("list", self.0.memory.list(owner, now)).await
    }

    async fn delete_all(
        &self,
        owner: &Owner,
        except: Option<IdHash>,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        self.call("delete_all", self.0.memory.delete_all(owner, except, now)).await
    }

    fn ended(&self, id: IdHash) -> Option<BoxFuture<'static, ()>> {
        self.0.memory.ended(id)
    }

    async fn sweep(&self, now: Timestamp) -> Result<u64, StoreError> {
        self.0.memory.sweep(now).await
    }
}
