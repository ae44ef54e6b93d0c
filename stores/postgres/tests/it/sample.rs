//! Sessions to try things with.

use std::{
    fmt::Write,
    num::NonZeroU32,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use passport_core::{Handle, Kind, Life, Owner, Record, Timestamp};
use passport_session::{Beyond, IdHash, Limit, Loaded, SessionStore};
use passport_store_postgres::PostgresStore;

static NEXT: AtomicU64 = AtomicU64::new(1);

/// An id that no other test of this binary has.
pub(crate) fn id() -> IdHash {
    let next = NEXT.fetch_add(1, Ordering::Relaxed);
    let mut bytes = [0; 32];
    for (at, part) in bytes.as_chunks_mut::<8>().0.iter_mut().enumerate() {
        // Spread over the whole range, as hashes are.
        *part = (next + at as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes();
    }
    IdHash::from_bytes(bytes)
}

/// An id as SQL writes it.
pub(crate) fn hex(id: IdHash) -> String {
    digits(id.as_bytes())
}

pub(crate) fn digits(bytes: &[u8]) -> String {
    let mut digits = String::new();
    for byte in bytes {
        write!(digits, "{byte:02x}").unwrap();
    }
    digits
}

/// A user of the realm `user`, by number.
pub(crate) fn owner(user: u64) -> Owner {
    Owner::new("user", user.to_string().as_bytes())
}

/// A session in which this user is logged in, with something in it.
pub(crate) fn login(user: u64, note: &str) -> Record {
    let key = user.to_string();
    let at = Timestamp::from_millis(1);
    Record::sample(Handle::new([7; 16]), at, &[("user", &key)], &[("note", note.as_bytes())]).unwrap()
}

pub(crate) fn visitor(note: &str) -> Record {
    let at = Timestamp::from_millis(1);
    Record::sample(Handle::new([7; 16]), at, &[], &[("note", note.as_bytes())]).unwrap()
}

pub(crate) fn note(record: &Record) -> String {
    String::from_utf8(record.get(Kind::Data, "note").unwrap().to_vec()).unwrap()
}

pub(crate) fn hour() -> Life {
    lasting(Duration::from_secs(3600))
}

pub(crate) fn lasting(length: Duration) -> Life {
    let seen = Timestamp::system();
    Life { seen, expires: seen.plus(length) }
}

pub(crate) fn at_most(most: u32) -> Limit {
    Limit { most: NonZeroU32::new(most).unwrap(), beyond: Beyond::EndOldest }
}

/// A limit that nobody reaches.
pub(crate) fn many() -> Limit {
    at_most(1_000_000)
}

/// A new session of this user.
pub(crate) async fn created(store: &PostgresStore, user: u64) -> (IdHash, u64) {
    let id = id();
    (id, store.create(id, &login(user, "new"), hour(), many()).await.unwrap())
}

pub(crate) async fn is_live(store: &PostgresStore, id: IdHash) -> bool {
    matches!(store.load(id, Timestamp::system()).await.unwrap(), Loaded::Found { .. })
}
