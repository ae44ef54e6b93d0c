//! What has expired goes, a little at a time and in nobody's way.

use std::time::Duration;

use passport_core::Timestamp;
use passport_session::SessionStore;
use passport_store_postgres::Builder;
use passport_test_servers::eventually;

use crate::{
    sample::{created, hex, hour, is_live},
    server::Database,
};

const COUNT: &str = "SELECT count(*) FROM passport.sessions";

/// Puts so many sessions there that expired two minutes ago, each with a login.
fn fill(database: &Database, count: u32, from: u32) {
    database.sql(&format!(
        "INSERT INTO passport.sessions (id, record, version, seen, expires, due) \
         SELECT sha256(n::text::bytea), '\\x00', 0, 0, passport.clock() - 120000, passport.clock() - 120000 \
         FROM generate_series({from}, {from} + {count} - 1) AS n; \
         INSERT INTO passport.logins SELECT substr(id, 1, 16), id, 0 FROM passport.sessions WHERE record = '\\x00' \
         ON CONFLICT DO NOTHING"
    ));
}

/// A store that sweeps only when it is told to.
fn unswept(database: &Database) -> Builder {
    database.patient().sweep_every(Duration::from_secs(86_400))
}

fn age(database: &Database, id: passport_session::IdHash, millis: u64) {
    let id = hex(id);
    database.sql(&format!(
        "UPDATE passport.sessions SET expires = expires - {millis}, due = due - {millis} WHERE id = '\\x{id}'"
    ));
}

#[tokio::test]
async fn a_sweep_takes_a_bounded_number_and_says_when_nothing_is_left() {
    let Some(database) = Database::shared() else { return };
    let store = unswept(&database).connect().await.unwrap();
    let (live, _) = created(&store, 1).await;
    fill(&database, 500, 0);
    let mut went = vec![];
    for _ in 0..4 {
        went.push(store.sweep(Timestamp::system()).await.unwrap());
    }
    assert_eq!(went, [200, 200, 100, 0]);
    assert_eq!(
        (database.sql(COUNT).as_str(), database.sql("SELECT count(*) FROM passport.logins").as_str()),
        ("1", "1")
    );
    assert!(is_live(&store, live).await);
}

#[tokio::test]
async fn what_expired_less_than_a_minute_ago_stays_for_now() {
    let Some(database) = Database::shared() else { return };
    let store = unswept(&database).connect().await.unwrap();
    let (id, _) = created(&store, 1).await;
    age(&database, id, 3_600_000 + 1_000);
    assert!(!is_live(&store, id).await);
    assert_eq!(store.sweep(Timestamp::system()).await.unwrap(), 0);
    age(&database, id, 60_000);
    assert_eq!(store.sweep(Timestamp::system()).await.unwrap(), 1);
}

#[tokio::test]
async fn a_session_that_was_used_since_is_looked_at_again_later() {
    let Some(database) = Database::shared() else { return };
    let store = unswept(&database).connect().await.unwrap();
    fill(&database, 1100, 0);
    // All of them were touched after they were written, and stand in front of one that has expired.
    database.sql("UPDATE passport.sessions SET expires = passport.clock() + 3600000, due = due - 1000");
    fill(&database, 1, 2000);
    assert_eq!(store.sweep(Timestamp::system()).await.unwrap(), 1);
    assert_eq!(store.sweep(Timestamp::system()).await.unwrap(), 0);
    assert_eq!(database.sql(COUNT), "1100");
    assert_eq!(database.sql("SELECT count(*) FROM passport.sessions WHERE due <> expires"), "0");
}

#[tokio::test]
async fn a_session_that_is_touched_is_not_written_to_any_index() {
    let Some(database) = Database::shared() else { return };
    let store = unswept(&database).connect().await.unwrap();
    let (id, _) = created(&store, 1).await;
    let due = format!("SELECT due FROM passport.sessions WHERE id = '\\x{}'", hex(id));
    let before = database.sql(&due);
    tokio::time::sleep(Duration::from_millis(5)).await;
    assert!(store.touch(id, hour()).await.unwrap());
    assert_eq!(database.sql(&due), before);
    let later = format!("SELECT expires > due FROM passport.sessions WHERE id = '\\x{}'", hex(id));
    assert_eq!(database.sql(&later), "t");
}

#[tokio::test]
async fn a_sweep_waits_for_nobody_who_holds_a_row() {
    let Some(database) = Database::shared() else { return };
    let store = unswept(&database).connect().await.unwrap();
    fill(&database, 3, 0);
    let hold = database
        .holding("SELECT 1 FROM (SELECT FROM passport.sessions ORDER BY id LIMIT 1 FOR UPDATE) AS held");
    assert_eq!(store.sweep(Timestamp::system()).await.unwrap(), 2);
    drop(hold);
    while database.sql(COUNT) != "0" {
        store.sweep(Timestamp::system()).await.unwrap();
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn a_store_sweeps_by_itself_until_it_is_dropped() {
    let Some(database) = Database::shared() else { return };
    let store = database.patient().sweep_every(Duration::from_millis(50)).connect().await.unwrap();
    let (live, _) = created(&store, 1).await;
    fill(&database, 1200, 0);
    eventually("swept", async || database.sql(COUNT) == "1").await;
    assert!(is_live(&store, live).await);
    drop(store);
    let connections = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
                       AND application_name = 'passport'";
    eventually("without a task that holds the pool", async || database.sql(connections) == "0").await;
}
