//! Waiting for the end of a session that another process ends.

use std::time::Duration;

use passport_core::Clock;
use passport_session::SessionStore;
use tokio::time::timeout;

use crate::database::{Database, HOUR, MANY, id, life, login, owner};

/// Far longer than it takes: the machine may be busy.
const LONG: Duration = Duration::from_secs(60);

#[tokio::test]
async fn who_waits_here_hears_of_a_logout_elsewhere() {
    let database = Database::new();
    let (here, elsewhere) = (database.open().await, database.open().await);
    let now = database.clock.now();
    for number in 1..=3 {
        here.create(id(number), &login("alice"), life(now), MANY).await.unwrap();
    }
    let [first, second, mut lives] = [1, 2, 3].map(|number| here.ended(id(number)).unwrap());
    elsewhere.delete(id(1), now).await.unwrap();
    timeout(LONG, first).await.expect("a logout elsewhere");
    // By now all three were looked at, and the second was live.
    elsewhere.delete_all(&owner("alice"), Some(id(3)), now).await.unwrap();
    timeout(LONG, second).await.expect("a logout everywhere elsewhere");
    assert!(timeout(Duration::from_millis(1), &mut lives).await.is_err(), "the third still lives");
}

#[tokio::test]
async fn who_waits_hears_that_the_session_has_expired() {
    let database = Database::new();
    let store = database.open().await;
    store.create(id(1), &login("alice"), life(database.clock.now()), MANY).await.unwrap();
    let ended = store.ended(id(1)).unwrap();
    database.clock.advance(HOUR);
    timeout(LONG, ended).await.expect("the end of its time");
}

#[tokio::test]
async fn who_stops_waiting_disturbs_nobody_else_who_waits() {
    let database = Database::new();
    let store = database.open().await;
    let now = database.clock.now();
    store.create(id(1), &login("alice"), life(now), MANY).await.unwrap();
    let (impatient, patient) = (store.ended(id(1)).unwrap(), store.ended(id(1)).unwrap());
    drop(impatient);
    store.delete(id(1), now).await.unwrap();
    timeout(LONG, patient).await.expect("a logout");
}
