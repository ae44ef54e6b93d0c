//! One part of the table: slots by id, and which of them expires first.

use std::collections::HashMap;

use hashbrown::HashTable;
use passport_core::{Record, Timestamp};

use super::{
    due::{Due, Queue},
    slot::{Body, Class, Slot},
};
use crate::IdHash;

/// Entries beyond twice the slots that a queue may hold before it is built anew.
const SLACK: usize = 64;

#[derive(Default)]
pub(super) struct Shard {
    /// Boxed, because up to half of a table is empty.
    slots: HashTable<Box<Slot>>,
    /// The marks that lead to a live slot, the newest last. Few sessions have any.
    trails: HashMap<IdHash, Vec<Step>>,
    due: [Queue; 2],
}

/// A mark that leads to a session, and until when.
#[derive(Clone, Copy)]
pub(super) struct Step {
    pub(super) id: IdHash,
    pub(super) until: Timestamp,
}

/// What went from the table, for the books.
pub(super) struct Gone {
    pub(super) id: IdHash,
    /// If it was live.
    pub(super) record: Option<Record>,
    pub(super) trail: Vec<Step>,
}

impl Shard {
    pub(super) fn get(&self, id: &IdHash) -> Option<&Slot> {
        self.slots.find(hash(tag(id)), |slot| slot.id == *id).map(|slot| &**slot)
    }

    pub(super) fn live(&self, id: &IdHash, now: Timestamp) -> Option<(&Slot, &Record)> {
        let slot = self.get(id)?;
        Some((slot, slot.live(now)?))
    }

    /// Those whose id begins with these bytes: almost always one.
    pub(super) fn tagged(&self, wanted: u32) -> impl Iterator<Item = &Slot> {
        let same = self.slots.iter_hash(hash(wanted)).map(|slot| &**slot);
        same.filter(move |slot| tag(&slot.id) == wanted)
    }

    /// Adds a slot under an id that is not there.
    pub(super) fn insert(&mut self, slot: Slot, trail: Vec<Step>) {
        let (id, class, expires) = (slot.id, slot.class(), slot.life.expires);
        self.slots.insert_unique(hash(tag(&id)), Box::new(slot), |slot| hash(tag(&slot.id)));
        if !trail.is_empty() {
            self.trails.insert(id, trail);
        }
        self.note(&id, class, expires);
    }

    /// Changes a slot, and keeps the queues right.
    pub(super) fn change<T>(&mut self, id: &IdHash, change: impl FnOnce(&mut Slot) -> T) -> Option<T> {
        let slot = self.slots.find_mut(hash(tag(id)), |slot| slot.id == *id)?;
        let before = (slot.class(), slot.life.expires);
        let answer = change(slot);
        let after = (slot.class(), slot.life.expires);
        if after.0 != before.0 || after.1 < before.1 {
            self.note(id, after.0, after.1);
        }
        Some(answer)
    }

    /// Replaces a live record by a mark.
    pub(super) fn mark(&mut self, id: &IdHash, to: Option<IdHash>, until: Timestamp) -> Gone {
        let body = Body::Mark(to.map(Box::new));
        let was = self.change(id, |slot| {
            slot.life.expires = until;
            std::mem::replace(&mut slot.body, body)
        });
        let record = match was {
            Some(Body::Live(record)) => Some(record),
            _ => None,
        };
        Gone { id: *id, record, trail: self.take_trail(id) }
    }

    pub(super) fn remove(&mut self, id: &IdHash) -> Option<Gone> {
        let entry = self.slots.find_entry(hash(tag(id)), |slot| slot.id == *id).ok()?;
        let (slot, _) = entry.remove();
        let record = match slot.body {
            Body::Live(record) => Some(record),
            Body::Mark(_) => None,
        };
        Some(Gone { id: *id, record, trail: self.take_trail(id) })
    }

    /// The marks in a row that lead to this id and are live, the newest last.
    pub(super) fn row(&self, id: &IdHash, now: Timestamp) -> &[Step] {
        let trail = self.trails.get(id).map_or(&[][..], Vec::as_slice);
        let broken = trail.iter().rposition(|step| step.until <= now);
        &trail[broken.map_or(0, |at| at + 1)..]
    }

    /// A slot of this class that expires by `until`. Entries that are too early are put right on the way, each
    /// at most once for every time its slot was extended.
    pub(super) fn first(&mut self, class: Class, until: Timestamp) -> Option<IdHash> {
        while let Some(due) = self.due[class as usize].first().filter(|due| due.at() <= until) {
            let same = self.tagged(due.tag).filter(|slot| slot.class() == class);
            let found = same.min_by_key(|slot| slot.life.expires);
            let really = found.map(|slot| (slot.id, Due::new(slot.life.expires, due.tag)));
            match really {
                Some((id, really)) if really.at() <= until => return Some(id),
                Some((_, later)) => self.due[class as usize].move_first(Some(later)),
                None => self.due[class as usize].move_first(None),
            }
        }
        None
    }

    /// No slot of this class expires before this.
    pub(super) fn front(&self, class: Class) -> Timestamp {
        self.due[class as usize].first().map_or(Timestamp::NEVER, Due::at)
    }

    fn take_trail(&mut self, id: &IdHash) -> Vec<Step> {
        if self.trails.is_empty() {
            return Vec::new();
        }
        self.trails.remove(id).unwrap_or_default()
    }

    fn note(&mut self, id: &IdHash, class: Class, expires: Timestamp) {
        self.due[class as usize].push(Due::new(expires, tag(id)));
        let entries: usize = self.due.iter().map(Queue::len).sum();
        if entries > 2 * self.slots.len() + SLACK {
            self.due = [Class::Kept, Class::Spare].map(|class| {
                let slots = self.slots.iter().filter(|slot| slot.class() == class);
                Queue::from_entries(slots.map(|slot| Due::new(slot.life.expires, tag(&slot.id))).collect())
            });
        }
    }
}

/// An id hash is uniform: its own first bytes are its hash. They say the shard, and find the slot in it.
pub(super) fn tag(id: &IdHash) -> u32 {
    let id = id.as_bytes();
    u32::from_le_bytes([id[0], id[1], id[2], id[3]])
}

/// Spreads the bits that a table looks at; the ones that chose the shard are the same for all in it.
pub(super) fn hash(tag: u32) -> u64 {
    u64::from(tag).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}
