//! What all kinds of sessions can be told.

use std::{sync::Arc, time::Duration};

use http::HeaderValue;
use passport_core::{Clock, Error, Found, Life, Lifetime, Record, Timestamp, Token};

use crate::{TokioClock, cookie::SessionCookie, deadline, lifetime};

/// The cookie, the timeouts, the deadline and the clock.
#[derive(Clone)]
pub(crate) struct Settings {
    pub(crate) cookie: SessionCookie,
    pub(crate) idle: Duration,
    pub(crate) absolute: Duration,
    pub(crate) deadline: Duration,
    pub(crate) clock: Arc<dyn Clock>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            cookie: SessionCookie::default(),
            idle: Duration::from_secs(30 * 60),
            absolute: Duration::from_secs(12 * 60 * 60),
            deadline: Duration::from_secs(2),
            clock: Arc::new(TokioClock),
        }
    }
}

impl Settings {
    /// Refuses what cannot work.
    pub(crate) fn check(&self) -> Result<(), Error> {
        self.cookie.check()?;
        // Time is counted in milliseconds: what is shorter is nothing.
        let wrong = if self.idle.as_millis() == 0 {
            "the idle timeout is zero, every session would end at once: give `.idle_timeout(…)` the time that \
             a visitor may take between two requests"
        } else if self.absolute.as_millis() == 0 {
            "the absolute timeout is zero, every login would end at once: give `.absolute_timeout(…)` the time \
             that a login may last at the most"
        } else if self.idle > self.absolute {
            "the idle timeout is longer than the absolute timeout, so that it never counts: shorten \
             `.idle_timeout(…)` or lengthen `.absolute_timeout(…)`"
        } else if self.deadline.as_millis() == 0 {
            "the deadline is zero, every operation that waits would fail: give `.deadline(…)` the time that \
             the store may take"
        } else {
            return Ok(());
        };
        Err(Error::Config(wrong.into()))
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// A remembered login may be left alone for as long as it lasts.
    pub(crate) fn lifetime(&self, remember: Option<Duration>) -> Lifetime {
        match remember {
            Some(time) => Lifetime { idle: time, absolute: time },
            None => Lifetime { idle: self.idle, absolute: self.absolute },
        }
    }

    pub(crate) fn life(&self, record: &Record, now: Timestamp) -> Life {
        lifetime::life(record, now, self.idle)
    }

    /// Does one whole operation, attempts and pauses included, within the deadline.
    pub(crate) async fn within<T>(&self, work: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
        deadline::within(&*self.clock, self.deadline, work).await
    }

    pub(crate) fn set_cookie(&self, token: &Token, found: &Found) -> Result<HeaderValue, Error> {
        let value = std::str::from_utf8(token.as_bytes())
            .map_err(|_| Error::Config("a session cookie's value is not text".into()))?;
        self.cookie.set(value, lifetime::max_age(&found.record, || self.now()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(change: impl FnOnce(&mut Settings)) -> String {
        let mut settings = Settings::default();
        change(&mut settings);
        settings.check().map_or_else(|error| error.to_string(), |()| String::new())
    }

    #[test]
    fn the_default_settings_work() {
        assert_eq!(refused(|_| {}), "");
    }

    #[test]
    fn settings_that_cannot_work_say_what_to_do() {
        assert!(refused(|s| s.idle = Duration::ZERO).contains("`.idle_timeout(…)`"));
        assert!(refused(|s| s.idle = Duration::from_micros(1)).contains("`.idle_timeout(…)`"));
        assert!(refused(|s| s.absolute = Duration::ZERO).contains("`.absolute_timeout(…)`"));
        assert!(refused(|s| s.idle = Duration::from_secs(86_400)).contains("`.absolute_timeout(…)`"));
        assert!(refused(|s| s.deadline = Duration::ZERO).contains("`.deadline(…)`"));
        assert!(refused(|s| s.cookie.rename("a b")).contains("cookie"));
    }

    #[test]
    fn a_remembered_login_has_one_time_for_both_timeouts() {
        let settings = Settings::default();
        let month = Duration::from_secs(30 * 86_400);
        assert_eq!(settings.lifetime(Some(month)), Lifetime { idle: month, absolute: month });
        assert_eq!(settings.lifetime(None), Lifetime { idle: settings.idle, absolute: settings.absolute });
    }
}
