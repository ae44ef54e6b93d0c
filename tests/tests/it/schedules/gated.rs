//! The store of one server process, with a gate before every call.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use passport_core::{Clock, Life, Owner, Record, Timestamp, async_trait};
use passport_session::{Entry, IdHash, Limit, Loaded, SessionStore, StoreError, Written};

use super::{
    board::{Board, Op},
    clock::StepClock,
};

/// A store whose calls happen when the schedule says so. Clones are the same store.
///
/// Time may pass while a call waits at its gate. So it does what stores do that several processes share: it judges by
/// its own clock, and answers in the caller's time.
#[derive(Clone)]
pub(super) struct Gated {
    board: Board,
    clock: StepClock,
    inner: Arc<Mutex<Arc<dyn SessionStore>>>,
}

impl Gated {
    pub(super) fn new(board: Board, clock: StepClock, inner: Arc<dyn SessionStore>) -> Self {
        Self { board, clock, inner: Arc::new(Mutex::new(inner)) }
    }

    /// Another store behind the same gate.
    pub(super) fn replace(&self, inner: Arc<dyn SessionStore>) {
        *self.inner.lock().unwrap() = inner;
    }

    /// What is behind the gate.
    pub(super) fn inner(&self) -> Arc<dyn SessionStore> {
        Arc::clone(&self.inner.lock().unwrap())
    }

    fn here(&self, life: Life) -> Life {
        let seen = self.clock.now();
        Life { seen, expires: seen.plus(life.expires.since(life.seen)) }
    }
}

/// A life in the time of a caller whose clock is this much behind.
fn back(life: Life, behind: Duration) -> Life {
    let earlier = |at: Timestamp| {
        Timestamp::from_millis(
            at.since(Timestamp::from_millis(0)).saturating_sub(behind).as_millis().try_into().unwrap(),
        )
    };
    Life { seen: earlier(life.seen), expires: earlier(life.expires) }
}

#[async_trait]
impl SessionStore for Gated {
    async fn create(&self, id: IdHash, record: &Record, life: Life, limit: Limit) -> Result<u64, StoreError> {
        let by = self.board.gate("create").await;
        let op = Op::Create { id };
        let number = self.board.asked(by, op);
        let answer = self.inner().create(id, record, self.here(life), limit).await;
        self.board.answered(by, number, op).await;
        answer
    }

    async fn load(&self, id: IdHash, now: Timestamp) -> Result<Loaded, StoreError> {
        let by = self.board.gate("load").await;
        let number = self.board.asked(by, Op::Load);
        let here = self.clock.now();
        let mut answer = self.inner().load(id, here).await;
        if let Ok(Loaded::Found { life, .. }) = &mut answer {
            *life = back(*life, here.since(now));
        }
        self.board.answered(by, number, Op::Load).await;
        answer
    }

    async fn update(
        &self,
        id: IdHash,
        record: &Record,
        version: u64,
        life: Life,
    ) -> Result<Written, StoreError> {
        let by = self.board.gate("update").await;
        let number = self.board.asked(by, Op::Update { id, done: false });
        let answer = self.inner().update(id, record, version, self.here(life)).await;
        let done = matches!(answer, Ok(Written::Done(_)));
        self.board.answered(by, number, Op::Update { id, done }).await;
        answer
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
        let by = self.board.gate("rotate").await;
        let rotation = |done| Op::Rotate { from: old, to: new, done };
        let number = self.board.asked(by, rotation(false));
        let answer = self.inner().rotate(old, new, record, version, self.here(life), limit).await;
        let done = matches!(answer, Ok(Written::Done(_)));
        self.board.answered(by, number, rotation(done)).await;
        answer
    }

    async fn touch(&self, id: IdHash, life: Life) -> Result<bool, StoreError> {
        let by = self.board.gate("touch").await;
        let number = self.board.asked(by, Op::Touch { id, done: false });
        let answer = self.inner().touch(id, self.here(life)).await;
        let done = matches!(answer, Ok(true));
        self.board.answered(by, number, Op::Touch { id, done }).await;
        answer
    }

    async fn delete(&self, id: IdHash, _: Timestamp) -> Result<bool, StoreError> {
        let by = self.board.gate("delete").await;
        let number = self.board.asked(by, Op::Delete { done: false });
        let answer = self.inner().delete(id, self.clock.now()).await;
        let done = matches!(answer, Ok(true));
        self.board.answered(by, number, Op::Delete { done }).await;
        answer
    }

    async fn list(&self, owner: &Owner, now: Timestamp) -> Result<Vec<Entry>, StoreError> {
        let by = self.board.gate("list").await;
        let number = self.board.asked(by, Op::List);
        let here = self.clock.now();
        let mut answer = self.inner().list(owner, here).await;
        for entry in answer.iter_mut().flatten() {
            entry.listed.life = back(entry.listed.life, here.since(now));
        }
        self.board.answered(by, number, Op::List).await;
        answer
    }

    async fn delete_all(
        &self,
        owner: &Owner,
        except: Option<IdHash>,
        _: Timestamp,
    ) -> Result<u64, StoreError> {
        let by = self.board.gate("delete_all").await;
        let number = self.board.asked(by, Op::DeleteAll);
        let answer = self.inner().delete_all(owner, except, self.clock.now()).await;
        self.board.answered(by, number, Op::DeleteAll).await;
        answer
    }

    async fn sweep(&self, now: Timestamp) -> Result<u64, StoreError> {
        self.inner().sweep(now).await
    }
}
