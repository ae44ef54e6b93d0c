//! The first connection: what is refused, and in which words.

use std::{net::TcpListener, time::Duration};

use passport_session::{Loaded, SessionStore};
use passport_store_redis::{ConnectError, RedisStore};
use passport_test_servers::{Redis, eventually};

use crate::{
    raw::Raw,
    records::{MANY, hour, id, is_live, login, now},
};

const PASSWORD: &str = "a-very-secret-password";

async fn refused(url: &str) -> String {
    let error = RedisStore::builder(url).deadline(Duration::from_secs(60)).connect().await.unwrap_err();
    let said = format!("{error} {error:?}");
    assert!(!said.contains(PASSWORD), "{said}");
    error.to_string()
}

fn with_password(redis: &Redis, user: &str, password: &str) -> String {
    format!("redis://{user}:{password}@127.0.0.1:{}/", redis.port())
}

#[tokio::test]
async fn nobody_there_is_said_with_the_address_and_without_the_password() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let said = refused(&format!("redis://user:{PASSWORD}@127.0.0.1:{port}/")).await;
    assert!(said.contains(&format!("Redis at 127.0.0.1:{port} cannot be used")), "{said}");
    assert!(said.contains("refused"), "{said}");
}

#[tokio::test]
async fn what_is_no_address_is_said_without_repeating_it() {
    for url in
        ["", "nonsense", "http://127.0.0.1/", "redis://", "redis://user:a-very-secret-password@host:port/"]
    {
        let said = refused(url).await;
        assert!(said.contains("redis://user:password@host:6379/0"), "{url}: {said}");
    }
}

#[tokio::test]
async fn a_wrong_password_is_said_and_a_right_one_works() {
    let Some(redis) = Redis::start_with(&["--requirepass", "right"]) else { return };
    let said = refused(&with_password(&redis, "", PASSWORD)).await;
    assert!(
        said.contains(&redis.port().to_string()) && said.contains("refuses this user or password"),
        "{said}"
    );
    let said = refused(&redis.url()).await;
    assert!(said.contains("asks for a password"), "{said}");
    RedisStore::connect(with_password(&redis, "", "right")).await.unwrap();
}

#[tokio::test]
async fn a_server_that_evicts_is_refused_unless_it_is_accepted_by_name() {
    let Some(redis) = Redis::start_with(&["--maxmemory-policy", "volatile-lru"]) else { return };
    let error = RedisStore::connect(redis.url()).await.unwrap_err();
    assert!(matches!(error, ConnectError::Evicts { .. }), "{error:?}");
    let said = error.to_string();
    for part in ["volatile-lru", "noeviction", "dangerous_allow_eviction", &redis.port().to_string()] {
        assert!(said.contains(part), "{said}");
    }
    RedisStore::builder(redis.url()).dangerous_allow_eviction().connect().await.unwrap();
}

#[tokio::test]
async fn a_replica_is_refused() {
    let Some(primary) = Redis::start() else { return };
    let of = format!("127.0.0.1 {}", primary.port());
    let Some(replica) = Redis::start_with(&["--replicaof", &of]) else { return };
    let error = RedisStore::connect(replica.url()).await.unwrap_err();
    assert!(matches!(error, ConnectError::Replica { .. }), "{error:?}");
}

#[tokio::test]
async fn a_cluster_is_refused() {
    let Some(redis) = Redis::start_with(&["--cluster-enabled", "yes"]) else { return };
    let error = RedisStore::connect(redis.url()).await.unwrap_err();
    assert!(matches!(error, ConnectError::Cluster { .. }), "{error:?}");
}

/// The rights that the crate's page asks for are enough, also where the server does not tell what it is.
#[tokio::test]
async fn a_user_with_the_least_rights_can_keep_sessions() {
    let Some(redis) = Redis::start() else { return };
    let raw = Raw::to(&redis).await;
    let rights =
        include_str!("../../README.md").lines().find(|line| line.starts_with("ACL SETUSER shop")).unwrap();
    let rights = rights.replace("PASSWORD", PASSWORD);
    for info in ["+info", "-info"] {
        let mut words: Vec<&[u8]> = rights.split(' ').map(str::as_bytes).collect();
        words.push(info.as_bytes());
        let () = raw.ask(&words).await;
        let url = with_password(&redis, "shop", PASSWORD);
        let store = RedisStore::builder(url).deadline(Duration::from_secs(60)).connect().await.unwrap();
        let said = format!("{store:?}");
        assert!(!said.contains(PASSWORD), "{said}");
        let number = u64::from(info == "+info");
        store.create(id(number), &login("alice"), hour(), MANY).await.unwrap();
        let ended = tokio::spawn(store.ended(id(number)).unwrap());
        eventually("somebody listens", async || {
            let channels: Vec<String> = raw.ask(&[b"PUBSUB", b"CHANNELS"]).await;
            channels == ["passport:1:ended"]
        })
        .await;
        let Loaded::Found { version, record, .. } = store.load(id(number), now()).await.unwrap() else {
            panic!("no session")
        };
        let _ = store.update(id(number), &record, version, hour()).await.unwrap();
        assert!(store.touch(id(number), hour()).await.unwrap());
        assert!(store.delete(id(number), now()).await.unwrap());
        ended.await.unwrap();
    }
}

#[tokio::test]
async fn a_socket_and_a_database_number_are_addresses_too() {
    let socket = std::env::temp_dir().join(format!("passport-redis-{}.sock", std::process::id()));
    let socket = socket.to_str().unwrap();
    let Some(redis) = Redis::start_with(&["--unixsocket", socket]) else { return };
    let at = async |url: String| {
        RedisStore::builder(url).deadline(Duration::from_secs(60)).connect().await.unwrap()
    };
    let (by_socket, third) = (at(format!("unix://{socket}")).await, at(format!("{}/3", redis.url())).await);
    by_socket.create(id(1), &login("alice"), hour(), MANY).await.unwrap();
    assert!(is_live(&at(redis.url()).await, id(1)).await);
    assert!(!is_live(&third, id(1)).await);
    drop(redis);
    std::fs::remove_file(socket).unwrap();
}

#[tokio::test]
async fn settings_that_cannot_work_are_refused() {
    let url = "redis://127.0.0.1:1/";
    let empty = RedisStore::builder(url).prefix("").connect().await.unwrap_err();
    assert!(matches!(empty, ConnectError::Setting(_)), "{empty}");
    let zero = RedisStore::builder(url).deadline(Duration::ZERO).connect().await.unwrap_err();
    assert!(matches!(zero, ConnectError::Setting(_)), "{zero}");
    let builder = format!("{:?}", RedisStore::builder(format!("redis://user:{PASSWORD}@host/")));
    assert!(!builder.contains(PASSWORD), "{builder}");
}

#[tokio::test]
async fn a_deadline_beyond_all_time_is_a_long_one() {
    let store = RedisStore::builder("redis://127.0.0.1:1/").deadline(Duration::MAX).connect().await;
    assert!(matches!(store, Err(ConnectError::Unreachable { .. })), "{store:?}");
}

/// Without the feature, and without a word of TLS in the error, this would be a puzzle.
#[cfg(not(feature = "tls"))]
#[tokio::test]
async fn tls_without_the_feature_is_said() {
    let said = refused("rediss://127.0.0.1:1/").await;
    assert!(said.contains("feature `tls`"), "{said}");
}
