//! What goes wrong with a database while it is open.

use std::{fs, time::Duration};

use passport_core::Clock;
use passport_session::{Loaded, SessionStore, StoreError};
use rusqlite::Connection;

use crate::database::{Database, MANY, id, life, login};

/// Another process that writes, for as long as this lives.
fn locked(database: &Database) -> Connection {
    let other = database.directly();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    other
}

#[tokio::test]
async fn a_write_that_waits_for_too_long_times_out_and_never_happens() {
    let database = Database::new();
    let store = database.builder().deadline(Duration::from_millis(50)).open().await.unwrap();
    let now = database.clock.now();
    let other = locked(&database);
    for number in 0..3 {
        let came = store.create(id(number), &login("alice"), life(now), MANY).await;
        assert!(matches!(came, Err(StoreError::TimedOut)), "{came:?}");
    }
    drop(other);
    // It comes after them, however often it times out on a busy machine.
    loop {
        match store.create(id(9), &login("alice"), life(now), MANY).await {
            Ok(_) | Err(StoreError::Exists) => break,
            Err(StoreError::TimedOut) => {}
            Err(other) => panic!("{other:?}"),
        }
    }
    let patient = database.open().await;
    for number in 0..3 {
        assert!(matches!(patient.load(id(number), now).await.unwrap(), Loaded::None), "{number}");
    }
}

#[tokio::test]
async fn a_write_goes_on_as_soon_as_the_lock_is_free() {
    let database = Database::new();
    let store = database.open().await;
    let now = database.clock.now();
    let other = locked(&database);
    let record = login("alice");
    let create = store.create(id(1), &record, life(now), MANY);
    let free = async {
        tokio::task::yield_now().await;
        drop(other);
    };
    let (created, ()) = tokio::join!(create, free);
    created.unwrap();
}

#[tokio::test]
async fn reading_waits_for_no_writer() {
    let database = Database::new();
    let store = database.open().await;
    let now = database.clock.now();
    store.create(id(1), &login("alice"), life(now), MANY).await.unwrap();
    let other = locked(&database);
    assert!(matches!(store.load(id(1), now).await.unwrap(), Loaded::Found { .. }));
    drop(other);
}

#[tokio::test]
async fn a_write_whose_caller_goes_away_before_it_begins_never_happens() {
    let database = Database::new();
    let store = database.open().await;
    let now = database.clock.now();
    let other = locked(&database);
    let record = login("alice");
    for number in 0..20 {
        let create = store.create(id(number), &record, life(now), MANY);
        // On its way to the writer, which waits for the lock.
        assert!(tokio::time::timeout(Duration::from_millis(1), create).await.is_err());
    }
    drop(other);
    store.create(id(99), &record, life(now), MANY).await.unwrap();
    for number in 0..20 {
        assert!(matches!(store.load(id(number), now).await.unwrap(), Loaded::None), "{number}");
    }
}

#[tokio::test]
async fn a_database_that_is_gone_is_out_of_reach_until_it_is_back() {
    let database = Database::new();
    let store = database.open().await;
    let now = database.clock.now();
    store.create(id(1), &login("alice"), life(now), MANY).await.unwrap();
    assert!(matches!(store.load(id(1), now).await.unwrap(), Loaded::Found { .. }));
    let away = database.path().with_file_name("away");
    fs::create_dir(&away).unwrap();
    let moved = |from: &str, to: &str| {
        let folder = database.path().parent().unwrap().to_owned();
        for name in ["sessions.db", "sessions.db-wal", "sessions.db-shm"] {
            // Whoever closes last takes the log away.
            let _ = fs::rename(folder.join(from).join(name), folder.join(to).join(name));
        }
    };
    moved("", "away");
    for _ in 0..2 {
        let came = store.create(id(2), &login("alice"), life(now), MANY).await;
        assert!(matches!(came, Err(StoreError::Unreachable(_))), "{came:?}");
        let came = store.load(id(1), now).await;
        assert!(matches!(came, Err(StoreError::Unreachable(_))), "{came:?}");
    }
    assert!(!database.path().exists(), "what is gone is not made anew");
    moved("away", "");
    store.create(id(2), &login("alice"), life(now), MANY).await.unwrap();
    for number in 1..=2 {
        assert!(matches!(store.load(id(number), now).await.unwrap(), Loaded::Found { .. }), "{number}");
    }
}

#[tokio::test]
async fn a_damaged_database_is_an_error_and_no_anonymous_visitor() {
    let database = Database::new();
    let store = database.open().await;
    let now = database.clock.now();
    store.create(id(1), &login("alice"), life(now), MANY).await.unwrap();
    drop(store);
    database.directly().execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
    let store = database.open().await;
    // All pages but the first, which says that it is a database.
    let mut bytes = fs::read(database.path()).unwrap();
    bytes[4096..].fill(0xff);
    let file = fs::OpenOptions::new().write(true).open(database.path()).unwrap();
    std::io::Write::write_all(&mut &file, &bytes).unwrap();
    let came = store.load(id(1), now).await;
    assert!(matches!(came, Err(StoreError::Other(_))), "{came:?}");
    let came = store.delete(id(1), now).await;
    assert!(matches!(came, Err(StoreError::Other(_))), "{came:?}");
}

#[cfg(unix)]
#[tokio::test]
async fn another_file_in_the_place_of_the_database_is_noticed() {
    let database = Database::new();
    let other = Database::new();
    let now = database.clock.now();
    let store = database.open().await;
    store.create(id(1), &login("alice"), life(now), MANY).await.unwrap();
    let restored = other.open().await;
    restored.create(id(2), &login("bob"), life(now), MANY).await.unwrap();
    // A backup, put in the place of the file that is open.
    let backup = database.path().with_file_name("backup.db");
    other.directly().execute("VACUUM INTO ?1", [backup.to_str().unwrap()]).unwrap();
    for beside in ["sessions.db-wal", "sessions.db-shm"] {
        fs::remove_file(database.path().with_file_name(beside)).unwrap();
    }
    fs::rename(&backup, database.path()).unwrap();
    assert!(matches!(store.load(id(2), now).await.unwrap(), Loaded::Found { .. }));
    assert!(matches!(store.load(id(1), now).await.unwrap(), Loaded::None));
    store.create(id(3), &login("bob"), life(now), MANY).await.unwrap();
    let count: i64 =
        database.directly().query_row("SELECT count(*) FROM sessions", [], |row| row.get(0)).unwrap();
    assert_eq!(count, 2);
}
