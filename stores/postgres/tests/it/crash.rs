//! The server is killed in the middle of its work: whatever it had confirmed is true afterwards.

use std::sync::Arc;

use passport_test_servers::crash;

use crate::server::Database;

/// A server that would rather forget: unless the store asks for it, nothing that was confirmed has left its memory. It
/// is the server that is killed and not the machine, so `fsync` makes no difference but to how long this takes.
const FORGETFUL: &[&str] =
    &["synchronous_commit=off", "wal_writer_delay=10s", "wal_writer_flush_after=0", "fsync=off"];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_was_confirmed_is_true_after_the_server_was_killed() {
    let Some(database) = Database::alone_with(FORGETFUL) else { return };
    // The same store all the time: its connections come back by themselves.
    let store = Arc::new(database.patient().pool(4).connect().await.unwrap());
    let server = database.server();
    crash(async || Arc::clone(&store), || server.kill(), || server.restart()).await;
}
