//! Sessions in a store, as an application configures them.

use std::{fmt, sync::Arc, time::Duration};

use passport_core::{Clock, SessionManager};

use crate::{Beyond, IntoStore, SessionStore, manager::Manager};

/// Sessions whose records are in a store, behind one cookie.
///
/// The defaults are safe: the cookie `__Host-session` travels over https only, out of reach of scripts, for the
/// browser's own session; a login ends after 30 minutes without a request and after 12 hours in any case;
/// a user has at most 100 sessions; the store has two seconds for an operation.
///
/// A clone is the same sessions. Settings are given before sharing: on a `Sessions` that was cloned or handed to
/// a passport before, a setting makes other sessions over the same store, and the earlier ones stay as they
/// were. Two of them on one route need two cookie names.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
///
/// use passport_session::{SessionStore, Sessions};
///
/// fn sessions(store: impl SessionStore) -> (Sessions, Sessions) {
///     let shop = Sessions::over(store).idle_timeout(Duration::from_secs(60 * 60));
///     let admin = Sessions::over(shop.store()).cookie("asid");
///     (shop, admin)
/// }
/// ```
#[derive(Clone)]
#[must_use = "sessions do nothing until a passport is built over them; a setting returns them anew"]
pub struct Sessions(Arc<Manager>);

impl Sessions {
    /// Sessions in this process: they end with it, and no other process sees them.
    pub fn in_memory() -> Self {
        Self::over(crate::MemoryStore::new())
    }

    /// Sessions in this store.
    pub fn over(store: impl IntoStore) -> Self {
        Self(Arc::new(Manager::new(store.into_store())))
    }

    /// Names the cookie. In production the name gets the prefix `__Host-`, which binds the cookie to this very
    /// host and to https.
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

    /// How long a login lives, however active it is: 12 hours from its own beginning.
    pub fn absolute_timeout(self, time: Duration) -> Self {
        self.with(|manager| manager.settings.absolute = time)
    }

    /// How many live sessions a user may have, and what gives way to one more: 100, and the oldest.
    pub fn limit(self, most: u32, beyond: Beyond) -> Self {
        self.with(|manager| manager.limit = (most, beyond))
    }

    /// How long one operation may take, with all its attempts: 2 seconds. Beyond it the answer is
    /// [`Error::SessionTimedOut`](passport_core::Error::SessionTimedOut), and nobody knows whether the
    /// store did it.
    pub fn deadline(self, time: Duration) -> Self {
        self.with(|manager| manager.settings.deadline = time)
    }

    /// The clock that everything goes by; [`TokioClock`](crate::TokioClock) by default.
    pub fn clock(self, clock: impl Clock) -> Self {
        self.with(|manager| manager.settings.clock = Arc::new(clock))
    }

    /// The store, for other sessions in it.
    pub fn store(&self) -> Arc<dyn SessionStore> {
        self.0.store.clone()
    }

    fn with(self, change: impl FnOnce(&mut Manager)) -> Self {
        let mut manager = Arc::try_unwrap(self.0).unwrap_or_else(|shared| shared.another());
        change(&mut manager);
        Self(Arc::new(manager))
    }
}

impl From<Sessions> for Arc<dyn SessionManager> {
    fn from(sessions: Sessions) -> Self {
        sessions.0
    }
}

/// Always the very same one: that is how a passport knows two clones as the same sessions.
impl From<&Sessions> for Arc<dyn SessionManager> {
    fn from(sessions: &Sessions) -> Self {
        sessions.0.clone()
    }
}

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sessions").field("cookie", &self.0.settings.cookie.name()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manager(sessions: &Sessions) -> Arc<dyn SessionManager> {
        sessions.into()
    }

    #[test]
    fn clones_are_the_same_sessions() {
        let sessions = Sessions::in_memory();
        let clone = sessions.clone();
        assert!(Arc::ptr_eq(&manager(&sessions), &manager(&clone)));
        assert!(Arc::ptr_eq(&manager(&sessions), &clone.into()));
    }

    #[test]
    fn a_setting_after_sharing_leaves_the_earlier_sessions_as_they_were() {
        let sessions = Sessions::in_memory().idle_timeout(Duration::from_secs(60));
        let admin = sessions.clone().cookie("asid");
        assert_eq!(manager(&sessions).cookie_name(), "__Host-session");
        assert_eq!(manager(&admin).cookie_name(), "__Host-asid");
        assert_eq!(manager(&admin).lifetime(None).idle, Duration::from_secs(60));
        assert!(Arc::ptr_eq(&sessions.store(), &admin.store()));
    }

    #[test]
    fn a_limit_of_no_sessions_is_refused() {
        let none = Sessions::in_memory().limit(0, Beyond::Refuse);
        assert!(manager(&none).check().unwrap_err().to_string().contains("`.limit(…)`"));
        assert!(manager(&Sessions::in_memory().limit(1, Beyond::Refuse)).check().is_ok());
    }

    #[test]
    fn debug_names_the_cookie_and_no_more() {
        let sessions = Sessions::in_memory().insecure_cookie_for_development();
        assert_eq!(format!("{sessions:?}"), "Sessions { cookie: \"session\", .. }");
    }
}
