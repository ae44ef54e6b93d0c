//! From rows to what the contract says, and back.

use std::time::Duration;

use passport_core::{Life, Owner, Record, Timestamp};
use passport_session::{Envelope, IdHash, StoreError};
use tokio_postgres::{Row, types::FromSql};

/// The longest life that is kept: beyond it sums would overflow. It is some seventy million years.
const LONGEST: i64 = i64::MAX / 4;

/// One value of a row.
pub(crate) fn column<'a, T: FromSql<'a>>(row: &'a Row, at: usize) -> Result<T, StoreError> {
    row.try_get(at).map_err(|error| StoreError::Other(error.into()))
}

/// The only row of an answer that has one.
pub(crate) fn only(rows: &[Row]) -> Result<&Row, StoreError> {
    rows.first().ok_or_else(|| StoreError::Other("PostgreSQL answered without a row".into()))
}

pub(crate) fn id(bytes: &[u8]) -> Result<IdHash, StoreError> {
    bytes.try_into().map(IdHash::from_bytes).map_err(|_| StoreError::Corrupt)
}

pub(crate) fn ids(row: &Row, at: usize) -> Result<Vec<IdHash>, StoreError> {
    column::<Vec<&[u8]>>(row, at)?.into_iter().map(id).collect()
}

/// The record of an id, without the logins that have ended since it was written. `None`: no login is left.
pub(crate) fn record(id: IdHash, envelope: &[u8], ended: &[u8]) -> Result<Option<Record>, StoreError> {
    let mut record = Envelope::open(id, envelope)?;
    let (owners, rest) = ended.as_chunks::<16>();
    if !rest.is_empty() {
        return Err(StoreError::Corrupt);
    }
    for owner in owners {
        match record.without_owner(&Owner::from_bytes(*owner)) {
            Some(left) => record = left,
            None => return Ok(None),
        }
    }
    Ok(Some(record))
}

/// The server counts in signed numbers; its own never go below zero.
pub(crate) fn version(found: i64) -> u64 {
    u64::try_from(found).unwrap_or_default()
}

/// A version that the server never gave is one that it never finds.
pub(crate) fn as_version(version: u64) -> i64 {
    i64::try_from(version).unwrap_or(-1)
}

/// How long a record is to be kept, in milliseconds.
pub(crate) fn length(life: Life) -> i64 {
    i64::try_from(life.expires.since(life.seen).as_millis()).unwrap_or(LONGEST).min(LONGEST)
}

/// What the server's clock says, in the caller's time: seen so many milliseconds ago, over in so many.
pub(crate) fn life(now: Timestamp, age: i64, left: i64) -> Life {
    let millis = |value: i64| u64::try_from(value).unwrap_or_default();
    Life {
        seen: Timestamp::from_millis(now.as_millis().saturating_sub(millis(age))),
        expires: now.plus(Duration::from_millis(millis(left))),
    }
}

/// Who is logged in and since when, in the order in which the server compares users.
pub(crate) struct Logins(Vec<(Owner, i64)>);

impl Logins {
    pub(crate) fn of(record: &Record) -> Self {
        let at = |at: Timestamp| i64::try_from(at.as_millis()).unwrap_or(i64::MAX);
        let mut logins: Vec<_> = record.logins().map(|login| (login.owner(), at(login.at))).collect();
        logins.sort_unstable();
        Self(logins)
    }

    pub(crate) fn owners(&self) -> Vec<&[u8]> {
        self.0.iter().map(|(owner, _)| &owner.as_bytes()[..]).collect()
    }

    pub(crate) fn times(&self) -> Vec<i64> {
        self.0.iter().map(|(_, at)| *at).collect()
    }
}

#[cfg(test)]
mod tests {
    use passport_core::Handle;

    use super::*;

    fn login(users: &[(&'static str, &str)]) -> Record {
        Record::sample(Handle::new([1; 16]), Timestamp::from_millis(5), users, &[]).unwrap()
    }

    #[test]
    fn a_life_that_never_ends_is_kept_as_a_very_long_one() {
        let seen = Timestamp::from_millis(1_000);
        assert_eq!(length(Life { seen, expires: Timestamp::NEVER }), LONGEST);
        assert_eq!(length(Life { seen, expires: Timestamp::default() }), 0);
        assert_eq!(length(Life { seen, expires: Timestamp::from_millis(1_007) }), 7);
    }

    #[test]
    fn the_servers_times_are_told_in_the_callers() {
        let came = life(Timestamp::from_millis(1_000), 10, 500);
        assert_eq!((came.seen.as_millis(), came.expires.as_millis()), (990, 1_500));
        let turned_back = life(Timestamp::from_millis(1_000), -10, -1);
        assert_eq!((turned_back.seen.as_millis(), turned_back.expires.as_millis()), (1_000, 1_000));
    }

    #[test]
    fn logins_that_have_ended_are_left_out_of_what_is_read() {
        let id = IdHash::from_bytes([3; 32]);
        let both = login(&[("user", "\"a\""), ("admin", "\"b\"")]);
        let envelope = Envelope::seal(id, &both);
        let (user, admin) = (Owner::new("user", b"\"a\""), Owner::new("admin", b"\"b\""));
        assert_eq!(record(id, &envelope, &[]).unwrap(), Some(both.clone()));
        assert_eq!(record(id, &envelope, user.as_bytes()).unwrap(), both.without_owner(&user));
        let all = [*user.as_bytes(), *admin.as_bytes()].concat();
        assert_eq!(record(id, &envelope, &all).unwrap(), None);
        assert!(matches!(record(id, &envelope, &all[..20]), Err(StoreError::Corrupt)));
    }
}
