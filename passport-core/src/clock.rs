//! Time as a thing that can be handed in.

use std::{fmt, time::Duration};

use crate::BoxFuture;

/// A point in time, in milliseconds since the Unix epoch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(u64);

impl Timestamp {
    /// The last point in time there is: what never comes.
    pub const NEVER: Self = Self(u64::MAX);

    /// From milliseconds since the Unix epoch.
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis)
    }

    /// Reads the computer's own clock.
    pub fn system() -> Self {
        let since = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default();
        Self(millis(since))
    }

    /// Milliseconds since the Unix epoch.
    pub const fn as_millis(self) -> u64 {
        self.0
    }

    /// This much later; never beyond [`Timestamp::NEVER`].
    pub fn plus(self, duration: Duration) -> Self {
        self.plus_millis(millis(duration))
    }

    pub(crate) const fn plus_millis(self, millis: u64) -> Self {
        Self(self.0.saturating_add(millis))
    }

    /// How long after `earlier` this is; zero if it is before.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }
}

impl From<Timestamp> for std::time::SystemTime {
    /// What lies beyond the system's own time is its beginning.
    fn from(at: Timestamp) -> Self {
        Self::UNIX_EPOCH.checked_add(Duration::from_millis(at.0)).unwrap_or(Self::UNIX_EPOCH)
    }
}

/// Whole milliseconds of a duration; what does not fit is the largest number.
pub(crate) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// Tells the time and waits.
///
/// The core reads no clock of its own: `passport-session` brings the one of tokio, an adapter for another
/// runtime brings another, and tests bring one that they turn by hand.
pub trait Clock: Send + Sync + 'static {
    /// What time it is.
    fn now(&self) -> Timestamp;

    /// Resolves after this long.
    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()>;
}

impl fmt::Debug for dyn Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock")
    }
}
