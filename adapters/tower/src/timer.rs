//! The clock of tokio, for passports whose sessions bring none.

use std::time::Duration;

use passport_core::{BoxFuture, Clock, Timestamp};

/// Tells the computer's time, and waits with tokio's timer.
pub(crate) struct Timer;

impl Clock for Timer {
    fn now(&self) -> Timestamp {
        Timestamp::system()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(duration))
    }
}
