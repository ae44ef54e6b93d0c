//! What is kept under one id.

use passport_core::{Life, Record, Timestamp};

use crate::IdHash;

/// A record or a mark. At a million sessions every byte in here is a megabyte.
pub(super) struct Slot {
    pub(super) id: IdHash,
    pub(super) body: Body,
    pub(super) life: Life,
    pub(super) version: u64,
}

const _: () = assert!(size_of::<Slot>() <= 72, "a slot has grown");

pub(super) enum Body {
    Live(Record),
    /// The id has ended; `Some` leads to where the session went.
    Mark(Option<Box<IdHash>>),
}

/// What may go when there is no room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// Records with logins, and the marks that lead to them: only when they have expired.
    Kept = 0,
    /// Records without a login and empty marks: the ones that would expire first.
    Spare = 1,
}

impl Slot {
    pub(super) fn is_expired(&self, now: Timestamp) -> bool {
        self.life.expires <= now
    }

    pub(super) fn live(&self, now: Timestamp) -> Option<&Record> {
        self.record().filter(|_| !self.is_expired(now))
    }

    pub(super) fn record(&self) -> Option<&Record> {
        match &self.body {
            Body::Live(record) => Some(record),
            Body::Mark(_) => None,
        }
    }

    pub(super) fn class(&self) -> Class {
        let kept = match &self.body {
            Body::Live(record) => record.has_logins(),
            Body::Mark(to) => to.is_some(),
        };
        if kept { Class::Kept } else { Class::Spare }
    }

    /// Notes a request, and shortens nothing.
    pub(super) fn extend(&mut self, life: Life) {
        self.life.seen = self.life.seen.max(life.seen);
        self.life.expires = self.life.expires.max(life.expires);
    }
}

/// The bytes that count against the store's bound.
pub(super) fn weight(record: &Record) -> usize {
    record.as_bytes().len()
}

/// Whether the same users are logged in: cheaper than comparing the hashes that name them.
pub(super) fn same_logins(a: &Record, b: &Record) -> bool {
    a.logins().map(|login| (login.realm, login.key)).eq(b.logins().map(|login| (login.realm, login.key)))
}
