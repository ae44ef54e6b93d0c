//! Everything that is configured for one kind of user.

mod realm;

use std::{
    fmt,
    future::poll_fn,
    pin::pin,
    sync::{Arc, OnceLock},
    time::Duration,
};

pub(crate) use self::realm::Finding;
use bytes::Bytes;
use http::{HeaderMap, Method, Response, uri::Authority};
use serde_core::{Serialize, de::DeserializeOwned};

use crate::{
    Authenticate, BoxError, BoxFuture, Builder, Client, Clock, Error, Grants, Hooks, IntoSessions, LoggedOut,
    Owner, Pending, Presented, Refusal, RequireLogin, Scope, Session, SessionManager, Strategy, UserRef,
    UserStore,
    authenticate::StrategyNames,
    clues::{Clue, Clues},
    events,
    no_sessions::NoSessions,
    panics::Timed,
    token,
    user_store::{DynUserStore, Ids, Nobody},
};

/// Everything that is configured for one kind of user: where users come from, where sessions live, and which
/// strategies there are. Cheap to clone.
#[must_use = "a passport knows no request until an adapter's layer or middleware is made of it"]
pub struct Passport<U>(pub(crate) Arc<Inner<U>>);

/// One way to sign in, under its name.
pub(crate) type Named<U> = (&'static str, Arc<dyn Strategy<User = U>>);
pub(crate) type Renderer = dyn Fn(&Refusal, bool) -> Response<Bytes> + Send + Sync;

pub(crate) struct Inner<U> {
    pub(crate) realm: &'static str,
    pub(crate) users: Box<dyn DynUserStore<U>>,
    pub(crate) sessions: Arc<dyn SessionManager>,
    pub(crate) strategies: Vec<Named<U>>,
    pub(crate) hooks: Vec<Box<dyn Hooks<U>>>,
    pub(crate) trusted: Vec<Box<str>>,
    pub(crate) deadline: Duration,
    pub(crate) login_page: Option<Box<str>>,
    pub(crate) body_limit: usize,
    pub(crate) render: Option<Box<Renderer>>,
    /// For a passport without sessions: the adapter's.
    pub(crate) clock: OnceLock<Arc<dyn Clock>>,
}

impl<U: Send + Sync + 'static> Passport<U> {
    /// Begins a passport over users and sessions. Passports over clones of one session manager share a
    /// session; over two managers they have two.
    pub fn builder(users: impl UserStore<User = U>, sessions: impl IntoSessions) -> Builder<U> {
        Builder::new(Box::new(users), sessions.into_sessions())
    }

    /// Begins a passport for an API: every request brings its credential, and nobody is remembered. It needs a strategy.
    pub fn stateless() -> Builder<U> {
        Builder::new(Box::new(Nobody), Arc::new(NoSessions::new()))
    }

    /// Begins a passport for those who only keep an id: the user is its own key. Sessions end by logout and
    /// timeout alone, because nothing says when a user has changed.
    pub fn of_ids(sessions: impl IntoSessions) -> Builder<U>
    where
        U: Serialize + DeserializeOwned + Clone,
    {
        Builder::new(Box::new(Ids::new()), sessions.into_sessions())
    }

    /// Begins a request. No await, no I/O: it finds the session cookie in the headers, and what else they say of where the
    /// request comes from and what it wants.
    ///
    /// `authority` is that of the request's address: HTTP/2 requests may carry no `Host`. `outer` is the session in
    /// the request's type map, if a passport further out has put one there.
    pub fn begin(
        &self,
        method: &Method,
        authority: Option<&Authority>,
        headers: &HeaderMap,
        outer: Option<Session>,
    ) -> Pending {
        let (mut clues, mut presented) = (Clues::default(), Presented::default());
        clues.read(headers, &*self.0.sessions, &mut presented);
        self.begin_by(method, authority, &clues, presented, outer)
    }

    /// As [`begin`](Self::begin), for frameworks whose headers are not those of the `http` crate: `find` says the values of a
    /// header as they came, without copying any. It is asked for what is needed alone.
    ///
    /// # Security
    ///
    /// `find` has to pass over upper and lower case in names (RFC 9110, section 5.1) and to say every value, each line of the
    /// request on its own: a header that it overlooks is one that another site's request has not sent.
    #[inline]
    pub fn begin_with<'a, V: IntoIterator<Item = &'a [u8]>>(
        &self,
        method: &Method,
        authority: Option<&Authority>,
        find: impl FnMut(Clue) -> V,
        outer: Option<Session>,
    ) -> Pending {
        let (mut clues, mut presented) = (Clues::default(), Presented::default());
        let trusts = !self.0.trusted.is_empty();
        clues.look_up(find, &*self.0.sessions, &mut presented, method, trusts);
        self.begin_by(method, authority, &clues, presented, outer)
    }

    /// A guard that runs one or several strategies, in this order.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownStrategy`] for a name that the builder does not know; [`Error::Config`] for none at all, or
    /// one twice.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "`authenticate(\"local\")` and `authenticate([…])` read as they should"
    )]
    pub fn authenticate(&self, names: impl StrategyNames) -> Result<Authenticate<U>, Error> {
        Ok(Authenticate::new(self.clone(), self.named(&names.names())?))
    }

    /// A guard that authenticates a second account, without touching who is logged in: see
    /// [`Auth::account`](crate::Auth::account).
    ///
    /// # Errors
    ///
    /// As [`authenticate`](Self::authenticate).
    pub fn authorize(&self, names: impl StrategyNames) -> Result<Authenticate<U>, Error> {
        Ok(self.authenticate(names)?.for_account())
    }

    /// A guard that lets only logged-in users in.
    pub fn require_login(&self) -> RequireLogin<U> {
        RequireLogin::new(self.clone())
    }

    /// Ends all sessions of the user with this key: after a password change, when it is disabled or deleted, by
    /// an administrator. How many sessions that were.
    ///
    /// # Errors
    ///
    /// [`Error::Key`] if this is no key of the user store; [`Error::NeedsStore`] for cookie-only sessions; or the
    /// store cannot be reached.
    pub async fn end_sessions<K: Serialize + ?Sized + Sync>(&self, key: &K) -> Result<u64, Error> {
        let key = serde_json::to_vec(key).map_err(|_| Error::Key("written as JSON"))?;
        if !self.0.users.is_key(&key) {
            return Err(Error::Key("used: it is not of the type that `UserStore::Key` says"));
        }
        let ended = self.0.sessions.delete_all(&Owner::new(self.0.realm, &key), None).await?;
        let done = LoggedOut { ended, ..LoggedOut::default() };
        events::logged_out(Some(self.0.realm), Some(&key), Scope::Everywhere, &done, &Client::new());
        Ok(ended)
    }

    /// What a token may carry instead of a user, to be [resolved](Self::resolve) when it comes back.
    ///
    /// # Errors
    ///
    /// [`Error::Key`] if the key cannot be written; [`Error::NoSessions`] for a passport without a user store.
    pub fn reference(&self, user: &U) -> Result<UserRef, Error> {
        let key = self.0.users.key(user)?;
        let kept = self.0.kept(user, &key);
        let hash = UserRef::hash(self.0.realm, &key, &kept);
        Ok(UserRef::new(key, hash))
    }

    /// The user whom a reference means; `None` if that one is gone, or is not who it was. Asks the user store.
    ///
    /// # Errors
    ///
    /// [`Error::User`] if nobody can say.
    pub async fn resolve(&self, reference: &UserRef) -> Result<Option<Arc<U>>, Error> {
        let (realm, key) = (self.0.realm, reference.key());
        let is = |kept: &_| token::same(&UserRef::hash(realm, key, kept), reference.fingerprint());
        self.0.recall(key, is).await
    }

    /// Logins of this realm that no cookie holds, kept by these sessions: they need the passport's own store, and a cookie
    /// name of their own, which keeps their ids apart from all others. No cookie of that name is ever sent.
    ///
    /// # Errors
    ///
    /// [`Error::NeedsStore`] for cookie-only sessions; [`Error::Config`] if the store is another one, where ending this
    /// user's sessions would miss them, or if the sessions cannot work; [`Error::CookieTaken`] if the name is the passport's.
    pub fn grants(&self, sessions: impl IntoSessions) -> Result<Grants<U>, Error> {
        Grants::new(self.clone(), sessions.into_sessions())
    }

    /// The realm's name.
    pub fn realm(&self) -> &'static str {
        self.0.realm
    }

    /// The clock that this passport goes by: that of its sessions, or of the adapter where there are none.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        self.0.clock()
    }

    /// Brings the runtime's clock to a passport that has no sessions: adapters call it, so that strategies have
    /// a deadline. Where there is a clock already, it stays.
    pub fn provide_clock(&self, clock: Arc<dyn Clock>) {
        // Sessions, which have a cookie, bring theirs: also the one that a test turns by hand.
        if self.0.sessions.cookie_name().is_empty() {
            // A clock that is there already is as good.
            let _ = self.0.clock.set(clock);
        }
    }

    pub(crate) fn strategy(&self, name: &str) -> Result<&Named<U>, Error> {
        self.0.strategies.iter().find(|(own, _)| *own == name).ok_or_else(|| {
            let known: Vec<_> = self.0.strategies.iter().map(|(own, _)| format!("`{own}`")).collect();
            let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
            let hint = if name == "session" { ", SessionStrategy::new()" } else { ", …" };
            Error::UnknownStrategy { name: name.to_owned(), known, hint }
        })
    }

    fn named(&self, names: &[&str]) -> Result<Vec<Named<U>>, Error> {
        if names.is_empty() {
            return Err(Error::Config(
                "a guard needs at least one strategy: name one, as in `authenticate(\"local\")`".into(),
            ));
        }
        if let Some((at, twice)) = names.iter().enumerate().find(|(at, name)| names[..*at].contains(name)) {
            return Err(Error::Config(
                format!("strategy `{twice}` is named twice in one guard, at place {}", at + 1).into(),
            ));
        }
        names.iter().map(|name| self.strategy(name).cloned()).collect()
    }
}

impl<U> Clone for Passport<U> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<U> fmt::Debug for Passport<U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.0.strategies.iter().map(|(name, _)| *name).collect();
        f.debug_struct("Passport")
            .field("realm", &self.0.realm)
            .field("strategies", &names)
            .finish_non_exhaustive()
    }
}

impl<U> Inner<U> {
    pub(crate) fn clock(&self) -> &Arc<dyn Clock> {
        self.clock.get().unwrap_or_else(|| self.sessions.clock())
    }

    /// Runs a hook, or a strategy's logout: under the deadline, and safe from its panics.
    pub(crate) async fn timed<T>(
        &self,
        call: impl Future<Output = Result<T, BoxError>>,
    ) -> Result<T, BoxError> {
        let mut call = pin!(call);
        let mut timed = Timed::new(call.as_mut());
        poll_fn(|cx| timed.poll(cx, || self.timer())).await
    }

    /// Resolves when a plug-in's call has taken too long.
    fn timer(&self) -> BoxFuture<'static, ()> {
        self.clock().sleep(self.deadline)
    }

    pub(crate) fn rendered(&self, refusal: &Refusal, json: bool) -> Response<Bytes> {
        self.render.as_ref().map_or_else(|| refusal.response(json), |render| render(refusal, json))
    }
}
