//! The server's clock, as far as it is known here.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant, SystemTime},
};

use passport_core::{Life, Timestamp};

/// How long an answer that held the time is believed.
const BELIEVED: Duration = Duration::from_secs(10);
/// By how much the two clocks of this computer may differ meanwhile: more, and it was asleep or was set.
const APART: Duration = Duration::from_millis(100);
/// The longest that anything is kept, in milliseconds: a thousand years. Beyond, numbers are not exact in scripts.
const LONGEST: u64 = 1000 * 365 * 24 * 3600 * 1000;

/// Tells the server's time without asking each time: every answer of a script holds it.
///
/// It is only for telling when a session was last seen. Whether something has expired is for the server to say.
#[derive(Debug, Default)]
pub(crate) struct ServerTime(Mutex<Option<Told>>);

#[derive(Clone, Copy, Debug)]
struct Told {
    millis: u64,
    at: Instant,
    system: SystemTime,
    line: u64,
}

impl ServerTime {
    /// Notes what the server has said on this connection, to a question that was asked at `asked`.
    pub(crate) fn told(&self, millis: u64, asked: Instant, line: u64) {
        // It was about half way between question and answer.
        let half = u64::try_from(asked.elapsed().as_millis() / 2).unwrap_or_default();
        let told = Told { millis: millis + half, at: Instant::now(), system: SystemTime::now(), line };
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(told);
    }

    /// What time it is there, in milliseconds; `None` if it has to be asked: each new connection may lead to another
    /// server.
    pub(crate) fn now(&self, line: u64) -> Option<u64> {
        let told = (*self.0.lock().unwrap_or_else(PoisonError::into_inner))?;
        let since = told.at.elapsed();
        let by_system = told.system.elapsed().ok()?;
        let known = told.line == line && since < BELIEVED && since.abs_diff(by_system) < APART;
        known.then(|| told.millis.saturating_add(millis(since)))
    }
}

/// How long something is to be kept, in milliseconds.
pub(crate) fn kept_for(life: Life) -> u64 {
    millis(life.expires.since(life.seen)).min(LONGEST)
}

/// A life in the server's time, told in the caller's: `now` here is `server_now` there.
pub(crate) fn life(now: Timestamp, server_now: u64, seen: u64, expires: u64) -> Life {
    let ago = server_now.saturating_sub(seen);
    // It is live, or the server would not have answered with it.
    let left = expires.saturating_sub(server_now).max(1);
    Life {
        seen: Timestamp::from_millis(now.as_millis().saturating_sub(ago)),
        expires: now.plus(Duration::from_millis(left)),
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(5_000_000);

    #[test]
    fn times_are_told_in_the_callers_time() {
        let life = life(NOW, 900, 600, 1000);
        assert_eq!((life.seen, life.expires), (at(-300), at(100)));
    }

    #[test]
    fn what_is_live_has_a_moment_left_and_was_not_seen_later_than_now() {
        let life = life(NOW, 900, 950, 890);
        assert_eq!((life.seen, life.expires), (NOW, at(1)));
    }

    #[test]
    fn what_never_expires_is_kept_for_a_thousand_years() {
        let never = Life { seen: NOW, expires: Timestamp::NEVER };
        assert_eq!(kept_for(never), LONGEST);
        assert_eq!(kept_for(Life { seen: NOW, expires: at(-5) }), 0);
    }

    #[test]
    fn the_servers_time_is_unknown_until_it_was_told() {
        let time = ServerTime::default();
        assert_eq!(time.now(1), None);
        // A machine that is very busy may stop between any two readings of its clocks.
        let now = (0..100).find_map(|_| {
            time.told(1_000_000, Instant::now(), 1);
            time.now(1)
        });
        assert!(now.is_some_and(|now| now >= 1_000_000));
        assert_eq!(time.now(2), None, "another connection may lead to another server");
    }

    #[test]
    fn what_was_told_long_ago_or_before_the_clock_was_set_is_not_believed() {
        let time = ServerTime::default();
        let told = Told { millis: 7, at: Instant::now(), system: SystemTime::now(), line: 1 };
        let hour = Duration::from_secs(3600);
        for system in [told.system - hour, told.system + hour] {
            *time.0.lock().unwrap() = Some(Told { system, ..told });
            assert_eq!(time.now(1), None);
        }
    }

    fn at(offset: i64) -> Timestamp {
        Timestamp::from_millis(NOW.as_millis().checked_add_signed(offset).unwrap())
    }
}
