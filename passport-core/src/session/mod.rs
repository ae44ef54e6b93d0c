//! One visitor's session during one request.

mod ask;
mod async_mutex;
mod at_once;
mod brought;
mod current;
mod data;
mod ended;
mod finish;
mod gathered;
mod headers;
mod login;
mod logout;
mod machine;
mod messages;
mod passports;
mod scope;
mod users;

use std::{
    fmt, mem,
    net::IpAddr,
    sync::{Mutex, OnceLock},
    time::Duration,
};

use http::Method;
use triomphe::Arc;

pub use self::headers::Headers;
pub(crate) use self::{
    async_mutex::lock,
    login::LoginWrite,
    passports::{AnyPassport, Attached},
};
use self::{
    async_mutex::{AsyncMutex, AsyncMutexGuard},
    brought::Brought,
    gathered::Gathered,
    machine::Core,
};
use crate::{Client, Error, Presented, Timestamp, clues::Clues, panics::within};

/// One visitor's data during one request, and who is logged in. All clones are the same session.
///
/// Beginning a request does no I/O, and neither does holding a session: the record is loaded when something
/// first asks. Writes are gathered and stored once, when the request ends; what must be known to have
/// happened ([`take`](Self::take), [`update`](Self::update), login and logout) reaches the store before it answers.
#[derive(Clone)]
pub struct Session(Arc<State>);

pub(crate) struct State {
    /// The passport that began the request.
    attached: Attached,
    /// Passports further in that share its session manager. Most requests have none, and need no lock to know it.
    more: OnceLock<Box<Mutex<Vec<Attached>>>>,
    /// The session of another manager around this one.
    outer: Option<Session>,
    brought: Brought,
    /// When the request came, if it brought a session and its method may change something: its body can take as long as its
    /// sender likes.
    began: Option<Timestamp>,
    prefers_json: bool,
    /// Whether another manager on this request uses the same cookie.
    cookie_taken: bool,
    gathered: Mutex<Gathered>,
    /// What one task at a time may look at and change.
    core: AsyncMutex<Core>,
}

/// Longer than any task that is polled holds the core, with the deadlines that stores and users have by default.
const CORE_DEADLINE: Duration = Duration::from_secs(60);

impl Session {
    /// A session of what the headers say. Nothing is asked.
    #[inline]
    pub(crate) fn begin(
        attached: Attached,
        method: &Method,
        clues: &Clues<'_>,
        presented: Presented,
        outer: Option<Session>,
    ) -> Self {
        let (brought, token) = Brought::of(presented);
        // If it outlasts what the store remembers of ended sessions, "none" means "ended" to it.
        let began = (!method.is_safe() && token.is_some()).then(|| attached.passport.now());
        // Two managers with cookies of one name: every question fails.
        let cookie_taken = outer.as_ref().is_some_and(|outer| outer.has_cookie_of(&*attached.passport));
        let session = Self(Arc::new(State {
            attached,
            more: OnceLock::new(),
            outer,
            brought,
            began,
            prefers_json: clues.accepted.prefers_json(),
            cookie_taken,
            gathered: Mutex::new(Gathered::default()),
            core: AsyncMutex::new(Core::new(token)),
        }));
        // Logins mostly come by methods that change something: only then is the user agent worth a copy. A guard that logs in by
        // `GET` takes it itself.
        if !method.is_safe() {
            lock(&session.0.gathered).client = clues.client();
        }
        if let Some(outer) = &session.0.outer {
            session.complete_client(outer);
        }
        session
    }

    /// What the session around this one knows of the client goes for this one too: the application may have said it.
    #[cold]
    fn complete_client(&self, outer: &Self) {
        let known = outer.client();
        let mut gathered = lock(&self.0.gathered);
        gathered.client = known.or(&gathered.client);
    }

    /// Says where the request comes from, for hooks, logs and the list of a user's sessions. Call it before
    /// login; only the application knows which proxy it may believe. What `client` does not say stays as it was. It goes for the sessions of
    /// other kinds of user around this one too. Of a `GET`, only a guard reads the user agent: a handler that logs in by `GET` says it here.
    pub fn set_client(&self, client: Client) {
        if let Some(outer) = &self.0.outer {
            outer.set_client(client.clone());
        }
        let mut gathered = lock(&self.0.gathered);
        gathered.client = client.or(&gathered.client);
    }

    /// Says from which address the request comes, unless that was said already; adapters call it with what the
    /// application told them.
    pub fn set_client_address(&self, address: IpAddr) {
        if let Some(outer) = &self.0.outer {
            outer.set_client_address(address);
        }
        let mut gathered = lock(&self.0.gathered);
        if gathered.client.address().is_none() {
            gathered.client = mem::take(&mut gathered.client).with_address(address);
        }
    }

    /// Where the request comes from, as far as is known.
    pub fn client(&self) -> Client {
        lock(&self.0.gathered).client.clone()
    }

    /// Whether a foreign site made the request, or a browser ahead of time. Realms with trusted origins of their own judge for themselves.
    pub fn is_foreign(&self) -> bool {
        self.0.attached.foreign
    }

    /// Whether the caller prefers JSON to pages.
    pub fn prefers_json(&self) -> bool {
        self.0.prefers_json
    }

    /// Whether this session or one around it has the same cookie. Rarely there is any around.
    #[cold]
    fn has_cookie_of(&self, passport: &dyn AnyPassport) -> bool {
        let name = passport.manager().cookie_name();
        !name.is_empty() && self.with_outer().any(|session| session.manager().cookie_name() == name)
    }

    /// This session and those around it.
    fn with_outer(&self) -> impl Iterator<Item = &Self> {
        std::iter::successors(Some(self), |session| session.0.outer.as_ref())
    }

    fn manager(&self) -> &std::sync::Arc<dyn crate::SessionManager> {
        self.0.manager()
    }

    /// Locks the core; `None` if somebody else has.
    fn try_lock_core(&self) -> Result<Option<AsyncMutexGuard<'_, Core>>, Error> {
        self.refuse_taken_cookie()?;
        match self.0.core.try_lock() {
            // The response is on its way.
            Some(core) if core.finished => Err(Error::Finished),
            locked => Ok(locked),
        }
    }

    /// Locks the core, and waits until it can.
    async fn lock_core(&self) -> Result<AsyncMutexGuard<'_, Core>, Error> {
        if let Some(core) = self.try_lock_core()? {
            return Ok(core);
        }
        // Rare, and kept out of every future that asks.
        let core = Box::pin(self.wait_for_core()).await?;
        if core.finished { Err(Error::Finished) } else { Ok(core) }
    }

    /// Waits for the core, but not for ever: a future that is neither polled nor dropped keeps it.
    async fn wait_for_core(&self) -> Result<AsyncMutexGuard<'_, Core>, Error> {
        let clock = self.0.attached.passport.clock();
        within(&**clock, CORE_DEADLINE, self.0.core.lock()).await.ok_or(Error::Stuck)
    }

    /// Refuses a session whose cookie would replace another one's.
    fn refuse_taken_cookie(&self) -> Result<(), Error> {
        match self.0.cookie_taken {
            true => Err(Error::CookieTaken(self.manager().cookie_name().to_owned())),
            false => Ok(()),
        }
    }
}

impl State {
    fn manager(&self) -> &std::sync::Arc<dyn crate::SessionManager> {
        self.attached.manager()
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("cookie", &self.manager().cookie_name()).finish_non_exhaustive()
    }
}
