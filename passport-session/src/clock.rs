//! The clock of an application that runs on tokio.

use std::time::Duration;

use passport_core::{BoxFuture, Clock, Timestamp};

/// Tells the computer's time, on Linux as of its last tick, and waits with tokio's timer.
#[derive(Clone, Copy, Debug, Default)]
pub struct TokioClock;

impl Clock for TokioClock {
    fn now(&self) -> Timestamp {
        now()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(duration))
    }
}

/// As of the system's last tick, up to ten milliseconds ago: sessions count in minutes, each request that asks for one reads
/// this, and it costs a quarter of the exact time.
#[cfg(target_os = "linux")]
fn now() -> Timestamp {
    let Ok(now) = nix::time::clock_gettime(nix::time::ClockId::CLOCK_REALTIME_COARSE) else {
        return Timestamp::system();
    };
    let (seconds, nanos) = (u64::try_from(now.tv_sec()), u64::try_from(now.tv_nsec()));
    Timestamp::from_millis(seconds.unwrap_or_default() * 1_000 + nanos.unwrap_or_default() / 1_000_000)
}

#[cfg(not(target_os = "linux"))]
fn now() -> Timestamp {
    Timestamp::system()
}
