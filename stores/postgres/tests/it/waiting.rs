//! Waiting for what comes in its own time.

use std::time::{Duration, Instant};

use tokio::time::sleep;

/// Longer than a busy machine needs.
pub(crate) const AGES: Duration = Duration::from_secs(120);

pub(crate) async fn until(what: &str, mut is: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is() {
        assert!(begun.elapsed() < AGES, "not {what} after {AGES:?}");
        sleep(Duration::from_millis(20)).await;
    }
}
