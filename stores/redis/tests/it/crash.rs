//! The server killed at any moment: what a call has confirmed is true afterwards.

use std::sync::Arc;

use passport_session::SessionStore;
use passport_test_servers::{Redis, crash, eventually};

use crate::{
    raw::patient,
    records::{id, now},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_was_confirmed_survives_a_kill_at_any_moment() {
    let Some(redis) = Redis::start() else { return };
    let store = async || {
        let store = patient(&redis).await;
        eventually("the records are read", async || store.load(id(1), now()).await.is_ok()).await;
        Arc::new(store)
    };
    crash(store, || redis.kill(), || redis.restart()).await;
}
