//! Requests whose visitors go away.

use std::{sync::Arc, time::Duration};

use passport_session::{Loaded, SessionStore, StoreError};
use passport_test_servers::{Random, Redis};
use tokio::{task::JoinSet, time::timeout};

use crate::{
    raw::{Raw, patient},
    records::{MANY, hour, id, now, visitor},
};

/// Loads and writes, many at once, of which most are dropped at some moment. Each that answers answers with its own.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_answer_to_who_went_away_goes_to_nobody_else() {
    let Some(redis) = Redis::start() else { return };
    let store = Arc::new(patient(&redis).await);
    for number in 0..50 {
        store.create(id(number), &visitor(&[("n", &number.to_le_bytes())]), hour(), MANY).await.unwrap();
    }
    let mut calls = JoinSet::new();
    for seed in 0..16 {
        let store = Arc::clone(&store);
        calls.spawn(async move {
            let mut random = Random::new(seed);
            let mut answered = 0;
            for _ in 0..500 {
                let number = random.any() % 50;
                let patience = Duration::from_micros(random.any() % 2000);
                if random.one_in(4) {
                    let _ = timeout(patience, store.touch(id(number), hour())).await;
                    continue;
                }
                let Ok(loaded) = timeout(patience, store.load(id(number), now())).await else { continue };
                let Ok(Loaded::Found { record, .. }) = loaded else { panic!("{loaded:?}") };
                assert_eq!(record, visitor(&[("n", &number.to_le_bytes())]));
                answered += 1;
            }
            answered
        });
    }
    let answered: u32 = calls.join_all().await.into_iter().sum();
    println!("{answered} of about 6000 loads were answered in time");
    let raw = Raw::to(&redis).await;
    let clients: String = raw.ask(&[b"CLIENT", b"LIST"]).await;
    assert_eq!(clients.lines().count(), 2, "no connection was given up for them: {clients}");
}

#[tokio::test]
async fn a_connection_that_stopped_answering_is_given_up_also_when_the_caller_is_dropped_first() {
    let Some(redis) = Redis::start() else { return };
    let store = patient(&redis).await;
    store.create(id(1), &visitor(&[]), hour(), MANY).await.unwrap();
    let raw = Raw::to(&redis).await;
    let before: u64 = raw.ask(&[b"CLIENT", b"ID"]).await;
    redis.pause();
    // The session manager's own deadline may be over before this store's.
    let loaded = timeout(Duration::from_secs(2), store.load(id(1), now())).await;
    assert!(loaded.is_err(), "{loaded:?}");
    redis.resume();
    let loaded = loop {
        match store.load(id(1), now()).await {
            Err(StoreError::TimedOut | StoreError::Unreachable(_)) => {}
            other => break other,
        }
    };
    assert!(matches!(loaded, Ok(Loaded::Found { .. })), "{loaded:?}");
    let clients: String = raw.ask(&[b"CLIENT", b"LIST"]).await;
    let newest = clients.lines().filter_map(|line| line.strip_prefix("id=")?.split(' ').next()?.parse().ok());
    assert!(newest.max() > Some(before), "another connection than before: {clients}");
}

/// A WebSocket's loop holds on to a future while it does something else. No such future may keep others from the store.
#[tokio::test]
async fn futures_that_are_let_lie_are_in_nobodys_way() {
    let Some(redis) = Redis::start() else { return };
    let (store, raw) = (patient(&redis).await, Raw::to(&redis).await);
    store.create(id(1), &visitor(&[]), hour(), MANY).await.unwrap();
    for polls in 1..10 {
        // Now everybody needs a new connection.
        let _: u32 = raw.ask(&[b"CLIENT", b"KILL", b"TYPE", b"normal", b"SKIPME", b"yes"]).await;
        let mut lying = Vec::new();
        for number in 0..100 {
            let mut waiting = store.ended(id(1)).unwrap();
            let mut loading = store.load(id(1), now());
            let (mut waits, mut loads) = (true, true);
            for _ in 0..(polls + number) % 4 {
                waits = waits && timeout(Duration::ZERO, &mut waiting).await.is_err();
                loads = loads && timeout(Duration::ZERO, &mut loading).await.is_err();
            }
            lying.push((waiting, loading));
        }
        let loaded = timeout(Duration::from_secs(30), store.load(id(1), now())).await;
        assert!(matches!(loaded, Ok(Ok(Loaded::Found { .. }))), "{loaded:?}");
    }
}
