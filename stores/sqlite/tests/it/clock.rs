//! Clocks that are wrong, and clocks that are put right.

use std::time::Duration;

use passport_core::{Clock, Life, Timestamp};
use passport_session::{Loaded, SessionStore};

use crate::database::{Database, HOUR, MANY, id, life, login, owner};

#[tokio::test]
async fn an_application_whose_clock_is_wrong_gets_its_own_times_back() {
    let database = Database::new();
    let store = database.open().await;
    for there in [Timestamp::from_millis(1_000_000), database.clock.now().plus(100 * HOUR)] {
        let number = id(u32::try_from(there.as_millis() % 1000).unwrap());
        store.create(number, &login("alice"), life(there), MANY).await.unwrap();
        database.clock.advance(HOUR / 4);
        let later = there.plus(HOUR / 4);
        let Loaded::Found { life: came, .. } = store.load(number, later).await.unwrap() else {
            panic!("it lives for an hour")
        };
        assert_eq!((came.seen, came.expires), (there, there.plus(HOUR)));
        let list = store.list(&owner("alice"), later).await.unwrap();
        assert_eq!(list[0].listed.life.expires, there.plus(HOUR));
        database.clock.advance(HOUR);
        assert!(matches!(store.load(number, later).await.unwrap(), Loaded::None));
    }
}

#[tokio::test]
async fn a_clock_that_is_set_forward_ends_sessions_and_back_again_ends_none() {
    let database = Database::new();
    let store = database.open().await;
    let before = database.clock.now();
    store.create(id(1), &login("alice"), life(before), MANY).await.unwrap();
    database.clock.set(before.plus(2 * HOUR));
    assert!(matches!(store.load(id(1), database.clock.now()).await.unwrap(), Loaded::None));
    database.clock.set(Timestamp::from_millis(before.as_millis() - 1000));
    assert!(matches!(store.load(id(1), database.clock.now()).await.unwrap(), Loaded::Found { .. }));
}

#[tokio::test]
async fn a_logout_of_an_expired_session_holds_also_when_the_clock_is_set_back() {
    let database = Database::new();
    let store = database.open().await;
    let before = database.clock.now();
    for number in 1..=2 {
        store.create(id(number), &login("alice"), life(before), MANY).await.unwrap();
    }
    database.clock.set(before.plus(2 * HOUR));
    let now = database.clock.now();
    assert!(!store.delete(id(1), now).await.unwrap());
    assert_eq!(store.delete_all(&owner("alice"), None, now).await.unwrap(), 0);
    database.clock.set(before);
    for number in 1..=2 {
        assert!(!matches!(store.load(id(number), before).await.unwrap(), Loaded::Found { .. }));
    }
    assert!(store.list(&owner("alice"), before).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_clock_that_is_set_back_takes_no_time_from_a_session_that_is_used() {
    let database = Database::new();
    let store = database.open().await;
    let before = database.clock.now();
    store.create(id(1), &login("alice"), life(before), MANY).await.unwrap();
    let back = Timestamp::from_millis(before.as_millis() - 600_000);
    database.clock.set(back);
    assert!(store.touch(id(1), life(back)).await.unwrap());
    let Loaded::Found { life: came, .. } = store.load(id(1), back).await.unwrap() else { panic!("it lives") };
    assert_eq!((came.seen, came.expires), (before, before.plus(HOUR)));
}

#[tokio::test]
async fn a_session_without_an_end_lives_on() {
    let database = Database::new();
    let store = database.open().await;
    let now = database.clock.now();
    let for_ever = Life { seen: now, expires: Timestamp::NEVER };
    store.create(id(1), &login("alice"), for_ever, MANY).await.unwrap();
    database.clock.advance(Duration::from_secs(1 << 40));
    let now = database.clock.now();
    let Loaded::Found { life: came, .. } = store.load(id(1), now).await.unwrap() else { panic!("it lives") };
    assert_eq!(came.expires, Timestamp::NEVER);
}
