//! Which sessions a user is logged in to.

use std::sync::{Mutex, MutexGuard, PoisonError};

use hashbrown::HashTable;
use passport_core::Owner;

use super::shard::{hash, tag};
use crate::IdHash;

const STRIPES: usize = 64;

/// Links from users to sessions. Whoever changes who is logged in where holds the stripes of all users
/// concerned meanwhile, and takes them before any shard.
pub(super) struct Index(Box<[Mutex<HashTable<Link>>]>);

/// Eight bytes a login: the first four of the user's and of the session's name. That is a hint; the record
/// decides.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Link {
    owner: u32,
    id: u32,
}

/// The stripes of some users, held.
#[derive(Default)]
pub(super) struct Held<'a> {
    /// If it is one stripe, as it mostly is: then there are no more.
    first: Option<Stripe<'a>>,
    more: Vec<Stripe<'a>>,
}

type Stripe<'a> = (usize, MutexGuard<'a, HashTable<Link>>);

impl Default for Index {
    fn default() -> Self {
        Self((0..STRIPES).map(|_| Mutex::default()).collect())
    }
}

impl Index {
    /// Locks the stripes of these users, in order, so that no two holders wait for each other.
    pub(super) fn hold(&self, owners: impl Iterator<Item = Owner>) -> Held<'_> {
        let mut stripes = owners.map(|owner| stripe(&owner));
        let Some(first) = stripes.next() else { return Held::default() };
        let mut more: Vec<usize> = stripes.filter(|other| *other != first).collect();
        let lock = |at: usize| (at, self.0[at].lock().unwrap_or_else(PoisonError::into_inner));
        if more.is_empty() {
            return Held { first: Some(lock(first)), more: Vec::new() };
        }
        more.push(first);
        more.sort_unstable();
        more.dedup();
        Held { first: None, more: more.into_iter().map(lock).collect() }
    }
}

impl Held<'_> {
    pub(super) fn link(&mut self, owner: &Owner, id: &IdHash) {
        let link = Link { owner: short(owner), id: tag(id) };
        if let Some(links) = self.links(owner) {
            links.insert_unique(hash(link.owner), link, |link| hash(link.owner));
        }
    }

    pub(super) fn unlink(&mut self, owner: &Owner, id: &IdHash) {
        let link = Link { owner: short(owner), id: tag(id) };
        if let Some(links) = self.links(owner)
            && let Ok(entry) = links.find_entry(hash(link.owner), |other| *other == link)
        {
            entry.remove();
        }
    }

    /// The first bytes of the ids at which this user may be logged in. Every one that is, is among them.
    pub(super) fn tags(&self, owner: &Owner) -> Vec<u32> {
        let mut tags: Vec<u32> = self.links_of(owner).map(|link| link.id).collect();
        tags.sort_unstable();
        tags.dedup();
        tags
    }

    /// In how many sessions this user may be logged in: not less than it is.
    pub(super) fn count(&self, owner: &Owner) -> usize {
        self.links_of(owner).count()
    }

    fn links_of(&self, owner: &Owner) -> impl Iterator<Item = &Link> {
        let wanted = short(owner);
        let stripe = stripe(owner);
        let held = self.first.iter().chain(&self.more).filter(move |(at, _)| *at == stripe);
        held.flat_map(move |(_, links)| links.iter_hash(hash(wanted)))
            .filter(move |link| link.owner == wanted)
    }

    fn links(&mut self, owner: &Owner) -> Option<&mut HashTable<Link>> {
        let stripe = stripe(owner);
        self.first
            .iter_mut()
            .chain(&mut self.more)
            .find(|(at, _)| *at == stripe)
            .map(|(_, links)| &mut **links)
    }
}

fn stripe(owner: &Owner) -> usize {
    usize::from(owner.as_bytes()[15]) % STRIPES
}

fn short(owner: &Owner) -> u32 {
    let owner = owner.as_bytes();
    u32::from_le_bytes([owner[0], owner[1], owner[2], owner[3]])
}
