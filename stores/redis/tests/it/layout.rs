//! What lies in the database, for how long, and what another release may have left there.

use std::{collections::HashSet, time::Duration};

use passport_session::{Beyond, Loaded, SessionStore, StoreError, Written};
use passport_store_redis::RedisStore;
use passport_test_servers::Redis;

use crate::{
    raw::{Raw, envelope_at, hex, key, patient},
    records::{HOUR, MANY, hour, id, is_live, life, limit, login, now, owner, visitor},
};

#[tokio::test]
async fn keys_hold_hashes_alone_and_none_lives_for_ever() {
    let Some(redis) = Redis::start() else { return };
    let (store, raw) = (patient(&redis).await, Raw::to(&redis).await);
    let mut version = 0;
    for number in 0..5 {
        version = store.create(id(number), &login("\"alice\""), hour(), MANY).await.unwrap();
    }
    let _ = store.rotate(id(4), id(5), &login("\"alice\""), version, hour(), MANY).await.unwrap();
    store.delete(id(0), now()).await.unwrap();
    let keys: Vec<String> = raw.ask(&[b"KEYS", b"*"]).await;
    assert_eq!(keys.len(), 7, "five ids, one of them moved, and a list: {keys:?}");
    for name in keys {
        let hash = name.strip_prefix("passport:1:s:").or(name.strip_prefix("passport:1:o:")).unwrap();
        assert!(hash.bytes().all(|byte| byte.is_ascii_hexdigit()), "{name}");
        let left: i64 = raw.ask(&[b"PTTL", name.as_bytes()]).await;
        assert!(left > 0 && Duration::from_millis(left.unsigned_abs()) <= HOUR, "{name}: {left}");
    }
}

#[tokio::test]
async fn a_users_list_lives_as_long_as_the_longest_session_and_holds_the_live_ones() {
    let Some(redis) = Redis::start() else { return };
    let (store, raw) = (patient(&redis).await, Raw::to(&redis).await);
    let list = format!("passport:1:o:{}", hex(owner("alice").as_bytes()));
    let left = async || -> i64 { raw.ask(&[b"PTTL", list.as_bytes()]).await };
    store.create(id(1), &login("alice"), life(2 * HOUR), MANY).await.unwrap();
    let long = left().await;
    store.create(id(2), &login("alice"), life(Duration::from_millis(1)), MANY).await.unwrap();
    assert!(left().await > long - 600_000, "a shorter session shortens nothing");
    assert!(store.touch(id(1), life(3 * HOUR)).await.unwrap());
    assert!(left().await > long + 600_000, "an extended session extends it");
    tokio::time::sleep(Duration::from_millis(5)).await;
    store.create(id(3), &login("alice"), hour(), limit(9, Beyond::Refuse)).await.unwrap();
    let members: u32 = raw.ask(&[b"ZCARD", list.as_bytes()]).await;
    assert_eq!(members, 2, "the expired one has left");
    store.delete(id(1), now()).await.unwrap();
    assert!(left().await <= 3_600_000 * 3);
    store.delete(id(3), now()).await.unwrap();
    let there: u32 = raw.ask(&[b"EXISTS", list.as_bytes()]).await;
    assert_eq!(there, 0, "the last one took the list along");
}

#[tokio::test]
async fn prefixes_keep_applications_apart() {
    let Some(redis) = Redis::start() else { return };
    let with = |prefix: &'static str| {
        RedisStore::builder(redis.url()).prefix(prefix).deadline(Duration::from_secs(60)).connect()
    };
    let (shop, office) = (with("shop").await.unwrap(), with("office").await.unwrap());
    shop.create(id(1), &login("alice"), hour(), MANY).await.unwrap();
    assert!(matches!(office.load(id(1), now()).await.unwrap(), Loaded::None));
    assert!(office.list(&owner("alice"), now()).await.unwrap().is_empty());
    assert_eq!(office.delete_all(&owner("alice"), None, now()).await.unwrap(), 0);
    assert!(is_live(&shop, id(1)).await);
}

#[tokio::test]
async fn a_newer_layout_is_refused_by_name_and_still_ends() {
    let Some(redis) = Redis::start() else { return };
    let (store, raw) = (patient(&redis).await, Raw::to(&redis).await);
    for number in 0..3 {
        store.create(id(number), &login("alice"), hour(), MANY).await.unwrap();
        let mut value = raw.value(&key(&id(number))).await;
        value[1] = 2;
        raw.replace(&key(&id(number)), &value).await;
    }
    let too_new = |error: StoreError| assert!(matches!(error, StoreError::SchemaTooNew(2)), "{error:?}");
    too_new(store.load(id(0), now()).await.unwrap_err());
    too_new(store.update(id(0), &login("alice"), 1, hour()).await.unwrap_err());
    too_new(store.rotate(id(0), id(9), &login("alice"), 1, hour(), MANY).await.unwrap_err());
    too_new(store.touch(id(0), hour()).await.unwrap_err());
    too_new(store.list(&owner("alice"), now()).await.unwrap_err());
    let again = store.create(id(0), &login("alice"), hour(), MANY).await;
    assert!(matches!(again, Err(StoreError::Exists)), "{again:?}");
    assert!(store.delete(id(0), now()).await.unwrap());
    assert!(matches!(store.load(id(0), now()).await.unwrap(), Loaded::Ended));
    assert_eq!(store.delete_all(&owner("alice"), None, now()).await.unwrap(), 2);
    assert!(matches!(store.load(id(1), now()).await.unwrap(), Loaded::Ended));
}

#[tokio::test]
async fn what_cannot_be_read_hinders_no_logout_of_the_others() {
    let Some(redis) = Redis::start() else { return };
    let (store, raw) = (patient(&redis).await, Raw::to(&redis).await);
    for number in 0..6 {
        store.create(id(number), &login("alice"), hour(), MANY).await.unwrap();
    }
    // Another application's value, a value of another type, one cut short, and one of an old layout.
    raw.replace(&key(&id(0)), b"garbage").await;
    let _: u32 = raw.ask(&[b"DEL", key(&id(1)).as_bytes()]).await;
    let _: u32 = raw.ask(&[b"LPUSH", key(&id(1)).as_bytes(), b"x"]).await;
    let value = raw.value(&key(&id(2))).await;
    raw.replace(&key(&id(2)), &value[..40]).await;
    let mut old = raw.value(&key(&id(3))).await;
    old[1] = 0;
    raw.replace(&key(&id(3)), &old).await;
    for number in 0..4 {
        let error = store.load(id(number), now()).await.unwrap_err();
        assert!(matches!(error, StoreError::Corrupt), "{number}: {error:?}");
        let error = store.touch(id(number), hour()).await.unwrap_err();
        assert!(matches!(error, StoreError::Corrupt), "{number}: {error:?}");
    }
    let listed: HashSet<_> =
        store.list(&owner("alice"), now()).await.unwrap().iter().map(|entry| entry.id).collect();
    assert_eq!(listed, HashSet::from([id(4), id(5)]));
    store.create(id(7), &login("alice"), hour(), limit(3, Beyond::EndOldest)).await.unwrap();
    assert!(!store.delete(id(0), now()).await.unwrap());
    assert!(store.delete_all(&owner("alice"), None, now()).await.unwrap() >= 3);
    for number in 0..8 {
        assert!(!matches!(store.load(id(number), now()).await, Ok(Loaded::Found { .. })), "{number}");
    }
}

/// A database that lost its last moments goes back to an older version of a record; a writer that had read the
/// lost one must not take the next one for it.
#[tokio::test]
async fn a_version_that_was_lost_is_not_given_again() {
    let Some(redis) = Redis::start() else { return };
    let (store, raw) = (patient(&redis).await, Raw::to(&redis).await);
    let first = store.create(id(1), &visitor(&[]), hour(), MANY).await.unwrap();
    let before = raw.value(&key(&id(1))).await;
    let Written::Done(lost) = store.update(id(1), &visitor(&[]), first, hour()).await.unwrap() else {
        panic!()
    };
    raw.replace(&key(&id(1)), &before).await;
    tokio::time::sleep(Duration::from_millis(2)).await;
    let Written::Done(next) = store.update(id(1), &visitor(&[]), first, hour()).await.unwrap() else {
        panic!()
    };
    assert_ne!(next, lost);
    assert_eq!(store.update(id(1), &visitor(&[]), lost, hour()).await.unwrap(), Written::Conflict);
}

/// The rule of the contract that the suite can only try with a clock that is turned: here the server's times are.
#[tokio::test]
async fn marks_last_as_long_as_they_have_to() {
    let Some(redis) = Redis::start() else { return };
    let (store, raw) = (patient(&redis).await, Raw::to(&redis).await);
    let left = async |number| -> i64 { raw.ask(&[b"PTTL", key(&id(number)).as_bytes()]).await };
    let minute = |left: i64| (1..=60_000).contains(&left);
    let version = store.create(id(1), &login("alice"), hour(), MANY).await.unwrap();
    let Written::Done(version) =
        store.rotate(id(1), id(2), &login("alice"), version, life(3 * HOUR), MANY).await.unwrap()
    else {
        panic!("not moved")
    };
    assert!((3_000_000..=3_600_000).contains(&left(1).await), "as long as the old id would have lived");
    let moved = store.rotate(id(2), id(3), &login("alice"), version, life(HOUR / 2), MANY).await.unwrap();
    assert!(matches!(moved, Written::Done(_)));
    assert!(left(3).await <= 1_800_000, "the new id may live for shorter than the old one");
    assert!(store.delete(id(1), now()).await.unwrap());
    assert!(minute(left(1).await) && minute(left(2).await) && minute(left(3).await));
    let version = store.create(id(4), &visitor(&[]), hour(), MANY).await.unwrap();
    let moved = store.rotate(id(4), id(5), &login("alice"), version, hour(), MANY).await.unwrap();
    assert!(matches!(moved, Written::Done(_)));
    assert!(minute(left(4).await));
    let value = raw.value(&key(&id(5))).await;
    assert_eq!(value[envelope_at(&value)], 1, "the envelope follows the head, the logins and the marks");
}
