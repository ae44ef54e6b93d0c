//! The server past the store, by a connection of its own.

use std::time::Duration;

use passport_session::IdHash;
use passport_store_redis::RedisStore;
use passport_test_servers::Redis;
use redis::aio::MultiplexedConnection;

/// A store that waits as long as a machine that is very busy may need.
pub(crate) async fn patient(redis: &Redis) -> RedisStore {
    RedisStore::builder(redis.url()).deadline(Duration::from_secs(60)).connect().await.unwrap()
}

/// A connection that says what a test tells it to say.
#[derive(Clone)]
pub(crate) struct Raw(MultiplexedConnection);

impl Raw {
    pub(crate) async fn to(redis: &Redis) -> Self {
        let client = redis::Client::open(redis.url()).unwrap();
        Self(client.get_multiplexed_async_connection().await.unwrap())
    }

    pub(crate) async fn ask<T: redis::FromRedisValue>(&self, words: &[&[u8]]) -> T {
        self.try_ask(words).await.unwrap()
    }

    pub(crate) async fn try_ask<T: redis::FromRedisValue>(&self, words: &[&[u8]]) -> redis::RedisResult<T> {
        let mut cmd = redis::cmd(std::str::from_utf8(words[0]).unwrap());
        for word in &words[1..] {
            cmd.arg(*word);
        }
        cmd.query_async(&mut self.0.clone()).await
    }

    pub(crate) async fn value(&self, key: &str) -> Vec<u8> {
        self.ask(&[b"GET", key.as_bytes()]).await
    }

    /// Replaces a value, and lets it live as long as before.
    pub(crate) async fn replace(&self, key: &str, value: &[u8]) {
        let () = self.ask(&[b"SET", key.as_bytes(), value, b"KEEPTTL"]).await;
    }
}

/// The key of what is under an id.
pub(crate) fn key(id: &IdHash) -> String {
    format!("passport:1:s:{}", hex(id.as_bytes()))
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"))
}

/// Where the envelope begins in a value: after the head, the logins and the marks.
pub(crate) fn envelope_at(value: &[u8]) -> usize {
    28 + usize::from(value[26]) * 40 + usize::from(value[27]) * 8
}
