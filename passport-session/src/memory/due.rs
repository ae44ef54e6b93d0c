//! What expires when: a queue whose entries may come too early, never too late.

use std::{cmp::Reverse, collections::BinaryHeap};

use passport_core::Timestamp;

/// Slots by the time they expire. A slot that was extended is found here at its old time, and a slot that
/// went is still here: whoever takes the first entry looks at the slot and puts the entry right.
#[derive(Default)]
pub(super) struct Queue(BinaryHeap<Reverse<Due>>);

/// Twelve bytes instead of sixteen: the time is cut in two so that four bytes are not lost to alignment.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Due {
    high: u32,
    low: u32,
    pub(super) tag: u32,
}

impl Due {
    /// What never comes comes last: an empty queue is later still.
    #[expect(clippy::cast_possible_truncation, reason = "the halves of one number")]
    pub(super) fn new(at: Timestamp, tag: u32) -> Self {
        let at = at.as_millis().min(u64::MAX - 1);
        Self { high: (at >> 32) as u32, low: at as u32, tag }
    }

    pub(super) fn at(self) -> Timestamp {
        Timestamp::from_millis(u64::from(self.high) << 32 | u64::from(self.low))
    }
}

impl Queue {
    pub(super) fn from_entries(entries: Vec<Due>) -> Self {
        Self(entries.into_iter().map(Reverse).collect())
    }

    pub(super) fn push(&mut self, due: Due) {
        self.0.push(Reverse(due));
    }

    pub(super) fn first(&self) -> Option<Due> {
        self.0.peek().map(|first| first.0)
    }

    /// Puts the first entry right: later, or away.
    pub(super) fn move_first(&mut self, to: Option<Due>) {
        match to {
            Some(later) => {
                if let Some(mut first) = self.0.peek_mut() {
                    first.0 = later;
                }
            }
            None => drop(self.0.pop()),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}
