//! Configuring a passport. Whatever cannot work is refused by `build`, when the application starts.

use std::{
    fmt,
    sync::{Arc, OnceLock, Weak},
    time::Duration,
};

use bytes::Bytes;
use http::Response;

use crate::{
    BoxError, EndedLogin, Error, FailedAttempt, Hooks, LoginEvent, LoginRefused, Passport, Refusal,
    SessionManager, Strategy, hooks::Closure, origin, passport::Inner, user_store::DynUserStore,
};

/// How long a strategy may take, unless set.
const DEADLINE: Duration = Duration::from_secs(30);
/// The largest body that is buffered for strategies, in bytes, unless set.
const BODY_LIMIT: usize = 64 * 1024;

/// Configures a [`Passport`]; [`build`](Self::build) checks it.
#[must_use = "a builder is not a passport yet: call `build()`"]
pub struct Builder<U>(Inner<U>);

impl<U: Send + Sync + 'static> Builder<U> {
    pub(crate) fn new(users: Box<dyn DynUserStore<U>>, sessions: Arc<dyn SessionManager>) -> Self {
        Self(Inner {
            realm: "user",
            users,
            sessions,
            strategies: Vec::new(),
            hooks: Vec::new(),
            trusted: Vec::new(),
            deadline: DEADLINE,
            login_page: None,
            body_limit: BODY_LIMIT,
            render: None,
            clock: OnceLock::new(),
        })
    }

    /// Names the realm: what tells this kind of login from others in one session. `"user"` unless set.
    pub fn realm(mut self, realm: &'static str) -> Self {
        self.0.realm = realm;
        self
    }

    /// Adds a way to sign in, under a name that guards go by.
    pub fn strategy(mut self, name: &'static str, strategy: impl Strategy<User = U>) -> Self {
        self.0.strategies.push((name, Arc::new(strategy)));
        self
    }

    /// Adds hooks; they are called in the order of registration.
    pub fn hooks(mut self, hooks: impl Hooks<U>) -> Self {
        self.0.hooks.push(Box::new(hooks));
        self
    }

    /// Calls a closure before a login is written; it may refuse, with a reason.
    pub fn before_login<F>(self, hook: impl Fn(LoginEvent<U>) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<(), LoginRefused>> + Send + 'static,
    {
        self.hooks(Closure::BeforeLogin(Box::new(move |login| Box::pin(hook(login)))))
    }

    /// Calls a closure after a login.
    pub fn after_login<F>(self, hook: impl Fn(LoginEvent<U>) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<(), BoxError>> + Send + 'static,
    {
        self.hooks(Closure::AfterLogin(Box::new(move |login| Box::pin(hook(login)))))
    }

    /// Calls a closure after a logout, once for each login that ended here.
    pub fn after_logout<F>(self, hook: impl Fn(EndedLogin) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<(), BoxError>> + Send + 'static,
    {
        self.hooks(Closure::<U>::AfterLogout(Box::new(move |login| Box::pin(hook(login)))))
    }

    /// Calls a closure after a credential was presented and refused.
    pub fn on_failed_attempt<F>(self, hook: impl Fn(FailedAttempt) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<(), BoxError>> + Send + 'static,
    {
        self.hooks(Closure::<U>::FailedAttempt(Box::new(move |attempt| Box::pin(hook(attempt)))))
    }

    /// Lets another origin log in and out: `https://app.example.com`, exactly as browsers send it.
    pub fn trust_origin(mut self, origin: impl Into<String>) -> Self {
        self.0.trusted.push(origin.into().into());
        self
    }

    /// Says where the login form is: visitors who must log in are sent there and brought back.
    pub fn login_page(mut self, path: impl Into<String>) -> Self {
        self.0.login_page = Some(path.into().into());
        self
    }

    /// Sets how long a strategy may take; 30 seconds unless set.
    pub fn strategy_deadline(mut self, deadline: Duration) -> Self {
        self.0.deadline = deadline;
        self
    }

    /// Sets the largest body that is buffered for strategies, in bytes; 64 KiB unless set. Beyond it: 413.
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.0.body_limit = bytes;
        self
    }

    /// Renders refusals and errors the application's own way; the `bool` says whether the caller prefers JSON.
    pub fn render_refusals(
        mut self,
        render: impl Fn(&Refusal, bool) -> Response<Bytes> + Send + Sync + 'static,
    ) -> Self {
        self.0.render = Some(Box::new(render));
        self
    }

    /// Checks everything and makes the passport.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] with a sentence that says what to do.
    pub fn build(self) -> Result<Passport<U>, Error> {
        let Self(inner) = self;
        let wrong = |sentence: String| Err(Error::Config(sentence.into()));
        if inner.realm.is_empty() {
            return wrong("a realm needs a name: give `.realm(\"…\")` one, or leave it out".into());
        }
        for (at, (name, _)) in inner.strategies.iter().enumerate() {
            if name.is_empty() {
                return wrong("a strategy needs a name: `.strategy(\"local\", …)`".into());
            }
            if inner.strategies[..at].iter().any(|(other, _)| other == name) {
                return wrong(format!(
                    "there are two strategies named `{name}`: give each a name of its own"
                ));
            }
        }
        // Without a cookie there is no session, and without either nobody will ever be known.
        if inner.strategies.is_empty() && inner.sessions.cookie_name().is_empty() {
            return wrong(
                "a passport without sessions knows users by its strategies alone, and this one has none: add \
                 `.strategy(\"api-key\", …)`, or keep sessions with `Passport::builder(users, &sessions)`"
                    .into(),
            );
        }
        for origin in &inner.trusted {
            origin::check_trusted(origin)?;
        }
        if let Some(page) = &inner.login_page
            && crate::ReturnTo::parse(page).is_none()
        {
            return wrong(format!(
                "the login page `{page}` is not a path of this site: write it as `/login`"
            ));
        }
        inner.sessions.check()?;
        let inner = Arc::new(inner);
        let weak: Weak<Inner<U>> = Arc::downgrade(&inner);
        inner.sessions.claim(inner.realm, weak)?;
        Ok(Passport(inner))
    }
}

impl<U> fmt::Debug for Builder<U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder").field("realm", &self.0.realm).finish_non_exhaustive()
    }
}
