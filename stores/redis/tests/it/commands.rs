//! What the operations cost, as the server counts.

use std::{
    io::{BufRead, BufReader, Write},
    net::TcpStream,
    time::Duration,
};

use passport_session::{Beyond, SessionStore, Written};
use passport_store_redis::RedisStore;
use passport_test_servers::{Redis, eventually};

use crate::{
    raw::{Raw, patient},
    records::{hour, id, is_live, limit, login, now, owner, visitor},
};

const END: &str = "that was all";

/// Everything that the server is asked, as `MONITOR` shows it.
struct Monitor {
    lines: BufReader<TcpStream>,
    raw: Raw,
}

impl Monitor {
    async fn of(redis: &Redis) -> Self {
        let raw = Raw::to(redis).await;
        let mut stream = TcpStream::connect(("127.0.0.1", redis.port())).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        stream.write_all(b"MONITOR\r\n").unwrap();
        let mut lines = BufReader::new(stream);
        let mut said = String::new();
        lines.read_line(&mut said).unwrap();
        assert_eq!(said.trim(), "+OK");
        Self { lines, raw }
    }

    /// The commands that clients sent since the last time; what scripts do themselves is none.
    async fn commands(&mut self) -> Vec<String> {
        let _: String = self.raw.ask(&[b"ECHO", END.as_bytes()]).await;
        let mut commands = Vec::new();
        loop {
            let mut line = String::new();
            self.lines.read_line(&mut line).unwrap();
            if line.contains(END) {
                return commands;
            }
            if !line.contains(" lua] ") {
                commands.push(line.split('"').nth(1).unwrap().to_uppercase());
            }
        }
    }
}

/// A store that has run each script once: the first time, a script is sent as a whole.
async fn warm(redis: &Redis) -> RedisStore {
    let store = patient(redis).await;
    every_operation(&store, 1000).await;
    store
}

async fn every_operation(store: &RedisStore, from: u64) {
    let (one, two) = (id(from), id(from + 1));
    let version = store.create(one, &login("warm"), hour(), limit(9, Beyond::EndOldest)).await.unwrap();
    let Written::Done(version) = store.update(one, &login("warm"), version, hour()).await.unwrap() else {
        panic!("not updated")
    };
    assert!(store.touch(one, hour()).await.unwrap());
    let rotated = store.rotate(one, two, &login("warm"), version, hour(), limit(9, Beyond::EndOldest)).await;
    assert!(matches!(rotated.unwrap(), Written::Done(_)));
    assert!(is_live(store, two).await);
    assert_eq!(store.list(&owner("warm"), now()).await.unwrap().len(), 1);
    assert!(store.delete(one, now()).await.unwrap());
    store.create(id(from + 2), &login("warm"), hour(), limit(9, Beyond::EndOldest)).await.unwrap();
    assert_eq!(store.delete_all(&owner("warm"), None, now()).await.unwrap(), 1);
}

#[tokio::test]
async fn asking_who_is_there_is_one_plain_command() {
    let Some(redis) = Redis::start() else { return };
    let store = warm(&redis).await;
    store.create(id(1), &login("alice"), hour(), limit(9, Beyond::EndOldest)).await.unwrap();
    let mut monitor = Monitor::of(&redis).await;
    let mut plain = 0;
    for _ in 0..20 {
        assert!(is_live(&store, id(1)).await);
        let commands = monitor.commands().await;
        assert_eq!(commands.len(), 1, "{commands:?}");
        plain += usize::from(commands[0] == "GET");
    }
    // Every ten seconds, a script asks for the server's time as well.
    assert!(plain > 0, "no plain command among 20");
}

#[tokio::test]
async fn every_change_is_one_command() {
    let Some(redis) = Redis::start() else { return };
    let store = warm(&redis).await;
    let mut monitor = Monitor::of(&redis).await;
    let beyond = limit(3, Beyond::EndOldest);
    let mut version = 0;
    for number in 0..5 {
        version = store.create(id(number), &login("alice"), hour(), beyond).await.unwrap();
        assert_eq!(monitor.commands().await, ["EVALSHA"], "a login, at the limit too");
    }
    let Written::Done(version) = store.update(id(4), &login("alice"), version, hour()).await.unwrap() else {
        panic!("not updated")
    };
    assert_eq!(monitor.commands().await, ["EVALSHA"], "a write");
    assert!(store.touch(id(4), hour()).await.unwrap());
    assert_eq!(monitor.commands().await, ["EVALSHA"], "an extension");
    let moved = store.rotate(id(4), id(5), &login("alice"), version, hour(), beyond).await.unwrap();
    assert!(matches!(moved, Written::Done(_)));
    assert_eq!(monitor.commands().await, ["EVALSHA"], "a rotation");
    let version = store.create(id(6), &visitor(&[]), hour(), beyond).await.unwrap();
    monitor.commands().await;
    let login = store.rotate(id(6), id(7), &login("alice"), version, hour(), beyond).await.unwrap();
    assert!(matches!(login, Written::Done(_)));
    assert_eq!(monitor.commands().await, ["EVALSHA"], "a visitor's login at the limit");
    assert!(store.delete(id(4), now()).await.unwrap());
    assert_eq!(monitor.commands().await, ["EVALSHA"], "a logout through a mark");
    assert_eq!(store.list(&owner("alice"), now()).await.unwrap().len(), 2);
    assert_eq!(monitor.commands().await, ["EVALSHA"], "a list");
}

#[tokio::test]
async fn a_logout_everywhere_is_one_command_whatever_the_number_of_sessions() {
    let Some(redis) = Redis::start() else { return };
    let store = warm(&redis).await;
    for number in 0..200 {
        store.create(id(number), &login("alice"), hour(), limit(500, Beyond::Refuse)).await.unwrap();
    }
    let mut monitor = Monitor::of(&redis).await;
    assert_eq!(store.delete_all(&owner("alice"), Some(id(7)), now()).await.unwrap(), 199);
    assert_eq!(monitor.commands().await, ["EVALSHA"]);
    assert!(is_live(&store, id(7)).await);
    assert!(!is_live(&store, id(8)).await);
}

#[tokio::test]
async fn scripts_that_the_server_has_forgotten_are_sent_again() {
    let Some(redis) = Redis::start() else { return };
    let store = warm(&redis).await;
    let raw = Raw::to(&redis).await;
    for round in 0..3 {
        let () = raw.ask(&[b"SCRIPT", b"FLUSH"]).await;
        every_operation(&store, 2000 + round * 10).await;
    }
    // Also when the server is another one after a restart, which knows none.
    redis.stop();
    redis.restart();
    // The end of the connection has to be seen first.
    tokio::time::sleep(Duration::from_millis(500)).await;
    every_operation(&store, 3000).await;
}

#[tokio::test]
async fn all_calls_share_one_connection() {
    let Some(redis) = Redis::start() else { return };
    let store = std::sync::Arc::new(warm(&redis).await);
    let raw = Raw::to(&redis).await;
    store.create(id(1), &login("alice"), hour(), limit(9, Beyond::Refuse)).await.unwrap();
    let calls: Vec<_> = (0..200)
        .map(|_| {
            let store = std::sync::Arc::clone(&store);
            tokio::spawn(async move { is_live(&*store, id(1)).await })
        })
        .collect();
    for call in calls {
        assert!(call.await.unwrap());
    }
    let clients: String = raw.ask(&[b"CLIENT", b"LIST"]).await;
    assert_eq!(clients.lines().count(), 2, "the store's and this test's: {clients}");
}

#[tokio::test]
async fn who_waits_for_an_end_does_not_ask_again_and_again() {
    let Some(redis) = Redis::start() else { return };
    let (store, raw) = (patient(&redis).await, Raw::to(&redis).await);
    store.create(id(1), &login("alice"), hour(), limit(9, Beyond::Refuse)).await.unwrap();
    let waiting: Vec<_> = (0..5).map(|_| tokio::spawn(store.ended(id(1)).unwrap())).collect();
    eventually("one listens", async || {
        let channels: Vec<String> = raw.ask(&[b"PUBSUB", b"CHANNELS"]).await;
        channels.len() == 1
    })
    .await;
    let mut monitor = Monitor::of(&redis).await;
    tokio::time::sleep(Duration::from_secs(4)).await;
    let commands = monitor.commands().await;
    let asked = commands.iter().filter(|command| *command != "PING").count();
    assert!(asked <= waiting.len(), "each asks once more when somebody listens: {commands:?}");
    assert!(waiting.iter().all(|waiting| !waiting.is_finished()));
}
