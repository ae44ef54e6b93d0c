//! A clock for tests.

use std::{
    collections::HashMap,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
    time::Duration,
};

use passport_core::{BoxFuture, Clock, Timestamp};

/// A clock that stands still until it is turned by hand. Clones are the same clock.
///
/// Whatever waits on it waits for [`advance`](Self::advance): a deadline passes only when a test says so, and
/// so does the pause of a writer that collided more than once.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
///
/// use passport_core::Clock;
/// use passport_session::FakeClock;
///
/// let clock = FakeClock::new();
/// let before = clock.now();
/// clock.advance(Duration::from_secs(60));
/// assert_eq!(clock.now().since(before), Duration::from_secs(60));
/// ```
#[derive(Clone, Debug, Default)]
pub struct FakeClock(Arc<Mutex<Dial>>);

#[derive(Debug)]
struct Dial {
    now: Timestamp,
    /// What sleeps go by: turning the time back does not prolong them.
    passed: Duration,
    sleepers: HashMap<u64, Waker>,
    next: u64,
}

/// The first seconds of 2026: a time like those that an application sees.
impl Default for Dial {
    fn default() -> Self {
        let now = Timestamp::from_millis(1_767_225_600_000);
        Self { now, passed: Duration::ZERO, sleepers: HashMap::new(), next: 0 }
    }
}

impl FakeClock {
    /// A clock that stands at the beginning of 2026.
    pub fn new() -> Self {
        Self::default()
    }

    /// Lets this much time pass, and wakes whoever slept for as long.
    pub fn advance(&self, time: Duration) {
        let mut dial = self.dial();
        dial.now = dial.now.plus(time);
        dial.passed = dial.passed.saturating_add(time);
        let woken = std::mem::take(&mut dial.sleepers);
        drop(dial);
        // Who wakes too early goes back to sleep.
        woken.into_values().for_each(Waker::wake);
    }

    /// Jumps to a time, also back, as a computer's clock does when it is corrected. No sleep ends for it.
    pub fn set(&self, now: Timestamp) {
        self.dial().now = now;
    }

    fn dial(&self) -> MutexGuard<'_, Dial> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clock for FakeClock {
    fn now(&self) -> Timestamp {
        self.dial().now
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        let mut dial = self.dial();
        dial.next += 1;
        Box::pin(Sleep {
            clock: self.clone(),
            number: dial.next,
            until: dial.passed.saturating_add(duration),
        })
    }
}

struct Sleep {
    clock: FakeClock,
    number: u64,
    until: Duration,
}

impl Future for Sleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let mut dial = self.clock.dial();
        if dial.passed >= self.until {
            return Poll::Ready(());
        }
        dial.sleepers.insert(self.number, context.waker().clone());
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        self.clock.dial().sleepers.remove(&self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_sleeper_wakes_when_its_time_has_passed() {
        let clock = FakeClock::new();
        let sleeper = tokio::spawn(clock.sleep(Duration::from_secs(3)));
        for _ in 0..3 {
            tokio::task::yield_now().await;
            assert!(!sleeper.is_finished());
            clock.advance(Duration::from_secs(1));
        }
        sleeper.await.unwrap();
    }

    #[test]
    fn a_jump_back_changes_the_time_and_no_sleep() {
        let clock = FakeClock::new();
        let mut sleep = clock.sleep(Duration::from_secs(1));
        clock.set(Timestamp::from_millis(0));
        clock.advance(Duration::from_secs(1));
        let mut context = Context::from_waker(Waker::noop());
        assert!(sleep.as_mut().poll(&mut context).is_ready());
        assert_eq!(clock.now(), Timestamp::from_millis(1_000));
    }
}
