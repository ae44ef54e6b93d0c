//! A route behind a guard, on tower.

use std::{
    convert::Infallible,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
};

use axum::body::Body;
use bytes::Bytes;
use http::{
    HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode, header, request::Builder as Head,
};
use http_body_util::{BodyExt, Full};
use passport_core::{
    BoxError, Builder, Credential, Guard, Outcome, Passport, PassportExt, Strategy, async_trait,
};
use passport_session::{FakeClock, Sessions};
use passport_tower::{GuardLayer, PassportLayer};
use tower::{Layer, ServiceExt, service_fn};

use crate::support::{Person, TestStore, User, Users};

/// A passport, and what a handler behind its guards has seen.
pub(crate) struct Stage {
    pub(crate) passport: Passport<User>,
    pub(crate) store: TestStore,
    pub(crate) clock: FakeClock,
    pub(crate) users: Users<User>,
}

/// What the handler saw.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reached {
    pub(crate) who: String,
    pub(crate) account: String,
    pub(crate) info: Option<String>,
    pub(crate) body: String,
}

/// What the browser got.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
    /// `None`: the guard answered.
    pub(crate) reached: Option<Reached>,
}

impl Stage {
    pub(crate) fn new(more: impl FnOnce(Builder<User>) -> Builder<User>) -> Self {
        let (store, clock, users) = (TestStore::new(), FakeClock::new(), Users::new());
        let sessions = Sessions::over(store.clone()).clock(clock.clone()).insecure_cookie_for_development();
        let passport = more(Passport::builder(users.clone(), &sessions)).build().unwrap();
        Self { passport, store, clock, users }
    }

    /// One strategy, `"it"`.
    pub(crate) fn with(strategy: impl Strategy<User = User>) -> Self {
        Self::new(|builder| builder.strategy("it", strategy))
    }

    pub(crate) fn guard(&self) -> passport_core::Authenticate<User> {
        self.passport.authenticate("it").unwrap()
    }

    /// Sends a request to the route behind this guard.
    pub(crate) async fn send(&self, guard: impl Guard, req: Request<Body>) -> Reply {
        let seen = Arc::new(Mutex::new(None));
        let handler = {
            let seen = Arc::clone(&seen);
            service_fn(move |req: Request<Body>| {
                let seen = Arc::clone(&seen);
                async move {
                    let auth = req.auth::<User>().unwrap();
                    let name = |user: Option<Arc<User>>| {
                        user.map_or_else(|| "nobody".to_owned(), |user| user.name().to_owned())
                    };
                    let reached = Reached {
                        who: name(auth.user().await.unwrap()),
                        account: name(auth.account()),
                        info: auth.info::<String>().map(|info| (*info).clone()),
                        body: text(req.into_body()).await,
                    };
                    *seen.lock().unwrap() = Some(reached);
                    Ok::<_, Infallible>(Response::new(Body::from("welcome")))
                }
            })
        };
        let service = PassportLayer::new(self.passport.clone()).layer(GuardLayer::new(guard).layer(handler));
        let (parts, body) = service.oneshot(req).await.unwrap().into_parts();
        let reached = seen.lock().unwrap().take();
        Reply { status: parts.status, headers: parts.headers, body: text(body).await, reached }
    }

    /// Logs alice in by hand: her cookie.
    pub(crate) async fn logged_in(&self, name: &str) -> String {
        let pending = self.passport.begin(&http::Method::POST, None, &HeaderMap::new(), None);
        pending.session().auth::<User>().unwrap().login(self.users.get(name)).await.unwrap();
        let mut headers = HeaderMap::new();
        pending.finish().await.unwrap().apply(&mut headers);
        headers[header::SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned()
    }

    /// The cookie of a visitor with a cart.
    pub(crate) async fn anonymous(&self) -> String {
        let pending = self.passport.begin(&http::Method::POST, None, &HeaderMap::new(), None);
        pending.session().insert("cart", "tea").unwrap();
        let mut headers = HeaderMap::new();
        pending.finish().await.unwrap().apply(&mut headers);
        headers[header::SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned()
    }

    /// Who this cookie is.
    pub(crate) async fn who(&self, cookie: &str) -> String {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, HeaderValue::try_from(cookie).unwrap());
        let pending = self.passport.begin(&http::Method::GET, None, &headers, None);
        crate::support::who(&pending.session().auth::<User>().unwrap()).await
    }
}

impl Reply {
    /// The handler ran for this user.
    pub(crate) fn is_for(&self, name: &str) -> bool {
        self.reached.as_ref().is_some_and(|reached| reached.who == name)
    }

    pub(crate) fn header(&self, name: HeaderName) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// Everything that `WWW-Authenticate` says, in order.
    pub(crate) fn challenges(&self) -> Vec<&str> {
        let all = self.headers.get_all(header::WWW_AUTHENTICATE).iter();
        all.map(|value| value.to_str().unwrap()).collect()
    }

    pub(crate) fn location(&self) -> Option<&str> {
        self.header(header::LOCATION)
    }

    pub(crate) fn cookie(&self) -> Option<String> {
        Some(self.header(header::SET_COOKIE)?.split(';').next().unwrap().to_owned())
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        assert_eq!(self.header(header::CONTENT_TYPE), Some("application/problem+json"));
        serde_json::from_str(&self.body).unwrap()
    }
}

async fn text(body: Body) -> String {
    String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap()
}

pub(crate) fn get(uri: &str) -> Head {
    Request::get(uri).header(header::HOST, "example.com")
}

pub(crate) fn post(uri: &str) -> Head {
    Request::post(uri).header(header::HOST, "example.com")
}

/// A login form, filled in.
pub(crate) fn form(head: Head, fields: &'static str) -> Request<Body> {
    head.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").body(Body::from(fields)).unwrap()
}

/// No body.
pub(crate) fn bare(head: Head) -> Request<Body> {
    head.body(Body::empty()).unwrap()
}

/// A body that tells whether it was read.
pub(crate) fn watched(content: &'static str) -> (Body, Arc<AtomicUsize>) {
    let reads = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&reads);
    let body = Full::new(Bytes::from_static(content.as_bytes())).map_frame(move |frame| {
        count.fetch_add(1, Relaxed);
        frame
    });
    (Body::new(body), reads)
}

type Answer = dyn Fn(&Request<Bytes>) -> Result<Outcome<User>, BoxError> + Send + Sync;

/// A strategy that says what a test tells it to.
pub(crate) struct Says {
    answer: Box<Answer>,
    credential: Credential,
    challenge: Option<&'static str>,
    calls: Arc<AtomicUsize>,
    hangs: bool,
}

/// A strategy that logs in.
pub(crate) fn says(answer: impl Fn(&Request<Bytes>) -> Outcome<User> + Send + Sync + 'static) -> Says {
    errs(move |req| Ok(answer(req)))
}

/// A strategy that may fail to find out.
pub(crate) fn errs(
    answer: impl Fn(&Request<Bytes>) -> Result<Outcome<User>, BoxError> + Send + Sync + 'static,
) -> Says {
    Says {
        answer: Box::new(answer),
        credential: Credential::Login,
        challenge: None,
        calls: Arc::default(),
        hangs: false,
    }
}

/// A strategy that never answers.
pub(crate) fn hangs() -> Says {
    Says { hangs: true, ..says(|_| Outcome::Pass) }
}

/// Logs in whom the form names: alice and bob; nobody else is right, and an empty form says nothing.
pub(crate) fn local() -> Says {
    says(|req| {
        let body = std::str::from_utf8(req.body()).unwrap();
        match body.split('&').find_map(|pair| pair.strip_prefix("user=")) {
            Some(name @ ("alice" | "bob")) => Outcome::success(User::of(name, 0)),
            Some(_) => Outcome::fail("Wrong username or password."),
            None => Outcome::Pass,
        }
    })
}

/// Reads a header of the client's own code.
pub(crate) fn key() -> Says {
    let key = says(|req| match req.headers().get("x-key").map(HeaderValue::as_bytes) {
        Some(b"bob") => Outcome::success(User::of("bob", 0)),
        Some(_) => Outcome::fail("That is no key."),
        None => Outcome::Pass,
    });
    Says { credential: Credential::Header, ..key }
}

/// Reads what a browser attaches on its own.
pub(crate) fn basic() -> Says {
    let basic = says(|req| match req.headers().get(header::AUTHORIZATION).map(HeaderValue::as_bytes) {
        Some(b"Basic bob") => Outcome::success(User::of("bob", 0)),
        Some(_) => Outcome::fail("Wrong username or password."),
        None => Outcome::Pass,
    });
    Says { credential: Credential::Ambient, ..basic }.challenge("Basic realm=\"all\"")
}

impl Says {
    pub(crate) fn challenge(mut self, challenge: &'static str) -> Self {
        self.challenge = Some(challenge);
        self
    }

    /// How often it ran.
    pub(crate) fn calls(&self) -> Arc<AtomicUsize> {
        Arc::clone(&self.calls)
    }
}

#[async_trait]
impl Strategy for Says {
    type User = User;

    async fn authenticate(&self, req: &Request<Bytes>) -> Result<Outcome<User>, BoxError> {
        self.calls.fetch_add(1, Relaxed);
        if self.hangs {
            std::future::pending::<()>().await;
        }
        (self.answer)(req)
    }

    fn credential(&self) -> Credential {
        self.credential
    }

    fn challenge(&self) -> Option<HeaderValue> {
        self.challenge.map(HeaderValue::from_static)
    }
}
