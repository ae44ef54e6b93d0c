//! Waiting for what comes in its own time.

use std::time::{Duration, Instant};

use tokio::time::sleep;

/// Longer than a busy machine needs.
pub const AGES: Duration = Duration::from_secs(120);

/// Asks again until the answer is yes.
///
/// # Panics
///
/// If it is not yes for [`AGES`].
pub async fn eventually(what: &str, mut asked: impl AsyncFnMut() -> bool) {
    let begun = Instant::now();
    while !asked().await {
        assert!(begun.elapsed() < AGES, "not within {AGES:?}: {what}");
        sleep(Duration::from_millis(20)).await;
    }
}
