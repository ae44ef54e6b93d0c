//! Who waits for which id, and when it is looked at next.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use passport_session::IdHash;
use tokio::{
    sync::{
        Notify,
        watch::{Receiver, Sender},
    },
    time::Instant,
};

/// The most that are looked at with one statement.
const AT_ONCE: usize = 1000;

/// The ids that somebody in this process waits for.
#[derive(Default)]
pub(super) struct Table {
    waiting: Mutex<BTreeMap<IdHash, Waiting>>,
    /// Says that something is due earlier than it was.
    pub(super) changed: Notify,
}

struct Waiting {
    /// Nothing is ever sent: it is dropped when the id ends.
    sender: Sender<()>,
    due: Instant,
    /// How often it was found alive.
    looks: u32,
}

/// A place among those who wait, given up when it is dropped.
pub(super) struct Waiter {
    id: IdHash,
    receiver: Option<Receiver<()>>,
    table: Arc<Table>,
}

impl Table {
    /// Begins to wait. The id is looked at after this, so that no end is missed.
    pub(super) fn wait(self: &Arc<Self>, id: IdHash) -> Waiter {
        let mut waiting = self.lock();
        let new = || Waiting { sender: Sender::new(()), due: Instant::now(), looks: 0 };
        let entry = waiting.entry(id).or_insert_with(new);
        // Who comes later may come after an end that the others have not heard of yet.
        (entry.due, entry.looks) = (Instant::now(), 0);
        let receiver = Some(entry.sender.subscribe());
        drop(waiting);
        self.changed.notify_one();
        Waiter { id, receiver, table: Arc::clone(self) }
    }

    /// Wakes who waits for these.
    pub(super) fn end<'a>(&self, ids: impl Iterator<Item = &'a IdHash>) {
        let mut waiting = self.lock();
        if !waiting.is_empty() {
            for id in ids {
                waiting.remove(id);
            }
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.lock().is_empty()
    }

    /// Has every id looked at that begins with these bytes.
    pub(super) fn look_at(&self, prefix: &[u8]) {
        let (mut low, mut high) = ([0; 32], [u8::MAX; 32]);
        let length = prefix.len().min(32);
        low[..length].copy_from_slice(&prefix[..length]);
        high[..length].copy_from_slice(&prefix[..length]);
        let mut waiting = self.lock();
        let now = Instant::now();
        let range = IdHash::from_bytes(low)..=IdHash::from_bytes(high);
        let mut some = false;
        for (_, entry) in waiting.range_mut(range) {
            (entry.due, some) = (now, true);
        }
        drop(waiting);
        if some {
            self.changed.notify_one();
        }
    }

    /// The ids that are due, some of them if they are many; and when the next is due if there are none.
    pub(super) fn due(&self) -> (Vec<IdHash>, Option<Instant>) {
        let waiting = self.lock();
        let now = Instant::now();
        let due = waiting.iter().filter(|(_, entry)| entry.due <= now);
        let due: Vec<IdHash> = due.map(|(id, _)| *id).take(AT_ONCE).collect();
        let next = if due.is_empty() { waiting.values().map(|entry| entry.due).min() } else { None };
        (due, next)
    }

    /// These were found alive when `begun` was now, for so long still.
    pub(super) fn alive(&self, ids: &[(IdHash, Duration)], begun: Instant, later: impl Fn(u32) -> Duration) {
        let mut waiting = self.lock();
        for (id, left) in ids {
            if let Some(entry) = waiting.get_mut(id)
                // Somebody has asked for another look meanwhile.
                && entry.due <= begun
            {
                entry.looks += 1;
                entry.due = begun + later(entry.looks).min(*left);
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<IdHash, Waiting>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiter {
    pub(super) async fn ended(mut self) {
        if let Some(receiver) = &mut self.receiver {
            while receiver.changed().await.is_ok() {}
        }
    }
}

impl Drop for Waiter {
    fn drop(&mut self) {
        let mut waiting = self.table.lock();
        self.receiver = None;
        if waiting.get(&self.id).is_some_and(|entry| entry.sender.receiver_count() == 0) {
            waiting.remove(&self.id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: IdHash = IdHash::from_bytes([1; 32]);
    const B: IdHash = IdHash::from_bytes([2; 32]);
    const HOUR: Duration = Duration::from_secs(3600);

    fn hours(_: u32) -> Duration {
        HOUR
    }

    #[tokio::test]
    async fn who_waits_for_another_id_is_not_woken() {
        let table = Arc::<Table>::default();
        let (a, b) = (table.wait(A), table.wait(B));
        table.end([&A].into_iter());
        a.ended().await;
        assert!(!table.is_empty());
        drop(b);
        assert!(table.is_empty());
    }

    #[tokio::test]
    async fn an_id_is_looked_at_at_once_and_then_when_it_is_due() {
        let table = Arc::<Table>::default();
        let _a = table.wait(A);
        let begun = Instant::now();
        assert_eq!(table.due().0, [A]);
        table.alive(&[(A, HOUR)], begun, hours);
        let (due, next) = table.due();
        assert!(due.is_empty() && next.is_some_and(|next| next == begun + HOUR));
    }

    #[tokio::test]
    async fn what_is_announced_is_looked_at_again_even_in_the_middle_of_a_look() {
        let table = Arc::<Table>::default();
        let (_a, _b) = (table.wait(A), table.wait(B));
        let begun = Instant::now();
        table.alive(&[(A, HOUR), (B, HOUR)], begun, hours);
        table.look_at(&[2; 8]);
        assert_eq!(table.due().0, [B]);
        table.alive(&[(B, HOUR)], begun, hours);
        assert_eq!(table.due().0, [B], "that look began before");
        table.look_at(&[]);
        assert_eq!(table.due().0, [A, B]);
    }
}
