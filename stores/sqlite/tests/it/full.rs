//! A disk without room.

use std::sync::Arc;

use passport_core::Clock;
use passport_session::{Loaded, SessionStore, StoreError, Written};
use passport_store_sqlite::SqliteStore;

use crate::database::{Database, MANY, id, life, login, visitor};

/// A store that has room for nothing more, and how many sessions are in it. The first is a login, the others have
/// eight kilobytes each.
async fn full(database: &Database) -> (SqliteStore, u32) {
    let store = database.builder().max_bytes(300_000).open().await.unwrap();
    let now = database.clock.now();
    store.create(id(0), &login("alice"), life(now), MANY).await.unwrap();
    let large = visitor(&[b'x'; 8000]);
    for number in 1..100 {
        match store.create(id(number), &large, life(now), MANY).await {
            Ok(_) => {}
            Err(StoreError::Full) => return (store, number),
            Err(other) => panic!("{other:?}"),
        }
    }
    panic!("a hundred sessions of 8 KB fit into 300 KB");
}

#[tokio::test]
async fn a_full_database_refuses_new_sessions_and_ends_old_ones() {
    let database = Database::new();
    let (store, count) = full(&database).await;
    let now = database.clock.now();
    assert!(
        matches!(store.load(id(count), now).await.unwrap(), Loaded::None),
        "what was refused is not there"
    );
    let Loaded::Found { version, .. } = store.load(id(0), now).await.unwrap() else { panic!("a login") };
    let written = store.update(id(0), &login("bob"), version, life(now)).await;
    assert!(matches!(written, Ok(Written::Done(_))), "{written:?}");
    assert!(store.delete(id(0), now).await.unwrap());
    for number in 1..count {
        assert!(store.delete(id(number), now).await.unwrap(), "{number}");
    }
    store.create(id(count), &visitor(&[b'x'; 8000]), life(now), MANY).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_logout_does_not_fail_for_the_room_that_others_want() {
    let database = Database::new();
    let (store, count) = full(&database).await;
    let (store, now) = (Arc::new(store), database.clock.now());
    let larger = visitor(&vec![b'x'; 60_000]);
    let mut calls = vec![];
    for number in 0..count {
        let (logout, login, record) = (Arc::clone(&store), Arc::clone(&store), larger.clone());
        calls.push(tokio::spawn(
            async move { logout.delete(id(number), now).await.map(|ended| assert!(ended)) },
        ));
        calls.push(tokio::spawn(async move {
            match login.create(id(1000 + number), &record, life(now), MANY).await {
                Ok(_) | Err(StoreError::Full) => Ok(()),
                Err(error) => Err(error),
            }
        }));
    }
    for call in calls {
        call.await.unwrap().unwrap();
    }
    let whole: String =
        database.directly().query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(whole, "ok");
}
