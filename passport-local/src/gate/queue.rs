//! Who waits for a permit, in which order, and who has to go when it gets crowded.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    mem,
};

use tokio::sync::oneshot;

use crate::ClientKey;

/// The waiting, key by key. Not a word of permits here.
pub(super) struct Queue {
    capacity: usize,
    /// What one key may hold while others wait.
    share: usize,
    /// No entry is empty.
    waiting: HashMap<ClientKey, VecDeque<Waiter>>,
    /// The keys that wait, each once; the first is the next to be served.
    turns: VecDeque<ClientKey>,
    len: usize,
    next_place: u64,
    /// Places that were called, and have not answered yet: each of them is a permit.
    called: HashSet<u64>,
    /// Who lost a place. Dropping them wakes them, which the caller does when it no longer holds the lock.
    displaced: Vec<Waiter>,
}

pub(super) struct Waiter {
    place: u64,
    wake: oneshot::Sender<()>,
}

impl Queue {
    pub(super) fn new(capacity: usize) -> Self {
        Self {
            capacity,
            share: (capacity / 8).max(1),
            waiting: HashMap::new(),
            turns: VecDeque::new(),
            len: 0,
            next_place: 0,
            called: HashSet::new(),
            displaced: Vec::new(),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// Takes a place. `None`: there is none for this key.
    pub(super) fn join(&mut self, key: &ClientKey) -> Option<(u64, oneshot::Receiver<()>)> {
        let held = self.held(key);
        let alone = self.turns.iter().all(|other| other == key);
        if !alone && held >= self.share {
            return None;
        }
        if held == 0 && self.turns.len() == 1 {
            self.cut_the_first();
        }
        if self.len >= self.capacity && !self.displace(held) {
            return None;
        }
        let (wake, woken) = oneshot::channel();
        let place = self.next_place;
        self.next_place += 1;
        self.len += 1;
        self.waiting.entry(key.clone()).or_default().push_back(Waiter { place, wake });
        if held == 0 {
            self.turns.push_back(key.clone());
        }
        Some((place, woken))
    }

    /// Gives up a place. False if it was called or refused before.
    pub(super) fn leave(&mut self, key: &ClientKey, place: u64) -> bool {
        let Some(line) = self.waiting.get_mut(key) else { return false };
        let Some(index) = line.iter().position(|waiter| waiter.place == place) else { return false };
        line.remove(index);
        self.len -= 1;
        if line.is_empty() {
            self.waiting.remove(key);
            self.turns.retain(|other| other != key);
        }
        true
    }

    /// Calls the next one: whom to wake. `None`: nobody waits.
    pub(super) fn call(&mut self) -> Option<oneshot::Sender<()>> {
        let key = self.turns.pop_front()?;
        let line = self.waiting.get_mut(&key)?;
        let next = line.pop_front()?;
        if line.is_empty() {
            self.waiting.remove(&key);
        } else {
            self.turns.push_back(key);
        }
        self.len -= 1;
        self.called.insert(next.place);
        Some(next.wake)
    }

    /// Whether this place was called; it is not any more.
    pub(super) fn redeem(&mut self, place: u64) -> bool {
        self.called.remove(&place)
    }

    /// Who has lost a place since this was last asked.
    pub(super) fn take_displaced(&mut self) -> Vec<Waiter> {
        mem::take(&mut self.displaced)
    }

    fn held(&self, key: &ClientKey) -> usize {
        self.waiting.get(key).map_or(0, VecDeque::len)
    }

    /// Somebody joins the one key that was alone until now: it keeps its share.
    fn cut_the_first(&mut self) {
        let Some(line) = self.turns.front().and_then(|key| self.waiting.get_mut(key)) else { return };
        let beyond = line.split_off(line.len().min(self.share));
        self.len -= beyond.len();
        self.displaced.extend(beyond);
    }

    /// Makes room for a key that holds less than the one that holds most, if there is such a one.
    fn displace(&mut self, held: usize) -> bool {
        let Some(most) = self.waiting.values_mut().max_by_key(|line| line.len()) else { return false };
        if most.len() <= held + 1 {
            return false;
        }
        self.displaced.extend(most.pop_back());
        self.len -= 1;
        true
    }
}
