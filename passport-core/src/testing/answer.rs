//! What a strategy answered, and what was expected of it.

use std::{fmt, sync::Arc};

use bytes::Bytes;
use http::{Request, Uri};

use super::shown::Shown;
use crate::{BoxError, Failure, Outcome, Success, error::chain};

/// What a strategy answered to one request: say what you expect.
///
/// # Panics
///
/// Every `expect_…` panics if something else came, and says what was sent and what came.
#[must_use = "an answer shows nothing until it is compared: `expect_success()`, `expect_fail()`, …"]
pub struct Answer<U> {
    pub(super) sent: Arc<Request<Bytes>>,
    pub(super) came: Came<U>,
}

/// An outcome, or what there is instead.
pub(super) enum Came<U> {
    Outcome(Outcome<U>),
    Error(BoxError),
    Panic,
    Nothing,
}

impl<U> Answer<U> {
    /// It knew who it was: look at what it found.
    #[track_caller]
    pub fn expect_success(self, look: impl FnOnce(&Success<U>)) {
        match &self.came {
            Came::Outcome(Outcome::Success(success)) => look(success),
            _ => self.unexpected("a success"),
        }
    }

    /// It refused the credential: look at what it says about that.
    #[track_caller]
    pub fn expect_fail(self, look: impl FnOnce(&Failure)) {
        match &self.came {
            Came::Outcome(Outcome::Fail(failure)) => look(failure),
            _ => self.unexpected("a failure"),
        }
    }

    /// It found nothing that it understands.
    #[track_caller]
    pub fn expect_pass(self) {
        match &self.came {
            Came::Outcome(Outcome::Pass) => {}
            _ => self.unexpected("a pass"),
        }
    }

    /// It sent the browser elsewhere: look where.
    #[track_caller]
    pub fn expect_redirect(self, look: impl FnOnce(&Uri)) {
        match &self.came {
            Came::Outcome(Outcome::Redirect(to)) => look(to),
            _ => self.unexpected("a redirect"),
        }
    }

    /// It could not find out: look at what it says about that.
    #[track_caller]
    pub fn expect_error(self, look: impl FnOnce(&BoxError)) {
        match &self.came {
            Came::Error(error) => look(error),
            _ => self.unexpected("an error"),
        }
    }

    #[track_caller]
    fn unexpected(&self, expected: &str) -> ! {
        panic!("expected {expected}\n  came: {}\n  sent: {}", self.came, Shown(&self.sent))
    }
}

impl<U> fmt::Debug for Answer<U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Answer({})", self.came)
    }
}

impl<U> fmt::Display for Came<U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Outcome(Outcome::Success(_)) => f.write_str("a success"),
            Self::Outcome(Outcome::Pass) => f.write_str("a pass"),
            Self::Outcome(Outcome::Redirect(to)) => write!(f, "a redirect to {to}"),
            Self::Outcome(Outcome::Fail(failure)) => {
                write!(f, "a failure: \"{}\"", failure.as_message())?;
                failure.as_status().map_or(Ok(()), |status| write!(f, ", {status}"))
            }
            Self::Error(error) => write!(f, "an error: {}", chain(&**error)),
            Self::Panic => f.write_str("a panic"),
            Self::Nothing => f.write_str("nothing, before the deadline"),
        }
    }
}
