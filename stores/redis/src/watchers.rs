//! Those who wait for a session to end.

use std::{
    collections::HashMap,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use tokio::sync::watch::{Receiver, Sender};

/// How much of an id's name is told: half of it, so that what is told names no key.
const TOLD: usize = 32;

/// One sender for each id that somebody waits for; it is dropped when the id ends.
#[derive(Debug, Default)]
pub(crate) struct Watchers {
    /// As many as are in the table: nobody locks it as long as nobody waits.
    waiting: AtomicUsize,
    table: Mutex<HashMap<[u8; TOLD], Sender<()>>>,
}

/// A place among those who wait, given up when it is dropped.
pub(crate) struct Watcher<'a> {
    name: [u8; TOLD],
    receiver: Option<Receiver<()>>,
    watchers: &'a Watchers,
}

impl Watchers {
    /// Begins to wait for the id of this name. Whether it is live is looked up after this, so that no end is missed.
    pub(crate) fn watch(&self, name: &str) -> Watcher<'_> {
        let mut told = [0; TOLD];
        for (byte, from) in told.iter_mut().zip(name.bytes()) {
            *byte = from;
        }
        let mut table = self.lock();
        let receiver = table.entry(told).or_insert_with(|| Sender::new(())).subscribe();
        self.waiting.store(table.len(), Ordering::SeqCst);
        Watcher { name: told, receiver: Some(receiver), watchers: self }
    }

    /// Wakes those who wait for these ids: halves of names, one behind the other.
    pub(crate) fn end(&self, ended: &[u8]) {
        if ended.is_empty() || self.waiting.load(Ordering::SeqCst) == 0 {
            return;
        }
        let mut table = self.lock();
        for name in ended.chunks_exact(TOLD) {
            table.remove(name);
        }
        self.waiting.store(table.len(), Ordering::SeqCst);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<[u8; TOLD], Sender<()>>> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Watcher<'_> {
    pub(crate) async fn ended(&mut self) {
        if let Some(receiver) = &mut self.receiver {
            // Nothing is ever sent: the error says that the sender is gone.
            while receiver.changed().await.is_ok() {}
        }
    }
}

impl Drop for Watcher<'_> {
    fn drop(&mut self) {
        let mut table = self.watchers.lock();
        self.receiver = None;
        if table.get(&self.name).is_some_and(|sender| sender.receiver_count() == 0) {
            table.remove(&self.name);
            self.watchers.waiting.store(table.len(), Ordering::SeqCst);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAME: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    #[tokio::test]
    async fn all_who_wait_for_an_id_are_woken_and_nobody_else() {
        let watchers = Watchers::default();
        let (mut one, mut two) = (watchers.watch(NAME), watchers.watch(NAME));
        let other = watchers.watch(&NAME.replace('0', "f"));
        watchers.end(&NAME.as_bytes()[..TOLD]);
        one.ended().await;
        two.ended().await;
        assert!(other.receiver.as_ref().unwrap().has_changed().is_ok());
    }

    #[test]
    fn who_stops_waiting_leaves_nothing_behind() {
        let watchers = Watchers::default();
        let (one, two) = (watchers.watch(NAME), watchers.watch(NAME));
        drop(one);
        assert_eq!(watchers.lock().len(), 1);
        drop(two);
        assert!(watchers.lock().is_empty());
        assert_eq!(watchers.waiting.load(Ordering::SeqCst), 0);
    }

    #[test]
    fn a_message_that_is_cut_short_wakes_nobody() {
        let watchers = Watchers::default();
        let one = watchers.watch(NAME);
        watchers.end(&NAME.as_bytes()[..TOLD - 1]);
        assert!(one.receiver.as_ref().unwrap().has_changed().is_ok());
    }
}
