//! The server past the store, by a connection of its own.

use passport_session::IdHash;
use passport_test_servers::Redis;
use redis::aio::MultiplexedConnection;

/// A connection that says what a test tells it to say.
#[derive(Clone)]
pub(crate) struct Raw(MultiplexedConnection);

impl Raw {
    pub(crate) async fn to(redis: &Redis) -> Self {
        let client = redis::Client::open(redis.url()).unwrap();
        Self(client.get_multiplexed_async_connection().await.unwrap())
    }

    pub(crate) async fn ask<T: redis::FromRedisValue>(&self, words: &[&[u8]]) -> T {
        let mut cmd = redis::cmd(std::str::from_utf8(words[0]).unwrap());
        for word in &words[1..] {
            cmd.arg(*word);
        }
        cmd.query_async(&mut self.0.clone()).await.unwrap()
    }

    pub(crate) async fn value(&self, key: &str) -> Vec<u8> {
        self.ask(&[b"GET", key.as_bytes()]).await
    }

    /// Replaces a value, and lets it live as long as before.
    pub(crate) async fn replace(&self, key: &str, value: &[u8]) {
        self.ask(&[b"SET", key.as_bytes(), value, b"KEEPTTL"]).await
    }
}

/// The key of what is under an id.
pub(crate) fn key(id: &IdHash) -> String {
    let hex: String = id.as_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("passport:1:s:{hex}")
}

/// Where the envelope begins in a value: after the head, the logins and the marks.
pub(crate) fn envelope_at(value: &[u8]) -> usize {
    28 + usize::from(value[26]) * 40 + usize::from(value[27]) * 8
}
