//! Waiting for a session to end.

use std::time::Duration;

use passport_session::{SessionStore, Written};
use passport_store_redis::RedisStore;
use passport_test_servers::{AGES, Redis, eventually};
use tokio::time::timeout;

use crate::{
    raw::{Raw, key, patient},
    records::{MANY, hour, id, is_live, life, login, now, owner},
};

async fn listeners(raw: &Raw) -> usize {
    let clients: String = raw.ask(&[b"CLIENT", b"LIST", b"TYPE", b"PUBSUB"]).await;
    clients.lines().count()
}

#[tokio::test]
async fn who_waits_hears_of_an_end_in_another_process() {
    let Some(redis) = Redis::start() else { return };
    let (store, other, raw) = (patient(&redis).await, patient(&redis).await, Raw::to(&redis).await);
    let mut version = 0;
    for number in 0..5 {
        version = store.create(id(number), &login("alice"), hour(), MANY).await.unwrap();
    }
    let waiting: Vec<_> = (0..4).map(|number| tokio::spawn(store.ended(id(number)).unwrap())).collect();
    let unknown = tokio::spawn(store.ended(id(5)).unwrap());
    let moves = tokio::spawn(store.ended(id(4)).unwrap());
    eventually("one listens", async || listeners(&raw).await == 1).await;
    timeout(AGES, unknown).await.unwrap().unwrap();
    assert!(other.delete(id(0), now()).await.unwrap());
    let moved = other.rotate(id(4), id(14), &login("alice"), version, hour(), MANY).await.unwrap();
    assert!(matches!(moved, Written::Done(_)));
    timeout(AGES, moves).await.unwrap().unwrap();
    assert!(!waiting[1].is_finished() && !waiting[2].is_finished() && !waiting[3].is_finished());
    assert_eq!(other.delete_all(&owner("alice"), Some(id(3)), now()).await.unwrap(), 3);
    let mut waiting = waiting.into_iter();
    for _ in 0..3 {
        timeout(AGES, waiting.next().unwrap()).await.unwrap().unwrap();
    }
    let last = waiting.next().unwrap();
    assert!(is_live(&store, id(3)).await && !last.is_finished());
    assert_eq!(listeners(&raw).await, 1, "one connection for all who wait");
}

#[tokio::test]
async fn nobody_listens_before_somebody_waits() {
    let Some(redis) = Redis::start() else { return };
    let (store, raw) = (patient(&redis).await, Raw::to(&redis).await);
    store.create(id(1), &login("alice"), hour(), MANY).await.unwrap();
    let waiting = store.ended(id(1)).unwrap();
    assert!(is_live(&store, id(1)).await);
    assert_eq!(listeners(&raw).await, 0);
    let waiting = tokio::spawn(waiting);
    eventually("one listens", async || listeners(&raw).await == 1).await;
    waiting.abort();
    drop(store);
    eventually("nobody listens when the store is gone", async || listeners(&raw).await == 0).await;
}

#[tokio::test]
async fn who_waits_notices_that_a_session_expires_and_that_it_was_extended() {
    let Some(redis) = Redis::start() else { return };
    let store = patient(&redis).await;
    store.create(id(1), &login("alice"), life(Duration::from_secs(1)), MANY).await.unwrap();
    timeout(AGES, store.ended(id(1)).unwrap()).await.unwrap();
    assert!(!is_live(&store, id(1)).await);

    let short = Duration::from_secs(3);
    // A machine that is very busy may come too late to extend it.
    for number in 2..100 {
        store.create(id(number), &login("alice"), life(short), MANY).await.unwrap();
        let extended = tokio::spawn(store.ended(id(number)).unwrap());
        tokio::time::sleep(Duration::from_millis(100)).await;
        if store.touch(id(number), hour()).await.unwrap() {
            tokio::time::sleep(short).await;
            assert!(!extended.is_finished());
            return;
        }
    }
    panic!("no session could be extended in time");
}

#[tokio::test]
async fn an_end_is_noticed_that_happened_while_the_connection_was_lost() {
    let Some(redis) = Redis::start() else { return };
    let (store, raw) = (patient(&redis).await, Raw::to(&redis).await);
    for number in [1, 2] {
        store.create(id(number), &login("alice"), hour(), MANY).await.unwrap();
    }
    let (gone, stays) =
        (tokio::spawn(store.ended(id(1)).unwrap()), tokio::spawn(store.ended(id(2)).unwrap()));
    eventually("one listens", async || listeners(&raw).await == 1).await;
    // Past the store, so that nothing of it is published.
    raw.replace(&key(&id(1)), b"M").await;
    let _: u32 = raw.ask(&[b"CLIENT", b"KILL", b"TYPE", b"pubsub"]).await;
    timeout(AGES, gone).await.unwrap().unwrap();
    eventually("one listens again", async || listeners(&raw).await == 1).await;
    assert!(!stays.is_finished());
    assert!(store.delete(id(2), now()).await.unwrap());
    timeout(AGES, stays).await.unwrap().unwrap();
}

#[tokio::test]
async fn who_waits_survives_a_server_that_is_away() {
    let Some(redis) = Redis::start() else { return };
    let store = patient(&redis).await;
    store.create(id(1), &login("alice"), hour(), MANY).await.unwrap();
    let waiting = tokio::spawn(store.ended(id(1)).unwrap());
    let raw = Raw::to(&redis).await;
    eventually("one listens", async || listeners(&raw).await == 1).await;
    redis.kill();
    assert!(store.load(id(1), now()).await.is_err());
    assert!(!waiting.is_finished());
    redis.restart();
    eventually("it is back", async || store.load(id(1), now()).await.is_ok()).await;
    assert!(!waiting.is_finished());
    eventually("a logout", async || store.delete(id(1), now()).await.is_ok()).await;
    timeout(AGES, waiting).await.unwrap().unwrap();
}

#[tokio::test]
async fn what_is_published_names_no_key() {
    let Some(redis) = Redis::start() else { return };
    let store = patient(&redis).await;
    let (sender, mut pushed) = tokio::sync::mpsc::unbounded_channel();
    let client = redis::Client::open(format!("{}/?protocol=resp3", redis.url())).unwrap();
    let config = redis::AsyncConnectionConfig::new().set_push_sender(sender);
    let mut connection = client.get_multiplexed_async_connection_with_config(&config).await.unwrap();
    connection.subscribe("passport:1:ended").await.unwrap();
    store.create(id(1), &login("alice"), hour(), MANY).await.unwrap();
    store.delete(id(1), now()).await.unwrap();
    let told = loop {
        let push = timeout(AGES, pushed.recv()).await.unwrap().unwrap();
        if push.kind == redis::PushKind::Message {
            break format!("{:?}", push.data[1]);
        }
    };
    let name = key(&id(1)).split(':').next_back().unwrap().to_owned();
    assert!(told.contains(&name[..32]) && !told.contains(&name[..33]), "{told}");
}

#[tokio::test]
async fn who_may_not_listen_asks_and_logouts_work_without_the_right_to_publish() {
    let Some(redis) = Redis::start() else { return };
    let raw = Raw::to(&redis).await;
    let words = ["ACL", "SETUSER", "deaf", "on", ">pw", "~*", "resetchannels", "+@all"];
    let () = raw.ask(&words.map(str::as_bytes)).await;
    let url = format!("redis://deaf:pw@127.0.0.1:{}/", redis.port());
    let store = RedisStore::builder(url).deadline(AGES).connect().await.unwrap();
    store.create(id(1), &login("alice"), hour(), MANY).await.unwrap();
    let waiting = tokio::spawn(store.ended(id(1)).unwrap());
    // Long enough for it to be refused.
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(!waiting.is_finished());
    let other = patient(&redis).await;
    assert!(other.delete(id(1), now()).await.unwrap());
    timeout(AGES, waiting).await.unwrap().unwrap();
    store.create(id(2), &login("alice"), hour(), MANY).await.unwrap();
    assert_eq!(store.delete_all(&owner("alice"), None, now()).await.unwrap(), 1);
    assert_eq!(listeners(&raw).await, 0);
}
