//! How long sessions and the logins in them live.

use std::time::Duration;

use passport_core::{Found, Life, Record, Timestamp};

/// Reading alone is noted after this long, in milliseconds, or sooner where the idle timeout is short.
const TOUCH: u64 = 60_000;

/// What a store found, without the logins whose time is over.
///
/// A request that only reads is noted after a minute, or after a tenth of the idle timeout if that is shorter. `idle` is that of
/// visitors who are not logged in.
pub(crate) fn found(record: Record, version: u64, life: Life, now: Timestamp, idle: Duration) -> Found {
    let (mut all_live, mut shortest) = (true, None);
    for login in record.logins() {
        all_live &= login.is_live(now, life.seen);
        shortest = Some(shortest.unwrap_or(u64::MAX).min(login.idle_millis));
    }
    let (record, expired) = if all_live { (record, false) } else { live(record, now, life.seen) };
    let idle_millis = shortest.unwrap_or_else(|| u64::try_from(idle.as_millis()).unwrap_or(u64::MAX));
    let due = now.as_millis().saturating_sub(life.seen.as_millis()) >= TOUCH.min(idle_millis / 10);
    Found { record, version, life, read: now, expired, due }
}

/// The record without the logins whose time is over at `now`, and whether there were any.
pub(crate) fn live(record: Record, now: Timestamp, seen: Timestamp) -> (Record, bool) {
    match record.without_expired(now, seen) {
        Some(left) => (left, true),
        None => (record, false),
    }
}

/// The life of a record that is written now: that of its longest login, or `idle` if nobody is logged in.
pub(crate) fn life(record: &Record, now: Timestamp, idle: Duration) -> Life {
    let ends = record.logins().map(|login| login.ends(now));
    Life { seen: now, expires: ends.max().unwrap_or_else(|| now.plus(idle)) }
}

/// When a sealed record ends, however often it is sealed anew: with its last login, or after `absolute` if nobody
/// is logged in.
#[cfg(feature = "sealed")]
pub(crate) fn end(record: &Record, now: Timestamp, absolute: Duration) -> Timestamp {
    record.logins().map(|login| login.until).max().unwrap_or_else(|| now.plus(absolute))
}

/// How long the browser should keep the cookie: until the last remembered login ends. `None`: for its own
/// session.
pub(crate) fn max_age(record: &Record, now: impl FnOnce() -> Timestamp) -> Option<Duration> {
    let remembered = record.logins().filter(|login| login.remembered);
    let until = remembered.map(|login| login.until).max();
    until.map(|until| until.since(now()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Login, record};

    const IDLE: Duration = Duration::from_secs(1_800);

    fn at(seconds: u64) -> Timestamp {
        Timestamp::from_millis(seconds * 1_000)
    }

    fn login(idle: u64, until: u64) -> Login {
        Login { idle: Duration::from_secs(idle), until: at(until), ..Login::of("user", "alice") }
    }

    fn seen(logins: &[Login], seen: u64, read: u64) -> Found {
        found(record(logins, &[]), 1, Life { seen: at(seen), expires: at(9_999) }, at(read), IDLE)
    }

    #[test]
    fn a_session_without_a_login_lives_for_the_idle_timeout() {
        assert_eq!(life(&record(&[], &[]), at(100), IDLE), Life { seen: at(100), expires: at(1_900) });
    }

    #[test]
    fn a_session_lives_as_long_as_the_longest_of_its_logins() {
        let expires = |logins: &[Login]| life(&record(logins, &[]), at(100), IDLE).expires;
        assert_eq!(expires(&[login(60, 1_000)]), at(160));
        assert_eq!(expires(&[login(60, 150)]), at(150), "the absolute timeout comes first");
        assert_eq!(expires(&[login(60, 1_000), login(900, 120)]), at(160));
        assert_eq!(life(&record(&[login(60, 150)], &[]), at(200), IDLE).expires, at(150), "never later");
    }

    #[test]
    fn a_login_is_left_out_from_the_very_moment_its_time_is_over() {
        let idle = |read| seen(&[login(60, 1_000)], 100, read).record.logins().count();
        assert_eq!((idle(159), idle(160)), (1, 0));
        let absolute = |read| seen(&[login(6_000, 1_000)], 100, read).expired;
        assert_eq!((absolute(999), absolute(1_000)), (false, true));
    }

    #[test]
    fn reading_is_noted_once_a_minute_or_once_in_a_tenth_of_a_shorter_timeout() {
        let due = |logins: &[Login], read| seen(logins, 100, read).due;
        assert_eq!((due(&[], 159), due(&[], 160)), (false, true));
        assert_eq!((due(&[login(50, 9_000)], 104), due(&[login(50, 9_000)], 105)), (false, true));
        assert!(!due(&[], 20), "the clock was turned back");
        let remembered = [login(86_400, 90_000)];
        assert_eq!((due(&remembered, 159), due(&remembered, 160)), (false, true));
    }

    #[test]
    fn only_a_remembered_login_outlives_the_browser() {
        let alice = login(60, 1_000);
        let bob = Login { remembered: true, ..login(60, 500) };
        assert_eq!(max_age(&record(&[alice], &[]), || at(100)), None);
        assert_eq!(max_age(&record(&[alice, bob], &[]), || at(100)), Some(Duration::from_secs(400)));
    }
}
