//! The one thread that writes.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        mpsc::{Receiver, RecvTimeoutError, SyncSender},
    },
    thread,
    time::{Duration, Instant},
};

use passport_core::Clock;
use passport_session::StoreError;
use rusqlite::{Connection, TransactionBehavior};

use crate::{
    checkpoints,
    failed::{Failed, Stop},
    job::{Job, now},
    place::Held,
    schema::{self, Unfit},
    tables::Tables,
    watchers::Watchers,
};

/// The most calls that one commit is for.
const TOGETHER: usize = 256;
/// The most rows that one sweep removes: each changes pages all over the database, and whoever writes waits until
/// they are on the disk.
pub(crate) const SWEEP: u32 = 64;
/// How long calls have the thread for themselves between two sweeps that find something: this, or twice what the first
/// took.
const BETWEEN_SWEEPS: Duration = Duration::from_millis(5);
/// How long this writes without a pause while other processes may wait for their turn: SQLite's lock knows no queue.
const TURN: Duration = Duration::from_millis(25);
/// That pause: a few looks of those who wait.
const OTHERS_TURN: Duration = Duration::from_millis(2);
/// How long a sweep waits for another process.
const SWEEP_WAITS: Duration = Duration::from_millis(5);

/// Commits what has been called meanwhile together: a commit waits for the disk, and a hundred calls at once then wait
/// for it once and not a hundred times.
pub(crate) struct Writer {
    pub(crate) held: Held,
    pub(crate) jobs: Receiver<Box<dyn Job>>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) watchers: Arc<Watchers>,
    pub(crate) sweep_every: Duration,
    /// Rung when the log has become long.
    pub(crate) bell: SyncSender<()>,
    /// The connection that rings it.
    pub(crate) rings: u64,
}

/// One call of those that are committed together.
struct Call {
    job: Box<dyn Job>,
    /// What SQLite could not do for this one alone, or that its caller has gone away.
    stopped: Option<StoreError>,
}

impl Writer {
    /// Makes the first connection.
    pub(crate) fn open(&mut self, until: Instant) -> Result<(), Unfit> {
        self.held.open(until)?;
        self.connection(until).map(drop).map_err(Unfit::Failed)
    }

    /// Works until the store is dropped.
    pub(crate) fn run(mut self) {
        let mut sweep_at = Instant::now();
        let mut since = Instant::now();
        loop {
            let asked = Instant::now();
            match self.jobs.recv_timeout(sweep_at.saturating_duration_since(asked)) {
                Ok(job) => {
                    if asked.elapsed() > OTHERS_TURN {
                        since = Instant::now();
                    } else if since.elapsed() > TURN {
                        thread::sleep(OTHERS_TURN);
                        since = Instant::now();
                    }
                    self.serve(job);
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
            if Instant::now() >= sweep_at {
                let began = Instant::now();
                let more = self.guarded(Self::sweep).unwrap_or_default();
                let pause = BETWEEN_SWEEPS.max(2 * began.elapsed());
                sweep_at = Instant::now() + if more { pause } else { self.sweep_every };
            }
        }
    }

    fn serve(&mut self, first: Box<dyn Job>) {
        let others = self.jobs.try_iter().take(TOGETHER - 1);
        let calls: Vec<Call> = std::iter::once(first).chain(others).map(Call::new).collect();
        self.guarded(|writer| writer.commit(calls));
    }

    /// A panic costs the calls at hand, and not the thread.
    fn guarded<T>(&mut self, work: impl FnOnce(&mut Self) -> T) -> Option<T> {
        let done = catch_unwind(AssertUnwindSafe(|| work(self)));
        if done.is_err() {
            tracing::error!("a write of sessions panicked");
            self.held.give_up();
        }
        done.ok()
    }

    fn commit(&mut self, mut calls: Vec<Call>) {
        match self.attempt(&mut calls) {
            Ok(()) => {
                for call in calls {
                    let ended = call.job.answer(call.stopped.map_or(Ok(()), Err));
                    self.watchers.end(&ended);
                }
            }
            // What takes no more room, such as a logout, must not fail for a neighbour that does.
            Err(failed) if failed.is_full() && calls.len() > 1 => {
                self.undo();
                for call in calls {
                    self.commit(vec![Call::new(call.job)]);
                }
            }
            Err(failed) => {
                self.close_after(&failed);
                for call in calls {
                    call.job.answer(Err(call.stopped.unwrap_or_else(|| failed.to_store_error())));
                }
            }
        }
    }

    /// One transaction. After an error, whoever called it undoes what is left of it.
    fn attempt(&mut self, calls: &mut Vec<Call>) -> Result<(), Failed> {
        loop {
            let Some(until) = drop_late(calls) else { return Ok(()) };
            let begun = self.connection(until)?.execute_batch("BEGIN IMMEDIATE");
            match begun.map_err(Failed::from) {
                Ok(()) => break,
                Err(failed) if failed.is_busy() => {}
                Err(failed) => return Err(failed),
            }
        }
        let Some(db) = self.held.current() else { return Ok(()) };
        schema::check(db)?;
        let mut broken = None;
        for call in calls {
            if call.job.deadline().is_none() {
                call.stopped = Some(StoreError::TimedOut);
                continue;
            }
            db.prepare_cached("SAVEPOINT call")?.execute([])?;
            let done = call.job.run(db, now(&*self.clock));
            if db.is_autocommit() {
                // SQLite has undone the others with it.
                return Err(done.err().unwrap_or_else(|| Failed::unfit("a transaction ended by itself")));
            }
            if !matches!(done, Ok(false)) {
                db.prepare_cached("ROLLBACK TO call")?.execute([])?;
            }
            db.prepare_cached("RELEASE call")?.execute([])?;
            if let Err(failed) = done {
                call.stopped = Some(failed.to_store_error());
                broken = Some(failed);
            }
        }
        db.prepare_cached("COMMIT")?.execute([])?;
        if let Some(failed) = broken {
            self.close_after(&failed);
        }
        Ok(())
    }

    /// Whether there may be more to sweep.
    fn sweep(&mut self) -> bool {
        match self.sweep_once() {
            Ok(removed) => removed != 0,
            Err(failed) if failed.is_busy() => true,
            Err(failed) => {
                tracing::warn!("expired sessions could not be removed: {failed}");
                self.close_after(&failed);
                false
            }
        }
    }

    fn sweep_once(&mut self) -> Result<u64, Failed> {
        let clock = Arc::clone(&self.clock);
        let db = self.connection(Instant::now() + SWEEP_WAITS)?;
        let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        schema::check(&transaction)?;
        let removed = match Tables::new(&transaction, now(&*clock)).sweep(SWEEP) {
            Ok(removed) => removed,
            Err(Stop::Failed(failed)) => return Err(failed),
            Err(Stop::Refused(_)) => 0,
        };
        transaction.commit()?;
        Ok(removed)
    }

    fn connection(&mut self, until: Instant) -> Result<&mut Connection, Failed> {
        let (db, opened) = self.held.connection_and_number(until)?;
        if self.rings != opened {
            checkpoints::ring(db, self.bell.clone())?;
            self.rings = opened;
        }
        Ok(db)
    }

    fn close_after(&mut self, failed: &Failed) {
        if failed.keeps_connection() { self.undo() } else { self.held.give_up() }
    }

    fn undo(&mut self) {
        if let Some(db) = self.held.current()
            && !db.is_autocommit()
            && db.execute_batch("ROLLBACK").is_err()
        {
            self.held.give_up();
        }
    }
}

impl Call {
    fn new(job: Box<dyn Job>) -> Self {
        Self { job, stopped: None }
    }
}

/// Answers those whose time is over, or who have gone away. Until when the most impatient of the others waits; `None`:
/// there are none.
fn drop_late(calls: &mut Vec<Call>) -> Option<Instant> {
    let mut until: Option<Instant> = None;
    for call in std::mem::take(calls) {
        match call.job.deadline() {
            Some(deadline) => {
                until = Some(until.map_or(deadline, |until| until.min(deadline)));
                calls.push(call);
            }
            None => drop(call.job.answer(Err(StoreError::TimedOut))),
        }
    }
    until
}
