//! How much there is, and how much there may be.

use std::sync::atomic::{AtomicUsize, Ordering};

/// Counts slots and the bytes of records against their bounds.
pub(super) struct Room {
    slots: Bounded,
    bytes: Bounded,
}

struct Bounded {
    used: AtomicUsize,
    most: usize,
}

/// Room that was taken for a write. Dropped, it is given back.
#[must_use]
pub(super) struct Taken<'a> {
    room: &'a Room,
    slots: usize,
    bytes: usize,
}

impl Taken<'_> {
    /// The write has happened.
    pub(super) fn keep(mut self) {
        (self.slots, self.bytes) = (0, 0);
    }
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        self.room.free(self.slots, self.bytes);
    }
}

impl Room {
    pub(super) fn new(slots: usize, bytes: usize) -> Self {
        let bounded = |most| Bounded { used: AtomicUsize::new(0), most };
        Self { slots: bounded(slots), bytes: bounded(bytes) }
    }

    pub(super) fn with_bytes(self, most: usize) -> Self {
        Self { bytes: Bounded { most, ..self.bytes }, ..self }
    }

    /// Takes room for one write, if there is as much.
    pub(super) fn take(&self, slots: usize, bytes: usize) -> Option<Taken<'_>> {
        if !self.slots.take(slots) {
            return None;
        }
        let mut taken = Taken { room: self, slots, bytes: 0 };
        if !self.bytes.take(bytes) {
            return None;
        }
        taken.bytes = bytes;
        Some(taken)
    }

    /// Whether a record of this size fits into an empty store.
    pub(super) fn could_hold(&self, bytes: usize) -> bool {
        bytes <= self.bytes.most
    }

    /// Takes room beyond the bounds.
    pub(super) fn take_anyway(&self, slots: usize, bytes: usize) -> Taken<'_> {
        self.slots.used.fetch_add(slots, Ordering::Relaxed);
        self.bytes.used.fetch_add(bytes, Ordering::Relaxed);
        Taken { room: self, slots, bytes }
    }

    pub(super) fn free(&self, slots: usize, bytes: usize) {
        self.slots.used.fetch_sub(slots, Ordering::Relaxed);
        self.bytes.used.fetch_sub(bytes, Ordering::Relaxed);
    }

    pub(super) fn slots(&self) -> usize {
        self.slots.used.load(Ordering::Relaxed)
    }

    pub(super) fn bytes(&self) -> usize {
        self.bytes.used.load(Ordering::Relaxed)
    }
}

impl Bounded {
    fn take(&self, more: usize) -> bool {
        let take = |used: usize| used.checked_add(more).filter(|used| *used <= self.most);
        more == 0 || self.used.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take).is_ok()
    }
}
