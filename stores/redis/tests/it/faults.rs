//! A server that is away, stands still, or is not the primary any more.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use passport_session::{Loaded, SessionStore, StoreError};
use passport_store_redis::RedisStore;
use passport_test_servers::{Redis, eventually};
use tokio::task::JoinSet;

use crate::{
    raw::{Raw, patient},
    records::{MANY, hour, id, login, now, owner, visitor},
};

/// What every operation answers, under ids that are there and that are not.
async fn all_failures(store: &RedisStore) -> Vec<StoreError> {
    let record = login("alice");
    vec![
        store.create(id(2), &record, hour(), MANY).await.unwrap_err(),
        store.update(id(1), &record, 1, hour()).await.unwrap_err(),
        store.rotate(id(1), id(3), &record, 1, hour(), MANY).await.unwrap_err(),
        store.touch(id(1), hour()).await.unwrap_err(),
        store.delete(id(1), now()).await.unwrap_err(),
        store.delete_all(&owner("alice"), None, now()).await.unwrap_err(),
        store.list(&owner("alice"), now()).await.unwrap_err(),
        store.load(id(1), now()).await.unwrap_err(),
    ]
}

async fn comes_back(store: &RedisStore) {
    let begun = Instant::now();
    eventually("it works again", async || matches!(store.load(id(1), now()).await, Ok(Loaded::Found { .. })))
        .await;
    println!("back after {:?}", begun.elapsed());
    eventually("it writes again", async || store.touch(id(1), hour()).await.is_ok_and(|live| live)).await;
}

#[tokio::test]
async fn a_server_that_was_stopped_is_unreachable_until_it_is_back() {
    let Some(redis) = Redis::start() else { return };
    let store = RedisStore::connect(redis.url()).await.unwrap();
    store.create(id(1), &login("alice"), hour(), MANY).await.unwrap();
    redis.stop();
    for error in all_failures(&store).await {
        assert!(matches!(error, StoreError::Unreachable(_)), "{error:?}");
    }
    redis.restart();
    comes_back(&store).await;
}

#[tokio::test]
async fn after_a_restart_that_nobody_met_no_call_fails() {
    let Some(redis) = Redis::start() else { return };
    let store = patient(&redis).await;
    store.create(id(1), &login("alice"), hour(), MANY).await.unwrap();
    redis.stop();
    redis.restart();
    // The task that reads has to see the end of the connection first.
    tokio::time::sleep(Duration::from_millis(500)).await;
    store.create(id(2), &login("alice"), hour(), MANY).await.unwrap();
    assert!(store.delete(id(1), now()).await.unwrap());
}

#[tokio::test]
async fn a_server_that_stands_still_is_given_up_after_the_deadline() {
    let Some(redis) = Redis::start() else { return };
    let deadline = Duration::from_millis(300);
    let store = loop {
        let store = RedisStore::builder(redis.url()).deadline(deadline).connect().await;
        let Ok(store) = store else { continue };
        if store.create(id(1), &login("alice"), hour(), MANY).await.is_ok() {
            break store;
        }
        let () = Raw::to(&redis).await.ask(&[b"FLUSHALL"]).await;
    };
    redis.pause();
    let begun = Instant::now();
    for error in all_failures(&store).await {
        assert!(matches!(error, StoreError::TimedOut), "{error:?}");
    }
    assert!(begun.elapsed() >= deadline, "it was waited for");
    assert!(begun.elapsed() < Duration::from_secs(60), "no call waits for much longer than its deadline");
    redis.resume();
    // The deletes that nobody waited for are done now: what was sent was sent.
    eventually("it answers again", async || store.load(id(1), now()).await.is_ok()).await;
    // One that comes too late may still be done: then its id is taken.
    let mut next = 10..;
    eventually("it writes again", async || {
        store.create(id(next.next().unwrap()), &login("alice"), hour(), MANY).await.is_ok()
    })
    .await;
}

/// Readers and writers under faults: all errors are those of a store that is away, and nobody is handed another's record.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn faults_under_load_hand_nobody_anothers_record() {
    let Some(redis) = Redis::start() else { return };
    let store =
        Arc::new(RedisStore::builder(redis.url()).deadline(Duration::from_secs(1)).connect().await.unwrap());
    let setup = patient(&redis).await;
    for number in 0..32 {
        setup.create(id(number), &visitor(&[("n", &number.to_le_bytes())]), hour(), MANY).await.unwrap();
    }
    let done = Arc::new(AtomicBool::new(false));
    let failed = Arc::new(AtomicU64::new(0));
    let mut tasks = JoinSet::new();
    for number in 0..32_u64 {
        let (store, done, failed) = (Arc::clone(&store), Arc::clone(&done), Arc::clone(&failed));
        tasks.spawn(async move {
            let mine = visitor(&[("n", &number.to_le_bytes())]);
            while !done.load(Ordering::Relaxed) {
                match store.load(id(number), now()).await {
                    Ok(Loaded::Found { record, .. }) => assert_eq!(record, mine),
                    Err(StoreError::Unreachable(_) | StoreError::TimedOut) => {
                        failed.fetch_add(1, Ordering::Relaxed);
                        tokio::time::sleep(Duration::from_millis(5)).await;
                    }
                    other => panic!("{other:?}"),
                }
                match store.touch(id(number), hour()).await {
                    Ok(true) | Err(StoreError::Unreachable(_) | StoreError::TimedOut) => {}
                    other => panic!("{other:?}"),
                }
            }
        });
    }
    let pause = Duration::from_millis(200);
    for _ in 0..2 {
        tokio::time::sleep(pause).await;
        redis.kill();
        tokio::time::sleep(pause).await;
        redis.restart();
        tokio::time::sleep(pause).await;
        redis.pause();
        tokio::time::sleep(Duration::from_millis(1500)).await;
        redis.resume();
        tokio::time::sleep(pause).await;
        redis.stop();
        redis.restart();
    }
    eventually("it works again", async || store.load(id(1), now()).await.is_ok()).await;
    done.store(true, Ordering::Relaxed);
    tasks.join_all().await;
    assert!(failed.load(Ordering::Relaxed) > 0, "no fault was met");
}

#[tokio::test]
async fn a_primary_that_became_a_replica_is_not_believed() {
    let Some(redis) = Redis::start() else { return };
    let (store, raw) = (patient(&redis).await, Raw::to(&redis).await);
    // This one does not know the server's time yet, as any that has not heard of it for ten seconds.
    let quiet = patient(&redis).await;
    store.create(id(1), &login("alice"), hour(), MANY).await.unwrap();
    let () = raw.ask(&[b"REPLICAOF", b"127.0.0.1", b"1"]).await;
    let error = quiet.load(id(1), now()).await.unwrap_err();
    assert!(matches!(error, StoreError::Unreachable(_)), "{error:?}");
    for error in all_failures(&store).await {
        assert!(matches!(error, StoreError::Unreachable(_)), "{error:?}");
    }
    let () = raw.ask(&[b"REPLICAOF", b"NO", b"ONE"]).await;
    comes_back(&store).await;
}

#[tokio::test]
async fn a_server_that_may_not_write_still_says_who_is_logged_in() {
    let Some(redis) = Redis::start() else { return };
    let (store, raw) = (patient(&redis).await, Raw::to(&redis).await);
    let quiet = patient(&redis).await;
    store.create(id(1), &login("alice"), hour(), MANY).await.unwrap();
    let () = raw.ask(&[b"CONFIG", b"SET", b"min-replicas-to-write", b"1"]).await;
    assert!(matches!(quiet.load(id(1), now()).await.unwrap(), Loaded::Found { .. }));
    let error = store.delete(id(1), now()).await.unwrap_err();
    assert!(matches!(error, StoreError::Unreachable(_)), "{error:?}");
}
