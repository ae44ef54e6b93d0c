//! The whole table: shards behind locks of their own.

use std::sync::{
    Mutex, MutexGuard, PoisonError,
    atomic::{AtomicU64, Ordering},
};

use passport_core::Timestamp;

use super::{
    shard::{Shard, tag},
    slot::Class,
};
use crate::IdHash;

/// How many bits of an id say its shard.
const BITS: u32 = 6;
const COUNT: usize = 1 << BITS;

pub(super) struct Shards(Box<[Cell]>);

struct Cell {
    shard: Mutex<Shard>,
    /// When the first slot of each class may expire: to find the right shard without locking all.
    fronts: [AtomicU64; 2],
}

/// The shards of two ids, which may be one.
pub(super) struct Pair<'a> {
    old: &'a mut Shard,
    new: Option<&'a mut Shard>,
}

impl Pair<'_> {
    pub(super) fn of_old(&mut self) -> &mut Shard {
        self.old
    }

    pub(super) fn of_new(&mut self) -> &mut Shard {
        self.new.as_deref_mut().unwrap_or(self.old)
    }
}

impl Default for Shards {
    fn default() -> Self {
        let cell = || Cell { shard: Mutex::default(), fronts: [const { AtomicU64::new(u64::MAX) }; 2] };
        Self((0..COUNT).map(|_| cell()).collect())
    }
}

impl Shards {
    pub(super) const fn count() -> usize {
        COUNT
    }

    /// Where this id's slot is.
    pub(super) fn at(tag: u32) -> usize {
        (tag >> (u32::BITS - BITS)) as usize
    }

    pub(super) fn read<T>(&self, tag: u32, read: impl FnOnce(&Shard) -> T) -> T {
        read(&self.0[Self::at(tag)].lock())
    }

    pub(super) fn write<T>(&self, id: &IdHash, write: impl FnOnce(&mut Shard) -> T) -> T {
        self.write_at(Self::at(tag(id)), write)
    }

    pub(super) fn write_at<T>(&self, at: usize, write: impl FnOnce(&mut Shard) -> T) -> T {
        let cell = &self.0[at];
        let mut shard = cell.lock();
        let answer = write(&mut shard);
        cell.publish(&shard);
        answer
    }

    /// Writes in two shards at once: nobody sees one change without the other. The lower one is locked first.
    pub(super) fn write_two<T>(
        &self,
        old: &IdHash,
        new: &IdHash,
        write: impl FnOnce(&mut Pair<'_>) -> T,
    ) -> T {
        let (a, b) = (Self::at(tag(old)), Self::at(tag(new)));
        if a == b {
            return self.write_at(a, |shard| write(&mut Pair { old: shard, new: None }));
        }
        let (low, high) = (&self.0[a.min(b)], &self.0[a.max(b)]);
        let (mut low_shard, mut high_shard) = (low.lock(), high.lock());
        let answer = if a < b {
            write(&mut Pair { old: &mut low_shard, new: Some(&mut high_shard) })
        } else {
            write(&mut Pair { old: &mut high_shard, new: Some(&mut low_shard) })
        };
        low.publish(&low_shard);
        high.publish(&high_shard);
        answer
    }

    /// The shard in which a slot of this class may expire first, and when.
    pub(super) fn first(&self, class: Class) -> (usize, Timestamp) {
        let fronts = (0..COUNT).map(|at| (at, self.front(at, class)));
        fronts.min_by_key(|(_, front)| *front).unwrap_or((0, Timestamp::NEVER))
    }

    pub(super) fn front(&self, at: usize, class: Class) -> Timestamp {
        Timestamp::from_millis(self.0[at].fronts[class as usize].load(Ordering::Relaxed))
    }
}

impl Cell {
    fn lock(&self) -> MutexGuard<'_, Shard> {
        self.shard.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn publish(&self, shard: &Shard) {
        for class in [Class::Kept, Class::Spare] {
            self.fronts[class as usize].store(shard.front(class).as_millis(), Ordering::Relaxed);
        }
    }
}
