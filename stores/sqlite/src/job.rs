//! One call, on its way to a thread that does it.

use std::{
    sync::{Arc, mpsc::Sender},
    time::{Duration, Instant},
};

use passport_core::Clock;
use passport_session::{IdHash, StoreError};
use rusqlite::Connection;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

use crate::{
    failed::{Failed, Stop},
    tables::Tables,
    time::{Millis, stored},
};

/// How many calls may be on their way at once; more wait for them, until their own deadline.
const ROOM: usize = 4096;

/// A call of whatever kind, as a thread sees it.
pub(crate) trait Job: Send {
    /// Until when its caller waits; no longer `None`: it has gone away.
    fn deadline(&self) -> Option<Instant>;

    /// Does it, as often as it takes until it is committed. The result is kept. Whether it has to be undone: it was
    /// refused.
    fn run(&mut self, db: &Connection, now: Millis) -> Result<bool, Failed>;

    /// Tells the caller what came of it, or why it did not come to that. The ids that have ended.
    fn answer(self: Box<Self>, committed: Result<(), StoreError>) -> Vec<IdHash>;
}

/// Hands calls to threads.
pub(crate) struct Line {
    jobs: Sender<Box<dyn Job>>,
    room: Arc<Semaphore>,
    deadline: Duration,
}

struct Work<F, T> {
    task: F,
    deadline: Instant,
    answer: oneshot::Sender<Result<T, StoreError>>,
    done: Option<Result<T, StoreError>>,
    ended: Vec<IdHash>,
    _room: OwnedSemaphorePermit,
}

impl Line {
    pub(crate) fn new(jobs: Sender<Box<dyn Job>>, deadline: Duration) -> Self {
        Self { jobs, room: Arc::new(Semaphore::new(ROOM)), deadline }
    }

    /// Waits for its answer. Who stops waiting takes back what has not begun.
    pub(crate) async fn call<F, T>(&self, work: F) -> Result<T, StoreError>
    where
        F: Fn(&mut Tables<'_>) -> Result<T, Stop> + Send + 'static,
        T: Send + 'static,
    {
        let whole = async {
            let deadline = Instant::now() + self.deadline;
            let room = Arc::clone(&self.room).acquire_owned().await.map_err(|_| stopped())?;
            let (answer, answered) = oneshot::channel();
            let job = Work { task: work, deadline, answer, done: None, ended: Vec::new(), _room: room };
            self.jobs.send(Box::new(job)).map_err(|_| stopped())?;
            answered.await.map_err(|_| stopped())?
        };
        tokio::time::timeout(self.deadline, whole).await.unwrap_or(Err(StoreError::TimedOut))
    }
}

impl<F, T> Job for Work<F, T>
where
    F: Fn(&mut Tables<'_>) -> Result<T, Stop> + Send,
    T: Send,
{
    fn deadline(&self) -> Option<Instant> {
        let waits = !self.answer.is_closed() && Instant::now() < self.deadline;
        waits.then_some(self.deadline)
    }

    fn run(&mut self, db: &Connection, now: Millis) -> Result<bool, Failed> {
        let mut tables = Tables::new(db, now);
        let result = match (self.task)(&mut tables) {
            Ok(done) => Ok(done),
            Err(Stop::Refused(error)) => Err(error),
            Err(Stop::Failed(failed)) => return Err(failed),
        };
        self.ended = tables.into_ended();
        let refused = result.is_err();
        self.done = Some(result);
        Ok(refused)
    }

    fn answer(self: Box<Self>, committed: Result<(), StoreError>) -> Vec<IdHash> {
        let result = match (committed, self.done) {
            (Ok(()), Some(done)) => done,
            (Ok(()), None) => Err(stopped()),
            (Err(error), _) => Err(error),
        };
        let ended = if result.is_ok() { self.ended } else { Vec::new() };
        // Who does not wait any more does not hear of it.
        let _ = self.answer.send(result);
        ended
    }
}

/// By the store's clock.
pub(crate) fn now(clock: &dyn Clock) -> Millis {
    stored(clock.now())
}

fn stopped() -> StoreError {
    StoreError::Unreachable("the thread that works on the database broke off".into())
}
