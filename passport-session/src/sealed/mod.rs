//! Cookie-only sessions: the browser keeps the whole session, encrypted, and the server what has ended.

mod key;
mod manager;
mod memory;
mod revocations;
mod seal;
mod store;
#[cfg(test)]
mod tests;

use std::{fmt, sync::Arc, time::Duration};

use passport_core::{Clock, SessionManager};

use self::manager::Manager;
pub use self::{
    key::{Key, KeyError, Keys},
    memory::MemoryRevocations,
    revocations::Revocations,
    store::StoreRevocations,
};

/// Sessions that are in the cookie itself, sealed so that nobody else can read or change them.
///
/// There is no store of sessions, only one of [`Revocations`], which is asked at every read: a logout counts,
/// also for a copy of the cookie. The defaults are those of [`Sessions`](crate::Sessions), but for a limit of sessions
/// per user, which needs a store. An anonymous session ends after the absolute timeout too; its logout or rotation is not noted,
/// because strangers could fill the revocations with theirs: a copy of such a cookie keeps its data, and is nobody's login.
///
/// A clone is the same sessions. Settings are given before sharing: on one that was cloned or handed to a passport
/// before, a setting makes other sessions with the same keys, and the earlier ones stay as they were.
/// Each kind of user over them needs a realm of its own, which is checked when its passport is built; of two that were made by `new` with
/// the same key nothing is known, so keep to one.
///
/// # What they cannot do
///
/// - Of parallel requests that write, the last answer wins; `take`, `update`, the list of a user's sessions and
///   ending them is [`Error::NeedsStore`](passport_core::Error::NeedsStore).
/// - An older copy of the cookie brings its data back, until the session rotates or ends.
/// - Who rotates a stolen session is out of its owner's reach: the owner is signed out and the thief is not. A
///   change of the user's fingerprint ends both.
/// - All of it fits in one cookie, 2900 bytes, or the write is
///   [`Error::TooLarge`](passport_core::Error::TooLarge).
///
/// # Examples
///
/// ```
/// use passport_session::{Key, MemoryRevocations, SealedSessions};
///
/// let sessions = SealedSessions::new(Key::generate()?, MemoryRevocations::new());
/// # Ok::<(), passport_core::Error>(())
/// ```
#[derive(Clone)]
#[must_use = "sessions do nothing until a passport is built over them; a setting returns them anew"]
pub struct SealedSessions(Arc<Manager>);

impl SealedSessions {
    /// Sealed with the newest of these keys, and ended through these revocations.
    pub fn new(keys: impl Into<Keys>, revocations: impl Revocations) -> Self {
        Self(Arc::new(Manager::new(keys.into(), Arc::new(revocations))))
    }

    /// Names the cookie. In production the name gets the prefix `__Host-`, which binds the cookie to this very
    /// host and to https. A session that was sealed under another name does not open.
    pub fn cookie(self, name: &str) -> Self {
        self.with(|manager| manager.settings.cookie.rename(name))
    }

    /// Lets the cookie travel over plain http, for development: no `Secure`, no prefix in front of its name.
    ///
    /// # Security
    ///
    /// Whoever sees the traffic can take the session over. Never call this in production.
    pub fn insecure_cookie_for_development(self) -> Self {
        self.with(|manager| manager.settings.cookie.insecure_for_development())
    }

    /// How long a session lives without a request: 30 minutes. A request is noted at most once a minute, or
    /// once in a tenth of this time if that is shorter.
    pub fn idle_timeout(self, time: Duration) -> Self {
        self.with(|manager| manager.settings.idle = time)
    }

    /// How long a login, or a session without one, lives, however active it is: 12 hours.
    pub fn absolute_timeout(self, time: Duration) -> Self {
        self.with(|manager| manager.settings.absolute = time)
    }

    /// How long the revocations may take to answer: 2 seconds. Beyond it the answer is
    /// [`Error::SessionTimedOut`](passport_core::Error::SessionTimedOut), and nobody knows whether a logout
    /// was written.
    pub fn deadline(self, time: Duration) -> Self {
        self.with(|manager| manager.settings.deadline = time)
    }

    /// The clock that everything goes by; [`TokioClock`](crate::TokioClock) by default.
    pub fn clock(self, clock: impl Clock) -> Self {
        self.with(|manager| manager.settings.clock = Arc::new(clock))
    }

    fn with(self, change: impl FnOnce(&mut Manager)) -> Self {
        let mut manager = Arc::try_unwrap(self.0).unwrap_or_else(|shared| shared.another());
        change(&mut manager);
        Self(Arc::new(manager))
    }
}

impl From<SealedSessions> for Arc<dyn SessionManager> {
    fn from(sessions: SealedSessions) -> Self {
        sessions.0
    }
}

/// Always the very same one: that is how a passport knows two clones as the same sessions.
impl From<&SealedSessions> for Arc<dyn SessionManager> {
    fn from(sessions: &SealedSessions) -> Self {
        sessions.0.clone()
    }
}

impl fmt::Debug for SealedSessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cookie = self.0.settings.cookie.name();
        f.debug_struct("SealedSessions").field("cookie", &cookie).finish_non_exhaustive()
    }
}
