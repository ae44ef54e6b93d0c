use std::num::NonZeroU32;

use passport_core::{Handle, Kind, Life, Owner, Record, Timestamp};
use passport_session::{Beyond, Envelope, IdHash, Limit, Loaded, MemoryStore, SessionStore, StoreError};

use super::site::now;

const ID: IdHash = IdHash::from_bytes([5; 32]);
const OTHER: IdHash = IdHash::from_bytes([6; 32]);

/// A record, as a store may hold it: truncated, another application's, of another release.
///
/// - What is accepted is the very bytes, not one less or more, and whatever is made of it is a record again.
/// - What an expiry or the end of a user's sessions leaves holds no login that is over, and none of that user.
/// - An envelope that opens is the very one that was sealed for this id.
/// - A store in memory keeps it, lists it for its users, and ends their logins.
pub fn record(data: &[u8]) {
    if let Ok(record) = Record::from_bytes(data) {
        assert_eq!(record.as_bytes(), data);
        assert!(Record::from_bytes(&data[..data.len() - 1]).is_err(), "cut short");
        assert!(Record::from_bytes([data, &[0]].concat()).is_err(), "with more behind it");
        check(&record);
        check_kept(&record);
    }
    match Envelope::open(ID, data) {
        Ok(record) => {
            assert_eq!(Envelope::seal(ID, &record), data);
            assert!(matches!(Envelope::open(OTHER, data), Err(StoreError::Foreign)));
            check(&record);
        }
        Err(StoreError::Corrupt | StoreError::Foreign | StoreError::SchemaTooNew(_)) => {}
        Err(error) => panic!("{error}"),
    }
}

/// Whether it is a record, or one in the envelope of its id.
pub fn is_record(data: &[u8]) -> bool {
    Record::from_bytes(data).is_ok() || Envelope::open(ID, data).is_ok()
}

fn check(record: &Record) {
    let handle = Handle::new([1; 16]);
    let moved = again(&record.with_handle(handle));
    assert_eq!(moved.handle(), handle);
    assert_eq!(moved.with_handle(record.handle()), *record);
    assert_eq!(record.owners().count(), record.logins().count());
    assert!(record.client().user_agent().is_none_or(|agent| agent.len() <= 256));
    for kind in [Kind::Data, Kind::Message, Kind::Private] {
        assert!(record.get(kind, "cart").is_none_or(|value| value.len() < record.as_bytes().len()));
    }
    for login in record.logins() {
        assert!(record.login(login.realm.as_str()).is_some());
        let left = record.without_owner(&login.owner());
        let left = left.as_ref().map(again);
        assert!(left.is_none_or(|left| left.owners().all(|owner| owner != login.owner())));
        for (at, seen) in [(login.until, login.at), (login.at, login.at), (Timestamp::NEVER, login.until)] {
            match record.without_expired(at, seen) {
                None => assert!(record.logins().all(|login| login.is_live(at, seen))),
                Some(left) => assert!(again(&left).logins().all(|login| login.is_live(at, seen))),
            }
        }
    }
}

/// The same, read from its bytes.
fn again(record: &Record) -> Record {
    let again = Record::from_bytes(record.as_bytes()).unwrap();
    assert_eq!(again, *record);
    again
}

fn check_kept(record: &Record) {
    let store = MemoryStore::new();
    let at = Timestamp::from_millis(1_000);
    let life = Life { seen: at, expires: Timestamp::from_millis(2_000) };
    let limit = Limit { most: NonZeroU32::MIN, beyond: Beyond::EndOldest };
    let live = || match now(store.load(ID, at)) {
        Ok(Loaded::Found { record, .. }) => Some(record),
        other => {
            other.unwrap();
            None
        }
    };
    now(store.create(ID, record, life, limit)).unwrap();
    assert_eq!(live().as_ref(), Some(record));
    let mut owners: Vec<Owner> = record.owners().collect();
    owners.sort_unstable();
    owners.dedup();
    for owner in owners.iter().take(8) {
        assert_eq!(now(store.list(owner, at)).unwrap().len(), 1);
        assert_eq!(now(store.delete_all(owner, None, at)).unwrap(), 1);
        assert!(now(store.list(owner, at)).unwrap().is_empty());
        assert!(live().is_none_or(|left| left.owners().all(|other| other != *owner)));
        if live().is_none() {
            break;
        }
    }
    now(store.delete(ID, at)).unwrap();
    assert!(live().is_none());
}
