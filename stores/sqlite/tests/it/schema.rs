//! Databases of other releases, and of other applications.

use passport_core::Clock;
use passport_session::{Loaded, SessionStore, StoreError};

use crate::database::{Database, MANY, id, life, login};

#[tokio::test]
async fn a_database_of_a_newer_release_is_refused_with_a_sentence() {
    let database = Database::new();
    drop(database.open().await);
    database.directly().execute_batch("PRAGMA user_version = 7").unwrap();
    let error = database.builder().open().await.unwrap_err().to_string();
    let path = database.path().display().to_string();
    for part in [path.as_str(), "newer release", "schema 7", "upgrade this program"] {
        assert!(error.contains(part), "{error}");
    }
}

#[tokio::test]
async fn a_database_that_has_no_tables_yet_is_brought_to_the_current_schema() {
    let database = Database::new();
    // As the first step of a release finds it that came to no end: the mark of the application and version 0.
    let application = i32::from_be_bytes(*b"Pprt");
    database.directly().execute_batch(&format!("PRAGMA application_id = {application}")).unwrap();
    let store = database.open().await;
    let now = database.clock.now();
    store.create(id(1), &login("alice"), life(now), MANY).await.unwrap();
    let version = database.directly().pragma_query_value(None, "user_version", |row| row.get::<_, i64>(0));
    assert_eq!(version.unwrap(), 1);
}

#[tokio::test]
async fn sessions_are_there_when_the_database_is_opened_again() {
    let database = Database::new();
    let now = database.clock.now();
    let store = database.open().await;
    store.create(id(1), &login("alice"), life(now), MANY).await.unwrap();
    drop(store);
    let loaded = database.open().await.load(id(1), now).await.unwrap();
    assert!(matches!(loaded, Loaded::Found { record, .. } if record == login("alice")));
}

#[tokio::test]
async fn an_older_program_stops_writing_when_a_newer_one_has_changed_the_database() {
    let database = Database::new();
    let store = database.open().await;
    let now = database.clock.now();
    database.directly().execute_batch("PRAGMA user_version = 2").unwrap();
    let refused = store.create(id(1), &login("alice"), life(now), MANY).await;
    assert!(matches!(refused, Err(StoreError::SchemaTooNew(2))), "{refused:?}");
    database.directly().execute_batch("PRAGMA user_version = 1").unwrap();
    store.create(id(1), &login("alice"), life(now), MANY).await.unwrap();
}

#[tokio::test]
async fn another_applications_database_is_refused_and_not_touched() {
    let database = Database::new();
    database.directly().execute_batch("CREATE TABLE orders (n INTEGER)").unwrap();
    let before = std::fs::read(database.path()).unwrap();
    let error = database.builder().open().await.unwrap_err().to_string();
    assert!(error.contains("another application's database"), "{error}");
    assert_eq!(std::fs::read(database.path()).unwrap(), before);
}
