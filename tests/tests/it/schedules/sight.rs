//! What is in the store, as the model sees it.

use std::collections::{BTreeMap, BTreeSet};

use passport_core::{Handle, Kind, Life, Record, Timestamp};

use super::errand::{ABSOLUTE, IDLE};

/// How many requests have a key of their own to write.
pub(super) const WRITERS: usize = 4;

/// One user of one realm.
pub(super) type Who = (&'static str, &'static str);

/// The one whose password changes.
pub(super) const ALICE: Who = ("user", "alice");
/// Everybody there is.
const PEOPLE: [Who; 3] = [ALICE, ("user", "bob"), ("admin", "root")];
/// Everything that is written.
const KEYS: [&str; 2 + WRITERS] = ["cart", "n", "w0", "w1", "w2", "w3"];

pub(super) type Data = BTreeMap<&'static str, u64>;

/// A live session.
#[derive(Clone, Debug)]
pub(super) struct Sight {
    pub(super) record: Record,
    pub(super) life: Life,
    pub(super) handle: Handle,
    pub(super) logins: Vec<SeenLogin>,
    pub(super) data: Data,
}

/// Who is logged in there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SeenLogin {
    pub(super) who: Who,
    pub(super) at: Timestamp,
    pub(super) fingerprint: [u8; 16],
}

impl Sight {
    pub(super) fn of(record: &Record, life: Life) -> Self {
        let logins = record.logins().map(|login| SeenLogin {
            who: who(login.realm.as_str(), login.key),
            at: login.at,
            fingerprint: login.fingerprint,
        });
        let data = KEYS.into_iter().filter_map(|key| {
            let value = record.get(Kind::Data, key)?;
            Some((key, serde_json::from_slice(value).unwrap()))
        });
        Self {
            record: record.clone(),
            life,
            handle: record.handle(),
            logins: logins.collect(),
            data: data.collect(),
        }
    }

    /// The logins whose time is not over.
    pub(super) fn live(&self, now: Timestamp) -> impl Iterator<Item = &SeenLogin> {
        let seen = self.life.seen;
        self.logins.iter().filter(move |login| now < login.at.plus(ABSOLUTE) && now < seen.plus(IDLE))
    }

    /// The login in this realm.
    pub(super) fn login(&self, realm: &str) -> Option<&SeenLogin> {
        self.logins.iter().find(|login| login.who.0 == realm)
    }

    pub(super) fn users(&self) -> BTreeSet<Who> {
        self.logins.iter().map(|login| login.who).collect()
    }
}

fn who(realm: &str, key: &[u8]) -> Who {
    let name: &str = serde_json::from_slice(key).unwrap();
    PEOPLE.into_iter().find(|who| *who == (realm, name)).unwrap()
}

/// The key that the request of this number writes.
pub(super) fn key(number: usize) -> &'static str {
    KEYS[2 + number % WRITERS]
}
