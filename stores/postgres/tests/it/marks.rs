//! How long marks last: the cases of the suite that would have to wait for it.

use passport_core::Timestamp;
use passport_session::{IdHash, Loaded, SessionStore, Written};
use passport_store_postgres::PostgresStore;

use crate::{
    sample::{created, hex, hour, id, login, many, visitor},
    server::Database,
};

/// How long something is kept from now on, in milliseconds.
fn left(database: &Database, id: IdHash) -> i64 {
    let id = hex(id);
    let left = format!("SELECT expires - passport.clock() FROM passport.sessions WHERE id = '\\x{id}'");
    database.sql(&left).parse().unwrap()
}

/// About a minute, however long the test has taken since.
fn is_a_minute(left: i64) -> bool {
    (0..=60_000).contains(&left)
}

async fn moved(store: &PostgresStore, old: IdHash, version: u64) -> (IdHash, u64) {
    let new = id();
    match store.rotate(old, new, &login(1, "moved"), version, hour(), many()).await.unwrap() {
        Written::Done(version) => (new, version),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_logged_out_id_is_remembered_for_a_minute_and_then_forgotten() {
    let Some(database) = Database::shared() else { return };
    let store = database.patient().connect().await.unwrap();
    let (a, version) = created(&store, 1).await;
    let (b, _) = moved(&store, a, version).await;
    assert!(left(&database, a) > 3_000_000, "a mark that leads on lasts as long as the record would have");
    assert!(store.delete(a, Timestamp::system()).await.unwrap());
    for id in [a, b] {
        assert!(is_a_minute(left(&database, id)), "{}", left(&database, id));
        assert!(matches!(store.load(id, Timestamp::system()).await.unwrap(), Loaded::Ended));
    }
    database.sql("UPDATE passport.sessions SET expires = expires - 60000");
    for id in [a, b] {
        assert!(matches!(store.load(id, Timestamp::system()).await.unwrap(), Loaded::None));
    }
    store.create(a, &visitor("again"), hour(), many()).await.unwrap();
}

#[tokio::test]
async fn the_id_from_before_a_login_is_remembered_for_a_minute() {
    let Some(database) = Database::shared() else { return };
    let store = database.patient().connect().await.unwrap();
    let old = id();
    let version = store.create(old, &visitor("v"), hour(), many()).await.unwrap();
    moved(&store, old, version).await;
    assert!(is_a_minute(left(&database, old)));
}

#[tokio::test]
async fn a_move_from_an_expired_session_is_none_and_its_last_mark_ends_with_it() {
    let Some(database) = Database::shared() else { return };
    let store = database.patient().connect().await.unwrap();
    let (a, version) = created(&store, 1).await;
    let (b, version) = moved(&store, a, version).await;
    database.sql("UPDATE passport.sessions SET expires = expires - 3600000");
    let now = Timestamp::system();
    assert!(!store.delete(a, now).await.unwrap(), "the mark is over");
    let written = store.rotate(b, id(), &login(1, "x"), version, hour(), many()).await.unwrap();
    assert_eq!(written, Written::Gone);
}

#[tokio::test]
async fn an_expired_session_gives_its_id_and_its_logins_up() {
    let Some(database) = Database::shared() else { return };
    let store = database.patient().connect().await.unwrap();
    let (a, _) = created(&store, 1).await;
    database.sql("UPDATE passport.sessions SET expires = expires - 3600000");
    store.create(a, &login(2, "another"), hour(), many()).await.unwrap();
    assert_eq!(database.sql("SELECT count(*) FROM passport.logins"), "1");
    let now = Timestamp::system();
    assert!(store.list(&crate::sample::owner(1), now).await.unwrap().is_empty());
    assert_eq!(store.list(&crate::sample::owner(2), now).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_session_that_was_logged_out_after_it_had_expired_does_not_come_back_with_the_clock() {
    let Some(database) = Database::shared() else { return };
    let store = database.patient().connect().await.unwrap();
    let (a, _) = created(&store, 1).await;
    // The same as a clock that is ahead for a while.
    database.sql("UPDATE passport.sessions SET expires = expires - 7200000, due = due - 7200000");
    assert!(!store.delete(a, Timestamp::system()).await.unwrap(), "it was over");
    assert!(is_a_minute(left(&database, a)));
    database.sql("UPDATE passport.sessions SET expires = expires + 7200000, due = due + 7200000");
    assert!(matches!(store.load(a, Timestamp::system()).await.unwrap(), Loaded::Ended));
    let logins = format!("SELECT count(*) FROM passport.logins WHERE id = '\\x{}'", hex(a));
    assert_eq!(database.sql(&logins), "0");
}
