//! What one case works with: a store, a second handle on it, and ids and users that nobody else has.

use std::{
    fmt,
    num::NonZeroU32,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use passport_core::{Handle, Life, Owner, Record, Timestamp};
use sha2::{Digest, Sha256};

use super::{
    Fault, Harness,
    case::{Outcome, Stop, expect},
};
use crate::{Beyond, IdHash, Limit, Loaded, SessionStore, StoreError, Written, random::Random};

/// Longer than any case takes.
pub(super) const HOUR: Duration = Duration::from_secs(3600);
/// Short enough to wait for, long enough for a slow store to answer meanwhile.
pub(super) const SHORT: Duration = Duration::from_secs(3);

pub(super) struct Trial<'a> {
    harness: &'a dyn Harness,
    /// Where a case writes.
    pub(super) store: Arc<dyn SessionStore>,
    /// Where it looks at what was written.
    pub(super) second: Arc<dyn SessionStore>,
    seed: [u8; 16],
    next: AtomicU64,
}

/// A live record, as it was found.
#[derive(Debug)]
pub(super) struct Live {
    pub(super) record: Record,
    pub(super) version: u64,
    pub(super) life: Life,
}

/// One user of one realm.
#[derive(Clone, Debug)]
pub(super) struct User {
    pub(super) realm: &'static str,
    pub(super) key: String,
}

impl User {
    pub(super) fn owner(&self) -> Owner {
        Owner::new(self.realm, self.key.as_bytes())
    }
}

impl<'a> Trial<'a> {
    pub(super) async fn new(harness: &'a dyn Harness) -> Result<Self, Stop> {
        let (store, second) = (harness.store().await, harness.second().await);
        let seed = Random::default().take().or_else(|error| failed("draw ids", "random numbers", &error))?;
        Ok(Self { harness, store, second, seed, next: AtomicU64::new(0) })
    }

    pub(super) fn id(&self) -> IdHash {
        let next = self.next.fetch_add(1, Ordering::Relaxed);
        let hash = Sha256::new().chain_update(self.seed).chain_update(next.to_le_bytes());
        IdHash::from_bytes(hash.finalize().into())
    }

    pub(super) fn user(&self, name: &str) -> User {
        let next = self.next.fetch_add(1, Ordering::Relaxed);
        let seed = u128::from_le_bytes(self.seed);
        User { realm: "user", key: format!("\"{name} {next} {seed:x}\"") }
    }

    /// The first or the second handle, in turn.
    pub(super) fn handle(&self, number: usize) -> Arc<dyn SessionStore> {
        Arc::clone(if number.is_multiple_of(2) { &self.store } else { &self.second })
    }

    pub(super) fn now(&self) -> Timestamp {
        self.harness.now()
    }

    pub(super) async fn advance(&self, by: Duration) {
        self.harness.advance(by).await;
    }

    pub(super) fn life(&self) -> Life {
        self.life_of(HOUR)
    }

    pub(super) fn life_of(&self, length: Duration) -> Life {
        let seen = self.now();
        Life { seen, expires: seen.plus(length) }
    }

    /// A life that another request began this long ago, and that is over before the usual one.
    pub(super) fn life_from(&self, ago: Duration) -> Life {
        let now = self.now();
        let ago_millis = u64::try_from(ago.as_millis()).unwrap_or(u64::MAX);
        let seen = Timestamp::from_millis(now.as_millis().saturating_sub(ago_millis));
        Life { seen, expires: now.plus(ago) }
    }

    /// Stops a case that needs an injected clock.
    pub(super) fn needs_turned_clock(&self, why: &'static str) -> Outcome {
        if self.harness.real_time() { Err(Stop::NotApplicable(why)) } else { Ok(()) }
    }

    /// Stops a case that needs a store which judges by its own clock.
    pub(super) fn needs_own_clock(&self) -> Outcome {
        let why = "the store judges by its callers' clock";
        if self.harness.real_time() { Ok(()) } else { Err(Stop::NotApplicable(why)) }
    }

    /// Stops a case that needs a store which is swept.
    pub(super) fn needs_sweeps(&self) -> Outcome {
        if self.harness.sweeps() { Ok(()) } else { Err(Stop::NotApplicable("the store expires by itself")) }
    }

    /// Whether these are the same moment: exactly, unless the store judges by its own clock.
    pub(super) fn same_time(&self, a: Timestamp, b: Timestamp) -> bool {
        let apart = a.since(b).max(b.since(a));
        apart.is_zero() || self.harness.real_time() && apart < SHORT
    }

    pub(super) fn same_life(&self, did: &str, came: Life, expected: Life) -> Outcome {
        let same = self.same_time(came.seen, expected.seen) && self.same_time(came.expires, expected.expires);
        expect(did, format!("{expected:?}"), came, |_| same)
    }

    pub(super) async fn corrupt(&self, id: IdHash) -> Outcome {
        brought_about(self.harness.corrupt(id).await)
    }

    pub(super) async fn newer_schema(&self, id: IdHash) -> Outcome {
        brought_about(self.harness.newer_schema(id).await)
    }

    pub(super) async fn swap(&self, a: IdHash, b: IdHash) -> Outcome {
        brought_about(self.harness.swap(a, b).await)
    }

    /// A new session under a new id.
    pub(super) async fn created(&self, record: &Record) -> Result<(IdHash, u64), Stop> {
        let id = self.id();
        Ok((id, self.create_at(id, record, self.life()).await?))
    }

    pub(super) async fn create_at(&self, id: IdHash, record: &Record, life: Life) -> Result<u64, Stop> {
        answered("create under a new id", self.store.create(id, record, life, MANY).await)
    }

    /// Moves a session that is live at this version.
    pub(super) async fn moved(
        &self,
        old: IdHash,
        record: &Record,
        version: u64,
    ) -> Result<(IdHash, u64), Stop> {
        let new = self.id();
        let written = self.store.rotate(old, new, record, version, self.life(), MANY).await;
        Ok((new, done("rotate at the version that was read", written)?))
    }

    /// What is live at this id.
    pub(super) async fn live(&self, when: &str, id: IdHash) -> Result<Live, Stop> {
        match self.second.load(id, self.now()).await {
            Ok(Loaded::Found { record, version, life }) => Ok(Live { record, version, life }),
            other => failed(format!("load {when}"), "a live session", &other),
        }
    }

    pub(super) async fn not_live(&self, when: &str, id: IdHash) -> Outcome {
        let loaded = self.second.load(id, self.now()).await;
        let dead = |loaded: &Result<_, _>| matches!(loaded, Ok(Loaded::Ended | Loaded::None));
        expect(format!("load {when}"), "no live session", loaded, dead)
    }

    pub(super) async fn ended(&self, when: &str, id: IdHash) -> Outcome {
        let loaded = self.second.load(id, self.now()).await;
        expect(format!("load {when}"), "Ended", loaded, |loaded| matches!(loaded, Ok(Loaded::Ended)))
    }

    pub(super) async fn nothing(&self, when: &str, id: IdHash) -> Outcome {
        let loaded = self.second.load(id, self.now()).await;
        expect(format!("load {when}"), "None", loaded, |loaded| matches!(loaded, Ok(Loaded::None)))
    }

    /// The ids on a user's list, sorted.
    pub(super) async fn listed(&self, user: &User) -> Result<Vec<IdHash>, Stop> {
        let list = answered("list a user's sessions", self.second.list(&user.owner(), self.now()).await)?;
        let mut ids: Vec<IdHash> = list.iter().map(|entry| entry.id).collect();
        ids.sort_unstable();
        Ok(ids)
    }
}

/// A limit that no case comes near to by accident.
pub(super) const MANY: Limit = limit(10_000, Beyond::Refuse);

pub(super) const fn limit(most: u32, beyond: Beyond) -> Limit {
    match NonZeroU32::new(most) {
        Some(most) => Limit { most, beyond },
        None => Limit { most: NonZeroU32::MIN, beyond },
    }
}

/// A record without a login.
pub(super) fn visitor(data: &[(&str, &[u8])]) -> Record {
    record_at(Timestamp::from_millis(1), &[], data)
}

/// A record in which these users are logged in.
pub(super) fn login(users: &[&User]) -> Record {
    record_at(Timestamp::from_millis(1), users, &[])
}

/// A record in which these users logged in, each in its second.
pub(super) fn logins_at(users: &[(&User, u64)]) -> Record {
    let empty = Record::empty(Handle::new([7; 16]));
    users.iter().fold(empty, |record, (user, second)| {
        let at = Timestamp::from_millis(1000 * second);
        record.with_sample_login(at, user.realm, &user.key).unwrap_or(record)
    })
}

/// A record in which these users logged in at this time.
pub(super) fn record_at(at: Timestamp, users: &[&User], data: &[(&str, &[u8])]) -> Record {
    let handle = Handle::new([7; 16]);
    let logins: Vec<_> = users.iter().map(|user| (user.realm, user.key.as_str())).collect();
    // No case asks for more than a record may hold; one that did would fail by finding nothing.
    Record::sample(handle, at, &logins, data).unwrap_or_else(|_| Record::empty(handle))
}

pub(super) fn failed<T>(did: impl Into<String>, expected: &str, came: &impl fmt::Debug) -> Result<T, Stop> {
    Err(Stop::Failed { did: did.into(), expected: expected.into(), came: format!("{came:?}") })
}

pub(super) fn answered<T>(did: &str, answer: Result<T, StoreError>) -> Result<T, Stop> {
    answer.or_else(|error| failed(did, "an answer", &error))
}

pub(super) fn done(did: &str, written: Result<Written, StoreError>) -> Result<u64, Stop> {
    match written {
        Ok(Written::Done(version)) => Ok(version),
        other => failed(did, "Done", &other),
    }
}

pub(super) fn sorted(mut ids: Vec<IdHash>) -> Vec<IdHash> {
    ids.sort_unstable();
    ids
}

fn brought_about(fault: Fault) -> Outcome {
    match fault {
        Fault::Done => Ok(()),
        Fault::Unsupported => Err(Stop::NotApplicable("the harness cannot bring this fault about")),
    }
}
