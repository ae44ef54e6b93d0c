//! The clock of an application that runs on tokio.

use std::time::Duration;

use passport_core::{BoxFuture, Clock, Timestamp};

/// Tells the computer's time, and waits with tokio's timer.
#[derive(Clone, Copy, Debug, Default)]
pub struct TokioClock;

impl Clock for TokioClock {
    fn now(&self) -> Timestamp {
        Timestamp::system()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(duration))
    }
}
