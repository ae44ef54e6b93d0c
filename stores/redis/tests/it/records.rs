//! Ids, users and records for tests.

use std::{num::NonZeroU32, time::Duration};

use passport_core::{Handle, Life, Owner, Record, Timestamp};
use passport_session::{Beyond, IdHash, Limit, Loaded, SessionStore};

/// A limit that no test comes near to.
pub(crate) const MANY: Limit = limit(10_000, Beyond::Refuse);
pub(crate) const HOUR: Duration = Duration::from_secs(3600);

pub(crate) const fn limit(most: u32, beyond: Beyond) -> Limit {
    Limit { most: NonZeroU32::new(most).unwrap(), beyond }
}

/// The id of this number.
pub(crate) fn id(number: u64) -> IdHash {
    let mut bytes = [0xa5; 32];
    bytes[..8].copy_from_slice(&number.to_le_bytes());
    // The half that is told of an id that has ended differs too.
    bytes[24..].copy_from_slice(&number.to_be_bytes());
    IdHash::from_bytes(bytes)
}

pub(crate) fn now() -> Timestamp {
    Timestamp::system()
}

pub(crate) fn life(length: Duration) -> Life {
    let seen = now();
    Life { seen, expires: seen.plus(length) }
}

pub(crate) fn hour() -> Life {
    life(HOUR)
}

pub(crate) fn owner(user: &str) -> Owner {
    Owner::new("user", user.as_bytes())
}

/// A record in which this user is logged in.
pub(crate) fn login(user: &str) -> Record {
    record(&[("user", user)], &[])
}

pub(crate) fn visitor(data: &[(&str, &[u8])]) -> Record {
    record(&[], data)
}

pub(crate) fn record(logins: &[(&'static str, &str)], data: &[(&str, &[u8])]) -> Record {
    Record::sample(Handle::new([7; 16]), Timestamp::from_millis(1), logins, data).unwrap()
}

pub(crate) async fn is_live(store: &dyn SessionStore, id: IdHash) -> bool {
    matches!(store.load(id, now()).await.unwrap(), Loaded::Found { .. })
}
