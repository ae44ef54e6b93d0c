use std::{num::NonZeroU32, time::Duration};

use passport_core::{Handle, Life, Owner, Record, Timestamp};

use super::{MemoryStore, shard::hash};
use crate::{Beyond, IdHash, Limit, Loaded, SessionStore, StoreError, Written};

const MINUTE: Duration = Duration::from_secs(60);
const LIMIT: Limit = Limit { most: NonZeroU32::new(1000).unwrap(), beyond: Beyond::EndOldest };

fn at(seconds: u64) -> Timestamp {
    Timestamp::from_millis(1000 * seconds)
}

fn life(seen: Timestamp) -> Life {
    Life { seen, expires: seen.plus(30 * MINUTE) }
}

fn id(number: u32) -> IdHash {
    let mut bytes = [0x11; 32];
    // Spread as real ones are.
    bytes[..8].copy_from_slice(&hash(number + 1).rotate_left(32).to_le_bytes());
    bytes[8..12].copy_from_slice(&number.to_le_bytes());
    IdHash::from_bytes(bytes)
}

fn visitor(bytes: usize) -> Record {
    Record::sample(Handle::new([0; 16]), at(0), &[], &[("cart", &vec![b'x'; bytes])]).unwrap()
}

fn login(user: &str) -> Record {
    let key = format!("\"{user}\"");
    Record::sample(Handle::new([0; 16]), at(0), &[("user", &key)], &[]).unwrap()
}

fn owner(user: &str) -> Owner {
    Owner::new("user", format!("\"{user}\"").as_bytes())
}

async fn is_live(store: &MemoryStore, id: IdHash, now: Timestamp) -> bool {
    matches!(store.load(id, now).await.unwrap(), Loaded::Found { .. })
}

async fn version(store: &MemoryStore, id: IdHash) -> u64 {
    match store.load(id, at(0)).await.unwrap() {
        Loaded::Found { version, .. } => version,
        other => panic!("{other:?}"),
    }
}

async fn rotate(store: &MemoryStore, old: IdHash, new: IdHash, record: &Record, life: Life) {
    let version = version(store, old).await;
    let written = store.rotate(old, new, record, version, life, LIMIT).await;
    assert!(matches!(written, Ok(Written::Done(_))), "{written:?}");
}

#[tokio::test]
async fn a_flood_of_visitors_ends_no_login_and_stays_within_bounds() {
    let store = MemoryStore::with_capacity(1000);
    store.create(id(0), &login("alice"), life(at(0)), LIMIT).await.unwrap();
    for number in 1..20_000 {
        let now = at(0).plus(Duration::from_millis(u64::from(number)));
        store.create(id(number), &visitor(100), life(now), LIMIT).await.unwrap();
    }
    assert!(is_live(&store, id(0), at(20)).await);
    assert_eq!(store.room.slots(), 1000);
}

#[tokio::test]
async fn the_oldest_visitor_goes_first_unless_seen_since() {
    let store = MemoryStore::with_capacity(3);
    for number in 0..3 {
        store.create(id(number), &visitor(1), life(at(u64::from(number))), LIMIT).await.unwrap();
    }
    assert!(store.touch(id(0), life(at(5))).await.unwrap());
    store.create(id(3), &visitor(1), life(at(6)), LIMIT).await.unwrap();
    let mut live = Vec::new();
    for number in 0..4 {
        live.push(is_live(&store, id(number), at(7)).await);
    }
    assert_eq!(live, [true, false, true, true]);
}

#[tokio::test]
async fn what_has_expired_goes_before_any_visitor() {
    let store = MemoryStore::with_capacity(3);
    store.create(id(0), &visitor(1), life(at(0)), LIMIT).await.unwrap();
    let short = Life { seen: at(0), expires: at(60) };
    store.create(id(1), &login("alice"), short, LIMIT).await.unwrap();
    store.create(id(2), &login("bob"), life(at(0)), LIMIT).await.unwrap();
    store.create(id(3), &visitor(1), life(at(60)), LIMIT).await.unwrap();
    assert!(is_live(&store, id(0), at(60)).await);
    assert!(is_live(&store, id(2), at(60)).await);
    assert_eq!(store.list(&owner("alice"), at(0)).await.unwrap().len(), 0);
}

#[tokio::test]
async fn a_store_full_of_logins_refuses_visitors_and_logins_alike() {
    let store = MemoryStore::with_capacity(10);
    for number in 0..10 {
        store.create(id(number), &login(&format!("user {number}")), life(at(0)), LIMIT).await.unwrap();
    }
    for record in [visitor(1), login("mallory")] {
        let refused = store.create(id(99), &record, life(at(1)), LIMIT).await;
        assert!(matches!(refused, Err(StoreError::Full)), "{refused:?}");
    }
    for number in 0..10 {
        assert!(is_live(&store, id(number), at(1)).await);
    }
}

#[tokio::test]
async fn one_users_flood_of_logins_ends_no_other_users_login() {
    let store = MemoryStore::with_capacity(200);
    store.create(id(0), &login("alice"), life(at(0)), LIMIT).await.unwrap();
    let most = NonZeroU32::new(100).unwrap();
    for number in 1..2000 {
        let limit = Limit { most, beyond: Beyond::EndOldest };
        store.create(id(number), &login("mallory"), life(at(1)), limit).await.unwrap();
    }
    assert!(is_live(&store, id(0), at(2)).await);
    assert_eq!(store.list(&owner("mallory"), at(2)).await.unwrap().len(), 100);
    for number in 2000..4000 {
        let _ = store.create(id(number), &login("mallory"), life(at(3)), LIMIT).await;
    }
    assert!(is_live(&store, id(0), at(4)).await);
    assert_eq!(store.room.slots(), 200);
}

#[tokio::test]
async fn records_are_bounded_in_bytes_too() {
    let store = MemoryStore::with_capacity(1000).with_max_bytes(100_000);
    store.create(id(0), &login("alice"), life(at(0)), LIMIT).await.unwrap();
    for number in 1..100 {
        store.create(id(number), &visitor(10_000), life(at(u64::from(number))), LIMIT).await.unwrap();
    }
    assert!(store.room.bytes() <= 100_000);
    assert!(is_live(&store, id(0), at(100)).await);
    assert!(is_live(&store, id(99), at(100)).await);
    let latest = version(&store, id(99)).await;
    let written = store.update(id(99), &visitor(60_000), latest, life(at(100))).await;
    assert!(matches!(written, Ok(Written::Done(_))), "it grows at the cost of older visitors: {written:?}");
    assert!(store.room.bytes() <= 100_000);
    let small = MemoryStore::with_capacity(10).with_max_bytes(1000);
    small.create(id(0), &visitor(1), life(at(0)), LIMIT).await.unwrap();
    let latest = version(&small, id(0)).await;
    let refused = small.update(id(0), &visitor(2000), latest, life(at(0))).await;
    assert!(matches!(refused, Err(StoreError::Full)), "{refused:?}");
    assert!(is_live(&small, id(0), at(0)).await, "what cannot fit must not push others out");
}

#[tokio::test]
async fn a_logout_that_rotates_works_in_a_full_store() {
    let store = MemoryStore::with_capacity(2);
    store.create(id(0), &login("alice"), life(at(0)), LIMIT).await.unwrap();
    store.create(id(1), &login("bob"), life(at(0)), LIMIT).await.unwrap();
    rotate(&store, id(0), id(2), &visitor(1), life(at(1))).await;
    assert!(is_live(&store, id(2), at(1)).await);
}

#[tokio::test]
async fn nothing_is_left_of_sessions_that_went() {
    let store = MemoryStore::with_capacity(1000);
    for number in 0..100 {
        store.create(id(number), &login("alice"), life(at(0)), LIMIT).await.unwrap();
        rotate(&store, id(number), id(1000 + number), &login("alice"), life(at(0))).await;
    }
    assert_eq!(store.delete_all(&owner("alice"), Some(id(1099)), at(1)).await.unwrap(), 99);
    assert!(store.delete(id(99), at(1)).await.unwrap());
    assert_eq!((store.room.slots(), store.room.bytes()), (200, 0));
    while store.sweep(at(61)).await.unwrap() != 0 {}
    assert_eq!(store.room.slots(), 0, "marks of ended sessions go after a minute");
    assert!(store.index.hold(std::iter::once(owner("alice"))).tags(&owner("alice")).is_empty());
}

#[tokio::test]
async fn expired_sessions_leave_while_others_come() {
    let store = MemoryStore::new();
    for number in 0..5000 {
        store.create(id(number), &login(&number.to_string()), life(at(0)), LIMIT).await.unwrap();
    }
    for number in 5000..10_000 {
        store.create(id(number), &visitor(1), life(at(3600)), LIMIT).await.unwrap();
    }
    assert!(store.room.slots() < 5200, "{} are left", store.room.slots());
}

#[tokio::test]
async fn a_session_that_is_seen_again_and_again_is_not_swept() {
    let store = MemoryStore::new();
    store.create(id(0), &login("alice"), life(at(0)), LIMIT).await.unwrap();
    for minute in 1..120 {
        assert!(store.touch(id(0), life(at(60 * minute))).await.unwrap());
        assert_eq!(store.sweep(at(60 * minute)).await.unwrap(), 0);
    }
    assert!(is_live(&store, id(0), at(7200)).await);
}

#[tokio::test]
async fn who_stops_waiting_for_an_end_leaves_nothing_behind() {
    let store = MemoryStore::new();
    store.create(id(0), &login("alice"), life(at(0)), LIMIT).await.unwrap();
    let (one, two) = (store.ended(id(0)).unwrap(), store.ended(id(0)).unwrap());
    assert_eq!(store.watchers.waiting(), 1);
    drop(one);
    assert_eq!(store.watchers.waiting(), 1);
    drop(two);
    assert_eq!(store.watchers.waiting(), 0);
    store.ended(id(7)).unwrap().await;
    assert_eq!(store.watchers.waiting(), 0);
}

#[tokio::test]
async fn every_way_out_wakes_who_waits_for_it() {
    let store = MemoryStore::with_capacity(6);
    let one = Limit { most: NonZeroU32::MIN, beyond: Beyond::EndOldest };
    for (number, user) in ["a", "b", "c", "d"].into_iter().enumerate() {
        let number = u32::try_from(number).unwrap();
        store.create(id(number), &login(user), life(at(0)), LIMIT).await.unwrap();
    }
    store.create(id(4), &visitor(1), life(at(0)), LIMIT).await.unwrap();
    let expires_first = Life { seen: at(0), expires: at(10) };
    store.create(id(5), &login("e"), expires_first, LIMIT).await.unwrap();
    let waiting: Vec<_> = (0..6).map(|number| store.ended(id(number)).unwrap()).collect();
    // The seventh needs the visitor's place, later one that expired.
    store.create(id(6), &login("a"), life(at(1)), one).await.unwrap();
    store.delete(id(1), at(1)).await.unwrap();
    store.delete_all(&owner("c"), None, at(1)).await.unwrap();
    rotate(&store, id(3), id(7), &login("d"), life(at(1))).await;
    store.sweep(at(10)).await.unwrap();
    for ended in waiting {
        tokio::time::timeout(Duration::from_secs(10), ended).await.unwrap();
    }
    assert_eq!(store.watchers.waiting(), 0);
}

#[tokio::test]
async fn marks_of_a_session_that_ended_do_not_outlive_it_for_long() {
    let store = MemoryStore::new();
    let month = Life { seen: at(0), expires: at(30 * 86_400) };
    store.create(id(0), &login("alice"), month, LIMIT).await.unwrap();
    for number in 0..10 {
        rotate(&store, id(number), id(number + 1), &login("alice"), month).await;
    }
    assert_eq!(store.delete_all(&owner("alice"), None, at(1)).await.unwrap(), 1);
    assert_eq!(store.sweep(at(61)).await.unwrap(), 11);
    assert_eq!(store.room.slots(), 0);
}

#[tokio::test]
async fn a_session_that_was_logged_out_after_it_had_expired_does_not_come_back_with_the_clock() {
    let store = MemoryStore::new();
    for (number, record) in [login("alice"), visitor(10)].iter().enumerate() {
        let id = id(u32::try_from(number).unwrap());
        store.create(id, record, life(at(0)), LIMIT).await.unwrap();
        let late = at(2 * 3_600);
        assert!(!store.delete(id, late).await.unwrap(), "it was over");
        assert!(!is_live(&store, id, at(60)).await);
        assert!(matches!(store.load(id, at(60)).await.unwrap(), Loaded::Ended));
    }
    assert!(store.list(&owner("alice"), at(60)).await.unwrap().is_empty());
}
