//! Those who wait for a session to end: in this process at once, by others within half a second.

use std::{
    collections::HashMap,
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use passport_core::Clock;
use passport_session::IdHash;
use tokio::sync::watch::{Receiver, Sender};

use crate::{
    failed::{Failed, Stop},
    job::now,
    place::Held,
    tables::Tables,
    time::Millis,
};

/// How often somebody looks whether another process has ended a session, while anybody waits for that.
const EVERY: Duration = Duration::from_millis(500);
/// How long that look waits for others' locks.
const PATIENCE: Duration = Duration::from_millis(200);

#[derive(Default)]
pub(crate) struct Watchers {
    /// As many as are in the table: nobody locks it as long as nobody waits.
    waiting: AtomicUsize,
    table: Mutex<Table>,
    changed: Condvar,
}

#[derive(Default)]
struct Table {
    waiting: HashMap<IdHash, Waiting>,
    closed: bool,
}

/// One id that somebody waits for. The sender is dropped when it ends.
struct Waiting {
    sender: Sender<()>,
    /// It was live when it was last looked at, and until this if nobody writes it. `None`: nobody has looked.
    until: Option<Millis>,
}

/// A place among those who wait, given up when it is dropped.
pub(crate) struct Watcher {
    id: IdHash,
    receiver: Option<Receiver<()>>,
    watchers: Arc<Watchers>,
}

impl Watchers {
    /// Begins to wait. Whether the id is live is looked at after this, so that no end is missed.
    pub(crate) fn watch(self: &Arc<Self>, id: IdHash) -> Watcher {
        let mut table = self.lock();
        let new = || Waiting { sender: Sender::new(()), until: None };
        let waiting = table.waiting.entry(id).or_insert_with(new);
        waiting.until = None;
        let receiver = Some(waiting.sender.subscribe());
        self.count(&table);
        self.changed.notify_all();
        Watcher { id, receiver, watchers: Arc::clone(self) }
    }

    /// Wakes those who wait for these ids. Called after their end was committed.
    pub(crate) fn end(&self, ids: &[IdHash]) {
        if !ids.is_empty() && self.waiting.load(Ordering::SeqCst) != 0 {
            let mut table = self.lock();
            for id in ids {
                table.waiting.remove(id);
            }
            self.count(&table);
        }
    }

    /// Ends the thread that looks.
    pub(crate) fn close(&self) {
        self.lock().closed = true;
        self.changed.notify_all();
    }

    /// Looks as long as somebody waits, and sleeps as long as nobody does, until all is closed.
    pub(crate) fn run(&self, mut held: Held, clock: &dyn Clock) {
        let mut before = None;
        loop {
            let idle = |table: &mut Table| table.waiting.is_empty() && !table.closed;
            let table = self.changed.wait_while(self.lock(), idle).unwrap_or_else(PoisonError::into_inner);
            if table.closed {
                return;
            }
            drop(table);
            match self.look(&mut held, clock, before) {
                Ok(seen) => before = Some(seen),
                Err(failed) => {
                    tracing::warn!("whether sessions have ended could not be looked up: {failed}");
                    held.give_up();
                    before = None;
                }
            }
            let pause = self.changed.wait_timeout_while(self.lock(), EVERY, |table| !table.closed);
            drop(pause.unwrap_or_else(PoisonError::into_inner));
        }
    }

    /// Looks up whoever may have ended, and wakes who waits for those that have. What the database was like.
    fn look(&self, held: &mut Held, clock: &dyn Clock, before: Option<State>) -> Result<State, Failed> {
        let (db, opened) = held.connection_and_number(Instant::now() + PATIENCE)?;
        let version = db.prepare_cached("PRAGMA data_version")?.query_row([], |row| row.get(0))?;
        let state = State { opened, version };
        let (changed, now) = (before != Some(state), now(clock));
        let ids: Vec<IdHash> = {
            let table = self.lock();
            let due = |waiting: &Waiting| changed || waiting.until.is_none_or(|until| until <= now);
            table.waiting.iter().filter(|(_, waiting)| due(waiting)).map(|(id, _)| *id).collect()
        };
        let transaction = db.transaction()?;
        let tables = Tables::new(&transaction, now);
        for id in ids {
            let until = match tables.expires(&id) {
                Ok(until) => until,
                Err(Stop::Failed(failed)) => return Err(failed),
                Err(Stop::Refused(_)) => continue,
            };
            match until {
                None => self.end(&[id]),
                Some(_) => {
                    if let Some(waiting) = self.lock().waiting.get_mut(&id) {
                        waiting.until = until;
                    }
                }
            }
        }
        Ok(state)
    }

    fn count(&self, table: &Table) {
        self.waiting.store(table.waiting.len(), Ordering::SeqCst);
    }

    fn lock(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Which connection looked, and what it was told about others' commits.
#[derive(Clone, Copy, PartialEq)]
struct State {
    opened: u64,
    version: i64,
}

impl Watcher {
    pub(crate) async fn ended(mut self) {
        if let Some(receiver) = &mut self.receiver {
            // Nothing is ever sent: the error says that the sender is gone.
            while receiver.changed().await.is_ok() {}
        }
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        let mut table = self.watchers.lock();
        self.receiver = None;
        if table.waiting.get(&self.id).is_some_and(|waiting| waiting.sender.receiver_count() == 0) {
            table.waiting.remove(&self.id);
            self.watchers.count(&table);
        }
    }
}
