//! What has expired goes by itself.

use std::time::{Duration, Instant};

use passport_core::Clock;
use passport_session::{Loaded, SessionStore};

use crate::database::{Database, HOUR, MANY, id, life, login, owner, visitor};

fn rows(database: &Database) -> (i64, i64) {
    let counts = "SELECT (SELECT count(*) FROM sessions), (SELECT count(*) FROM logins)";
    database.directly().query_row(counts, [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap()
}

#[tokio::test]
async fn expired_sessions_go_without_being_asked_to() {
    let database = Database::new();
    let store = database.builder().sweep_every(Duration::from_millis(1)).open().await.unwrap();
    let now = database.clock.now();
    for number in 0..300 {
        store.create(id(number), &login("alice"), life(now), MANY).await.unwrap();
    }
    database.clock.advance(2 * HOUR);
    let gives_up = Instant::now() + Duration::from_secs(60);
    while rows(&database) != (0, 0) {
        assert!(Instant::now() < gives_up, "{:?} are left after a minute", rows(&database));
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn a_sweep_takes_a_bounded_number_and_says_how_many() {
    let database = Database::new();
    let store = database.builder().sweep_every(HOUR).open().await.unwrap();
    let now = database.clock.now();
    for number in 0..600 {
        store.create(id(number), &visitor(b"tea"), life(now), MANY).await.unwrap();
    }
    database.clock.advance(2 * HOUR);
    let now = database.clock.now();
    store.create(id(1000), &login("alice"), life(now), MANY).await.unwrap();
    let (mut swept, mut rounds) = (0, 0);
    loop {
        let count = store.sweep(now).await.unwrap();
        assert!(count <= 64, "{count} at once");
        if count == 0 {
            break;
        }
        (swept, rounds) = (swept + count, rounds + 1);
    }
    assert_eq!(swept, 600);
    assert!(rounds >= 9, "{rounds}");
    assert!(matches!(store.load(id(1000), now).await.unwrap(), Loaded::Found { .. }));
    assert_eq!(store.list(&owner("alice"), now).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_sweep_leaves_a_minute_in_case_the_clock_is_set_back() {
    let database = Database::new();
    let store = database.builder().sweep_every(HOUR).open().await.unwrap();
    let now = database.clock.now();
    store.create(id(1), &login("alice"), life(now), MANY).await.unwrap();
    database.clock.advance(HOUR + Duration::from_millis(59_999));
    assert_eq!(store.sweep(database.clock.now()).await.unwrap(), 0);
    database.clock.advance(Duration::from_millis(1));
    assert_eq!(store.sweep(database.clock.now()).await.unwrap(), 1);
}
