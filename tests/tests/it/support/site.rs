//! An application, as small as it can be.

use std::net::IpAddr;

use http::{Request, header, request::Builder as RequestBuilder};
use passport_core::{Builder, Passport, Pending, Session};
use passport_session::{FakeClock, Key, MemoryRevocations, SealedSessions, Sessions};

use super::{Admin, Jar, TestStore, User, Users, Visit};

type Layer = Box<dyn Fn(&Request<()>, Option<Session>) -> Pending + Send + Sync>;

/// Passports over one store, and a clock that is turned by hand.
pub(crate) struct Site {
    pub(crate) store: TestStore,
    pub(crate) clock: FakeClock,
    pub(crate) users: Users<User>,
    pub(crate) admins: Users<Admin>,
    pub(crate) passport: Passport<User>,
    /// Outermost first.
    layers: Vec<Layer>,
}

/// How the parts of a [`Site`] are put together.
pub(crate) struct SiteBuilder {
    pub(crate) store: TestStore,
    pub(crate) clock: FakeClock,
    pub(crate) users: Users<User>,
    pub(crate) admins: Users<Admin>,
    pub(crate) sessions: Sessions,
}

impl SiteBuilder {
    pub(crate) fn new() -> Self {
        let (store, clock) = (TestStore::new(), FakeClock::new());
        let sessions = Sessions::over(store.clone()).clock(clock.clone()).insecure_cookie_for_development();
        Self { store, clock, users: Users::new(), admins: Users::new(), sessions }
    }

    /// Changes what the sessions are.
    pub(crate) fn sessions(mut self, change: impl FnOnce(Sessions) -> Sessions) -> Self {
        self.sessions = change(self.sessions);
        self
    }

    /// One kind of user.
    pub(crate) fn site(self) -> Site {
        self.site_with(|builder| builder)
    }

    /// One kind of user, with hooks or strategies.
    pub(crate) fn site_with(self, more: impl FnOnce(Builder<User>) -> Builder<User>) -> Site {
        let passport = more(Passport::builder(self.users.clone(), &self.sessions)).build().unwrap();
        self.of(passport, None::<Passport<Admin>>)
    }

    /// One kind of user, with sessions that are sealed in the cookie: the store stays empty.
    pub(crate) fn sealed(self) -> Site {
        let sessions = SealedSessions::new(Key::generate().unwrap(), MemoryRevocations::new());
        let sessions = sessions.clock(self.clock.clone()).insecure_cookie_for_development();
        let passport = Passport::builder(self.users.clone(), &sessions).build().unwrap();
        self.of(passport, None::<Passport<Admin>>)
    }

    /// Users and admins in one session.
    pub(crate) fn two_realms(self) -> Site {
        let sessions = self.sessions.clone();
        self.with_admin(&sessions)
    }

    /// Users and admins in two sessions, with a cookie each; the store is the same.
    pub(crate) fn two_cookies(self) -> Site {
        let sessions = self.sessions.clone().cookie("asid");
        self.with_admin(&sessions)
    }

    fn with_admin(self, sessions: &Sessions) -> Site {
        let passport = Passport::builder(self.users.clone(), &self.sessions).build().unwrap();
        let admin = Passport::builder(self.admins.clone(), sessions).realm("admin").build().unwrap();
        self.of(passport, Some(admin))
    }

    fn of(self, passport: Passport<User>, admin: Option<Passport<Admin>>) -> Site {
        let mut layers = vec![layer(passport.clone())];
        layers.extend(admin.map(layer));
        let Self { store, clock, users, admins, .. } = self;
        Site { store, clock, users, admins, passport, layers }
    }
}

fn layer<U: Send + Sync + 'static>(passport: Passport<U>) -> Layer {
    Box::new(move |req, outer| passport.begin(req.method(), req.uri().authority(), req.headers(), outer))
}

impl Site {
    /// One kind of user.
    pub(crate) fn new() -> Self {
        SiteBuilder::new().site()
    }

    /// A POST with this `Cookie` header, or without one.
    pub(crate) fn visit(&self, cookies: &str) -> Visit {
        self.begin(request(cookies))
    }

    /// The same, made by another site.
    pub(crate) fn foreign(&self, cookies: &str) -> Visit {
        self.begin(request(cookies).header("sec-fetch-site", "cross-site"))
    }

    /// Begins a request.
    pub(crate) fn begin(&self, request: RequestBuilder) -> Visit {
        self.begin_with(request, |_| {})
    }

    /// Begins a request whose address the outermost layer knows.
    pub(crate) fn begin_from(&self, address: IpAddr, request: RequestBuilder) -> Visit {
        self.begin_with(request, |pending| pending.session().set_client_address(address))
    }

    /// Begins a request of which the outermost layer knows more.
    pub(crate) fn begin_with(&self, request: RequestBuilder, outermost: impl Fn(&Pending)) -> Visit {
        let request = request.body(()).unwrap();
        let mut pendings: Vec<Pending> = Vec::new();
        for layer in &self.layers {
            let outer = pendings.last().map(|pending| pending.session().clone());
            pendings.push(layer(&request, outer));
            if let [pending] = &pendings[..] {
                outermost(pending);
            }
        }
        Visit::new(pendings, self.users.clone(), self.admins.clone())
    }

    /// The cookie of a new login.
    pub(crate) async fn logged_in(&self, name: &str) -> String {
        let visit = self.visit("");
        visit.login(name).await;
        visit.end().await.cookie()
    }

    /// The cookie of a new login that has put something into its session.
    pub(crate) async fn logged_in_with(&self, name: &str, key: &str, value: &str) -> String {
        let visit = self.visit("");
        visit.login(name).await;
        visit.put(key, value);
        visit.end().await.cookie()
    }

    /// A browser in which alice is logged in, and root as an admin.
    pub(crate) async fn logged_in_twice(&self) -> Jar {
        let visit = self.visit("");
        visit.login("alice").await;
        visit.login_admin("root").await;
        let mut browser = Jar::default();
        browser.keep(&visit.end().await);
        browser
    }

    /// The cookie of somebody with a cart: tea.
    pub(crate) async fn anonymous(&self) -> String {
        let visit = self.visit("");
        visit.put("cart", "tea");
        visit.end().await.cookie()
    }

    /// Who this cookie is.
    pub(crate) async fn who(&self, cookies: &str) -> String {
        self.visit(cookies).who().await
    }

    /// What this cookie's session holds under a key.
    pub(crate) async fn holds(&self, cookies: &str, key: &str) -> Option<String> {
        self.visit(cookies).get(key).await
    }

    /// How many live sessions this user has.
    pub(crate) async fn sessions_of(&self, name: &str) -> usize {
        let now = passport_core::Clock::now(&self.clock);
        self.store.sessions_of("user", name, now).await
    }
}

/// A POST with this `Cookie` header, or without one.
pub(crate) fn request(cookies: &str) -> RequestBuilder {
    let request = Request::post("/").header(header::HOST, "example.com");
    if cookies.is_empty() { request } else { request.header(header::COOKIE, cookies) }
}
