//! The store's own time, and the caller's.

use std::time::Duration;

use passport_core::{Life, Timestamp};

/// A moment by the store's clock, as it is in the database: milliseconds since the epoch.
pub(crate) type Millis = i64;

/// What the database knows as "never": the end of its numbers.
const NEVER: Millis = Millis::MAX;

/// A moment in the database's numbers.
pub(crate) fn stored(at: Timestamp) -> Millis {
    Millis::try_from(at.as_millis()).unwrap_or(NEVER)
}

/// This much later.
pub(crate) fn after(now: Millis, time: Duration) -> Millis {
    now.saturating_add(Millis::try_from(time.as_millis()).unwrap_or(NEVER))
}

/// When what lives for `life`, as its caller sees it, expires here.
pub(crate) fn end_of(life: Life, now: Millis) -> Millis {
    after(now, life.expires.since(life.seen))
}

/// One moment by two clocks.
#[derive(Clone, Copy)]
pub(crate) struct Now {
    /// By the store's.
    pub(crate) here: Millis,
    /// By the caller's.
    pub(crate) there: Timestamp,
}

impl Now {
    /// A life in the database, by the caller's clock.
    pub(crate) fn life(self, seen: Millis, expires: Millis) -> Life {
        Life { seen: self.told(seen), expires: self.told(expires) }
    }

    fn told(self, at: Millis) -> Timestamp {
        if at == NEVER {
            return Timestamp::NEVER;
        }
        let apart = at.saturating_sub(self.here);
        Timestamp::from_millis(self.there.as_millis().saturating_add_signed(apart))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: u64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    #[test]
    fn a_session_lives_as_long_here_as_its_caller_said() {
        let life = Life { seen: at(5_000_000), expires: at(5_000_300) };
        assert_eq!(end_of(life, 1000), 1300);
    }

    #[test]
    fn what_comes_back_is_in_the_callers_time() {
        let now = Now { here: 1000, there: at(5_000_000) };
        let life = now.life(900, 1300);
        assert_eq!((life.seen, life.expires), (at(4_999_900), at(5_000_300)));
    }

    #[test]
    fn equal_clocks_change_nothing_also_after_they_were_turned_back() {
        let now = Now { here: 1000, there: at(1000) };
        let life = now.life(2000, 3800);
        assert_eq!((life.seen, life.expires), (at(2000), at(3800)));
    }

    #[test]
    fn never_stays_never() {
        let life = Life { seen: at(7), expires: Timestamp::NEVER };
        let expires = end_of(life, stored(at(1_000)));
        assert_eq!(Now { here: 2000, there: at(9) }.life(0, expires).expires, Timestamp::NEVER);
        assert_eq!(stored(Timestamp::NEVER), NEVER);
    }
}
