//! Whoever waits for the end of a session hears of it, wherever it ends.

use std::{
    sync::Mutex,
    time::{Duration, Instant},
};

use passport_core::Timestamp;
use passport_session::{IdHash, SessionStore};
use passport_store_postgres::PostgresStore;
use passport_test_servers::{AGES, eventually};
use tokio::time::{sleep, timeout};
use tokio_postgres::{AsyncMessage, NoTls};

use crate::{
    sample::{created, hex, id, lasting, login, many, owner},
    server::Database,
};

/// After this, an id is looked at again only every five seconds, unless something is heard of it.
const SETTLED: Duration = Duration::from_millis(1_500);

fn listeners(database: &Database) -> String {
    database.sql("SELECT count(*) FROM passport.listeners")
}

async fn resolves(store: &PostgresStore, id: IdHash) {
    assert!(timeout(AGES, store.ended(id).unwrap()).await.is_ok(), "no end");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_logout_in_another_process_is_heard_of_at_once() {
    let Some(database) = Database::shared() else { return };
    let here = database.patient().connect().await.unwrap();
    let there = database.patient().connect().await.unwrap();
    let mut took = vec![];
    // Without a word from the server it would take more than three seconds, each time. A machine may be as slow once.
    for _ in 0..5 {
        let (live, _) = created(&here, 1).await;
        let ended = tokio::spawn(here.ended(live).unwrap());
        sleep(SETTLED).await;
        assert!(!ended.is_finished(), "it lives");
        let begun = Instant::now();
        assert!(there.delete(live, Timestamp::system()).await.unwrap());
        timeout(AGES, ended).await.unwrap().unwrap();
        took.push(begun.elapsed());
        if took.last().is_some_and(|took| *took < Duration::from_secs(3)) {
            println!("heard of after {took:?}");
            return;
        }
    }
    panic!("heard of only after {took:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_logout_everywhere_in_another_process_is_heard_of_by_all() {
    let Some(database) = Database::shared() else { return };
    let here = database.patient().connect().await.unwrap();
    let there = database.patient().connect().await.unwrap();
    let mut waiting = vec![];
    for _ in 0..600 {
        let (live, _) = created(&here, 1).await;
        waiting.push(tokio::spawn(here.ended(live).unwrap()));
    }
    eventually("listening", async || listeners(&database) == "1").await;
    assert_eq!(there.delete_all(&owner(1), None, Timestamp::system()).await.unwrap(), 600);
    for one in waiting {
        timeout(AGES, one).await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn a_session_that_expires_ends_for_who_waits() {
    let Some(database) = Database::shared() else { return };
    let store = database.patient().connect().await.unwrap();
    let (live, begun) = (id(), Instant::now());
    let length = Duration::from_secs(2);
    store.create(live, &login(1, "short"), lasting(length), many()).await.unwrap();
    resolves(&store, live).await;
    assert!(begun.elapsed() >= length.saturating_sub(Duration::from_millis(50)), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn an_end_while_the_listening_connection_is_lost_is_noticed() {
    let Some(database) = Database::shared() else { return };
    let here = database.patient().connect().await.unwrap();
    let there = database.patient().connect().await.unwrap();
    let (live, _) = created(&here, 1).await;
    let ended = tokio::spawn(here.ended(live).unwrap());
    eventually("listening", async || listeners(&database) == "1").await;
    database.sql(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
         WHERE datname = current_database() AND pid <> pg_backend_pid(); \
         DELETE FROM passport.listeners",
    );
    // Nobody listens, so nobody is told.
    assert!(there.delete(live, Timestamp::system()).await.unwrap());
    timeout(AGES, ended).await.unwrap().unwrap();
}

#[tokio::test]
async fn a_session_whose_row_was_deleted_by_hand_ends_for_who_waits() {
    let Some(database) = Database::shared() else { return };
    let store = database.patient().connect().await.unwrap();
    let (live, _) = created(&store, 1).await;
    let ended = tokio::spawn(store.ended(live).unwrap());
    eventually("listening", async || listeners(&database) == "1").await;
    database.sql("DELETE FROM passport.sessions");
    timeout(AGES, ended).await.unwrap().unwrap();
}

#[tokio::test]
async fn nobody_listens_before_or_after_somebody_waits() {
    let Some(database) = Database::shared() else { return };
    let connections = "SELECT count(*) FROM pg_stat_activity \
                       WHERE datname = current_database() AND application_name = 'passport'";
    let store = database.patient().pool(1).connect().await.unwrap();
    let (live, _) = created(&store, 1).await;
    eventually("one connection", async || database.sql(connections) == "1").await;
    let mut ended = store.ended(live).unwrap();
    assert!(timeout(Duration::from_millis(100), &mut ended).await.is_err());
    eventually("listening", async || listeners(&database) == "1").await;
    eventually("two connections", async || database.sql(connections) == "2").await;
    drop(ended);
    eventually("one connection again", async || database.sql(connections) == "1").await;
    assert_eq!(listeners(&database), "0");
    // And again.
    let ended = tokio::spawn(store.ended(live).unwrap());
    eventually("listening", async || listeners(&database) == "1").await;
    assert!(store.delete(live, Timestamp::system()).await.unwrap());
    timeout(AGES, ended).await.unwrap().unwrap();
}

/// What is said on the channel.
async fn said(database: &Database) -> (tokio_postgres::Client, std::sync::Arc<Mutex<Vec<String>>>) {
    let (client, mut connection) = tokio_postgres::connect(database.url(), NoTls).await.unwrap();
    let heard = std::sync::Arc::<Mutex<Vec<String>>>::default();
    let note = std::sync::Arc::clone(&heard);
    tokio::spawn(async move {
        while let Some(Ok(message)) = std::future::poll_fn(|context| connection.poll_message(context)).await {
            if let AsyncMessage::Notification(said) = message {
                note.lock().unwrap().push(said.payload().to_owned());
            }
        }
    });
    client.batch_execute("LISTEN passport_ended").await.unwrap();
    (client, heard)
}

#[tokio::test]
async fn an_end_is_announced_only_while_somebody_listens_and_by_a_part_of_its_hash() {
    let Some(database) = Database::shared() else { return };
    let store = database.patient().connect().await.unwrap();
    let (client, heard) = said(&database).await;
    let (quiet, _) = created(&store, 1).await;
    let (live, _) = created(&store, 1).await;
    assert!(store.delete(quiet, Timestamp::system()).await.unwrap());
    let ended = tokio::spawn(store.ended(live).unwrap());
    eventually("listening", async || listeners(&database) == "1").await;
    assert!(store.touch(live, crate::sample::hour()).await.unwrap());
    assert!(store.delete(live, Timestamp::system()).await.unwrap());
    timeout(AGES, ended).await.unwrap().unwrap();
    client.batch_execute("NOTIFY passport_ended, 'last'").await.unwrap();
    eventually("all heard", async || heard.lock().unwrap().last().is_some_and(|said| said == "last")).await;
    assert_eq!(*heard.lock().unwrap(), [&hex(live)[..16], "last"]);
}

#[tokio::test]
async fn a_forged_announcement_ends_nothing() {
    let Some(database) = Database::shared() else { return };
    let store = database.patient().connect().await.unwrap();
    let (live, _) = created(&store, 1).await;
    let mut ended = store.ended(live).unwrap();
    assert!(timeout(Duration::from_millis(100), &mut ended).await.is_err());
    for said in [&hex(live)[..16], "", "rubbish", "x"] {
        database.sql(&format!("NOTIFY passport_ended, '{said}'"));
    }
    assert!(timeout(Duration::from_millis(500), &mut ended).await.is_err());
}

#[tokio::test]
async fn without_listening_the_store_cannot_tell() {
    let Some(database) = Database::shared() else { return };
    let store = database.patient().without_listening().connect().await.unwrap();
    let (live, _) = created(&store, 1).await;
    assert!(store.ended(live).is_none());
}
