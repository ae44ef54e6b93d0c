//! Real databases under schedules by chance: each has two stores on it, as two server processes have.

use std::{
    env::var,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering::Relaxed},
    },
};

use passport_session::SessionStore;
use passport_store_postgres::PostgresStore;
use passport_store_redis::RedisStore;
use passport_store_sqlite::SqliteStore;
use passport_test_servers::{Postgres, Redis};

use super::random::{Time, play};

/// How many schedules a database has to stand, unless `SCHEDULES_ROUNDS` says otherwise.
const SEEDS: u64 = 60;

/// Plays with two new handles on a place that is empty, for each seed.
async fn stands<F, H>(what: &str, handle: F)
where
    F: Fn(u32) -> H,
    H: Future<Output = Arc<dyn SessionStore>>,
{
    let places = AtomicU32::new(0);
    let tally = play(what, SEEDS, Time::OfTheStore, |_| async {
        let place = places.fetch_add(1, Relaxed);
        [handle(place).await, handle(place).await]
    });
    let tally = tally.await.unwrap_or_else(|violation| panic!("{violation}"));
    println!("{what}, by chance from seed {}: {tally:?}", var("SCHEDULES_SEED").unwrap_or_default());
}

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_stands_schedules_by_chance() {
    let folder = tempfile::tempdir().unwrap();
    stands("SQLite", |place| {
        let file = folder.path().join(format!("{place}.db"));
        async move { Arc::new(SqliteStore::open(file).await.unwrap()) as _ }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn redis_stands_schedules_by_chance() {
    let Some(server) = Redis::start() else { return };
    stands("Redis", |place| {
        let store = RedisStore::builder(server.url()).prefix(format!("place{place}"));
        async move { Arc::new(store.connect().await.unwrap()) as _ }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_stands_schedules_by_chance() {
    let Some(server) = Postgres::start_with(&["max_connections=300"]) else { return };
    let database = server.database();
    stands("PostgreSQL", |place| {
        let store = PostgresStore::builder(&database).schema(&format!("place{place}"));
        async move { Arc::new(store.pool(2).connect().await.unwrap()) as _ }
    })
    .await;
}
