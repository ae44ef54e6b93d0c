//! Records that nobody can read any more.

use passport_core::Clock;
use passport_session::{IdHash, SessionStore, StoreError};

use crate::database::{Database, MANY, id, life, login, owner};

fn damage(database: &Database, id: IdHash) {
    let sql = "UPDATE sessions SET record = x'0102' WHERE id = ?1";
    assert_eq!(database.directly().execute(sql, [id.as_bytes()]).unwrap(), 1);
}

#[tokio::test]
async fn a_logout_everywhere_ends_also_what_cannot_be_read() {
    let database = Database::new();
    let store = database.open().await;
    let now = database.clock.now();
    for number in 1..=2 {
        store.create(id(number), &login("alice"), life(now), MANY).await.unwrap();
    }
    damage(&database, id(1));
    assert!(matches!(store.load(id(1), now).await, Err(StoreError::Corrupt)));
    assert_eq!(store.delete_all(&owner("alice"), None, now).await.unwrap(), 2);
    assert!(matches!(store.load(id(1), now).await, Ok(passport_session::Loaded::Ended)));
}

#[tokio::test]
async fn a_session_that_cannot_be_read_hides_no_other_from_its_users_list() {
    let database = Database::new();
    let store = database.open().await;
    let now = database.clock.now();
    for number in 1..=2 {
        store.create(id(number), &login("alice"), life(now), MANY).await.unwrap();
    }
    damage(&database, id(1));
    let list: Vec<_> =
        store.list(&owner("alice"), now).await.unwrap().into_iter().map(|entry| entry.id).collect();
    assert_eq!(list, [id(2)]);
}

#[tokio::test]
async fn a_session_that_cannot_be_read_can_be_logged_out() {
    let database = Database::new();
    let store = database.open().await;
    let now = database.clock.now();
    store.create(id(1), &login("alice"), life(now), MANY).await.unwrap();
    damage(&database, id(1));
    assert!(store.delete(id(1), now).await.unwrap());
    assert!(matches!(store.load(id(1), now).await, Ok(passport_session::Loaded::Ended)));
}

#[tokio::test]
async fn a_row_that_an_administrator_deleted_puts_nobody_on_anothers_list() {
    let database = Database::new();
    let store = database.open().await;
    let now = database.clock.now();
    store.create(id(1), &login("alice"), life(now), MANY).await.unwrap();
    // As the `sqlite3` program does it: without looking after the other table.
    database.directly().execute_batch("PRAGMA foreign_keys = OFF; DELETE FROM sessions").unwrap();
    store.create(id(2), &login("bob"), life(now), MANY).await.unwrap();
    assert!(store.list(&owner("alice"), now).await.unwrap().is_empty());
    assert_eq!(store.delete_all(&owner("alice"), None, now).await.unwrap(), 0);
    assert_eq!(store.list(&owner("bob"), now).await.unwrap().len(), 1);
}
