//! Those who wait for a session to end.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use tokio::sync::watch::{Receiver, Sender};

use crate::IdHash;

/// One sender for each id that somebody waits for; it is dropped when the id ends.
#[derive(Default)]
pub(super) struct Watchers {
    /// As many as are in the table: nobody locks it as long as nobody waits.
    waiting: AtomicUsize,
    table: Mutex<HashMap<IdHash, Sender<()>>>,
}

/// A place among those who wait, given up when it is dropped.
pub(super) struct Watcher {
    id: IdHash,
    receiver: Option<Receiver<()>>,
    watchers: Arc<Watchers>,
}

impl Watchers {
    /// Begins to wait. Whether the id is live is looked up after this, so that no end is missed.
    pub(super) fn watch(self: &Arc<Self>, id: IdHash) -> Watcher {
        let mut table = self.lock();
        let receiver = table.entry(id).or_insert_with(|| Sender::new(())).subscribe();
        self.waiting.store(table.len(), Ordering::SeqCst);
        Watcher { id, receiver: Some(receiver), watchers: Arc::clone(self) }
    }

    /// Wakes those who wait for this id. Called after it has ended, and without the lock of its shard.
    pub(super) fn end(&self, id: &IdHash) {
        if self.waiting.load(Ordering::SeqCst) != 0 {
            let mut table = self.lock();
            table.remove(id);
            self.waiting.store(table.len(), Ordering::SeqCst);
        }
    }

    #[cfg(test)]
    pub(super) fn waiting(&self) -> usize {
        self.waiting.load(Ordering::SeqCst)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<IdHash, Sender<()>>> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Watcher {
    pub(super) async fn ended(mut self) {
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
        if table.get(&self.id).is_some_and(|sender| sender.receiver_count() == 0) {
            table.remove(&self.id);
            self.watchers.waiting.store(table.len(), Ordering::SeqCst);
        }
    }
}
