//! Ending sessions: one, wherever it has gone, or all of a user.

use std::time::Duration;

use passport_core::{Owner, Record, Timestamp};

use super::{
    MemoryStore,
    index::Held,
    shard::tag,
    slot::{Body, same_logins, weight},
};
use crate::{IdHash, MARK_SECONDS};

/// When an empty mark that is left now goes.
pub(super) fn mark_until(now: Timestamp) -> Timestamp {
    now.plus(Duration::from_secs(MARK_SECONDS))
}

enum Next {
    End(Record),
    Follow(IdHash),
}

impl MemoryStore {
    /// Ends the session at this id, or where its marks lead. They are at most `MARK_CHAIN` in a row: rotation
    /// sees to that.
    pub(super) fn follow_and_end(&self, id: IdHash, now: Timestamp) -> bool {
        let (mut path, mut at) = (Vec::new(), id);
        let ended = loop {
            match self.next(&at, now) {
                // What changed between the two looks is looked at again.
                Some(Next::End(record)) => {
                    if let Some(was_live) = self.end(&at, &record, now) {
                        break was_live;
                    }
                }
                Some(Next::Follow(to)) => {
                    path.push(at);
                    at = to;
                }
                None => break false,
            }
        };
        self.empty(path.into_iter(), |_| mark_until(now));
        self.tidy(tag(&at), now);
        ended
    }

    /// Ends this user's logins.
    pub(super) fn end_all(&self, owner: &Owner, except: Option<IdHash>, now: Timestamp) -> u64 {
        let mut held = self.index.hold(std::iter::once(*owner));
        let mut ended = 0;
        for entry in self.sessions(&held, owner) {
            if Some(entry.id) != except {
                let counts = entry.listed.life.expires > now;
                ended += u64::from(self.end_login(&mut held, owner, &entry.id, now) && counts);
            }
        }
        ended
    }

    /// Ends one user's login at an id, and the session with it if nobody else is logged in. The user's stripe is
    /// held; nobody else's changes.
    pub(super) fn end_login(&self, held: &mut Held<'_>, owner: &Owner, id: &IdHash, now: Timestamp) -> bool {
        let ended = self.shards.write(id, |shard| {
            let record = shard.get(id)?.record()?;
            let Some(left) = record.without_owner(owner) else {
                return Some(Ok(shard.mark(id, None, mark_until(now))));
            };
            let lighter = weight(record).saturating_sub(weight(&left));
            shard.change(id, |slot| {
                slot.version = self.next_version();
                slot.body = Body::Live(left);
            })?;
            Some(Err(lighter))
        });
        match ended {
            None => return false,
            Some(Ok(gone)) => self.settle(&gone, false, now),
            Some(Err(lighter)) => self.room.free(0, lighter),
        }
        held.unlink(owner, id);
        true
    }

    /// Makes empty marks of those that lead to a session that has ended, or to one that must not be ended
    /// through them: they have no more to say than that, and go soon.
    pub(super) fn close(&self, ids: impl Iterator<Item = IdHash>, now: Timestamp) {
        self.empty(ids, |expires| expires.min(mark_until(now)));
    }

    /// Makes empty marks of these, which go when `until` says, who is told when they would have gone.
    fn empty(&self, ids: impl Iterator<Item = IdHash>, until: impl Fn(Timestamp) -> Timestamp) {
        for id in ids {
            self.shards.write(&id, |shard| {
                shard.change(&id, |slot| {
                    if let Body::Mark(to) = &mut slot.body {
                        *to = None;
                        slot.life.expires = until(slot.life.expires);
                    }
                })
            });
        }
    }

    fn next(&self, id: &IdHash, now: Timestamp) -> Option<Next> {
        self.shards.read(tag(id), |shard| {
            let slot = shard.get(id)?;
            match &slot.body {
                // What has expired ends too: it must not come back when the clock is set back.
                Body::Live(record) => Some(Next::End(record.clone())),
                Body::Mark(_) if slot.is_expired(now) => None,
                Body::Mark(to) => to.as_deref().copied().map(Next::Follow),
            }
        })
    }

    /// Ends the session at this very id, if the users of `record` are still those who are logged in there. Whether it was
    /// live until now; `None` if it is another one by now.
    fn end(&self, id: &IdHash, record: &Record, now: Timestamp) -> Option<bool> {
        let mut held = self.index.hold(record.owners());
        let gone = self.shards.write(id, |shard| {
            let slot = shard.get(id)?;
            let was_live = !slot.is_expired(now);
            let same = slot.record().is_some_and(|current| same_logins(current, record));
            same.then(|| (was_live, shard.mark(id, None, mark_until(now))))
        });
        let (was_live, gone) = gone?;
        for owner in record.owners() {
            held.unlink(&owner, id);
        }
        self.settle(&gone, false, now);
        Some(was_live)
    }
}
