//! The conformance app: every route that the tests ask for, written once for all frameworks.

mod account;
mod clock;
mod control;
mod faulty;
mod login;
mod logout;
mod notes;
mod reply;
mod socket;
mod users;

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use example_shared::{Store, sentence};
use http::{Method, Request, StatusCode, request::Parts};
use passport_core::{Error, Message, Passport, PassportExt};
use passport_local::Local;
use passport_session::Sessions;

use self::{
    clock::ShiftedClock,
    faulty::Faulty,
    reply::{error, json, refusal, status, text},
    users::{Admins, Users},
};
pub use self::{
    reply::Reply,
    users::{Admin, User},
};

/// The largest body, in bytes.
pub const BODY_LIMIT: usize = 64 * 1024;

/// What the command line chose.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The framework's name.
    pub framework: String,
    /// Where to listen.
    pub addr: String,
    /// The session store.
    pub sessions: String,
    /// Whether cookies are as in production.
    pub secure: bool,
    /// The idle timeout, in seconds.
    pub idle: Option<u64>,
    /// The absolute timeout, in seconds.
    pub absolute: Option<u64>,
}

/// Everything the routes need. Cheap to clone.
#[derive(Clone, Debug)]
pub struct App(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    users: Users,
    faults: Arc<Faulty>,
    clock: ShiftedClock,
    /// Whether sessions expire by it.
    own_clock: bool,
    user: Passport<User>,
    admin: Passport<Admin>,
}

impl App {
    /// Sets everything up.
    ///
    /// # Errors
    ///
    /// A sentence for the one who started the program.
    pub async fn new(settings: &Settings) -> Result<Self, String> {
        let store = Store::parse(&settings.sessions).map_err(|error| error.to_string())?;
        // Others judge by the time of the database, or of their own.
        let own_clock = store == Store::Memory;
        let store = store.open().await.map_err(|error| sentence(&*error))?;
        let (faults, clock) = (Arc::new(Faulty::over(store)), ShiftedClock::default());
        let sessions = |name: &str| {
            let mut sessions = Sessions::over(faults.clone()).cookie(name).clock(clock.clone());
            if !settings.secure {
                sessions = sessions.insecure_cookie_for_development();
            }
            if let Some(idle) = settings.idle {
                sessions = sessions.idle_timeout(Duration::from_secs(idle));
            }
            if let Some(absolute) = settings.absolute {
                sessions = sessions.absolute_timeout(Duration::from_secs(absolute));
            }
            sessions
        };
        let users = Users::known();
        let local = Local::new(users.clone());
        let user = Passport::builder(users.clone(), sessions("session")).strategy("local", local);
        let user = user.render_refusals(|refused, _| refusal(refused));
        let admin = Passport::builder(Admins, sessions("admin_session")).realm("admin");
        let admin = admin.render_refusals(|refused, _| refusal(refused));
        let admin = admin.strategy("local", Local::new(Admins));
        let user = user.build().map_err(|error| error.to_string())?;
        let admin = admin.build().map_err(|error| error.to_string())?;
        Ok(Self(Arc::new(Inner { users, faults, clock, own_clock, user, admin })))
    }

    /// The first realm: its layer stands inside, so that its session is the request's.
    pub fn user(&self) -> Passport<User> {
        self.0.user.clone()
    }

    /// The second realm: its layer stands outside.
    pub fn admin(&self) -> Passport<Admin> {
        self.0.admin.clone()
    }

    /// What is refused before the body is read: foreign requests to whatever logs in, logs out, or ends sessions.
    ///
    /// # Errors
    ///
    /// The answer.
    pub fn before_body(req: &Parts) -> Result<(), Reply> {
        let changes = req.method != Method::GET
            && matches!(
                req.uri.path().split('/').nth(1),
                Some("login" | "logout" | "sessions" | "password" | "admin")
            );
        let foreign = || req.session().is_ok_and(|session| session.is_foreign());
        if changes && foreign() { Err(error(&Error::CrossSite)) } else { Ok(()) }
    }

    /// What answers an error.
    pub fn error(fault: &Error) -> Reply {
        error(fault)
    }

    /// What answers with a bare status.
    pub fn status(code: StatusCode) -> Reply {
        status(code)
    }

    /// Answers `/bare`, outside of every passport.
    pub fn bare(method: &Method) -> Reply {
        match *method {
            Method::GET | Method::HEAD => text(StatusCode::OK, "ok"),
            _ => status(StatusCode::METHOD_NOT_ALLOWED),
        }
    }

    /// Answers every route but `/bare` and `/ws`, which the framework itself must serve. A panic in one is that
    /// request's 500.
    pub async fn answer(&self, req: Request<Bytes>) -> Reply {
        let app = self.clone();
        let answering = tokio::spawn(async move { app.route(&req).await.unwrap_or_else(|reply| reply) });
        answering.await.unwrap_or_else(|_| status(StatusCode::INTERNAL_SERVER_ERROR))
    }

    async fn route(&self, req: &Request<Bytes>) -> Result<Reply, Reply> {
        let path = req.uri().path();
        if let Some(rest) = path.strip_prefix("/control/") {
            return control::route(&self.0, rest, req);
        }
        let segments: Vec<&str> = path.split('/').skip(1).collect();
        match (req.method().as_str(), segments.as_slice()) {
            ("GET", ["public"]) => Ok(text(StatusCode::OK, "ok")),
            ("POST", ["login"]) => login::login::<User>(req, "local").await,
            ("GET", ["me"]) => login::me::<User>(req, 0).await,
            ("GET", ["slow"]) => login::me::<User>(req, millis(req, "ms")).await,
            ("POST", ["logout"]) => logout::logout::<User>(req).await,
            ("DELETE", ["logout"]) => logout::with_words(req).await,
            ("POST", ["logout", "others"]) => logout::elsewhere(req, passport_core::Logout::others()).await,
            ("POST", ["logout", "everywhere"]) => {
                logout::elsewhere(req, passport_core::Logout::everywhere()).await
            }
            ("POST", ["logout", "keep"]) => logout::keep(req).await,
            ("GET", ["sessions"]) => account::sessions(req).await,
            ("DELETE", ["sessions", handle]) => account::end_session(req, handle).await,
            ("GET", ["notes"]) => notes::all(req).await,
            ("PUT" | "DELETE", ["notes", key]) => notes::write(req, key).await,
            ("POST", ["password"]) => account::change_password(&self.0.users, req).await,
            ("POST", ["admin", "login"]) => login::login::<Admin>(req, "local").await,
            ("GET", ["admin", "me"]) => login::me::<Admin>(req, 0).await,
            ("POST", ["admin", "logout"]) => logout::logout::<Admin>(req).await,
            ("GET", ["boom"]) => boom(),
            (_, known) if is_known(known) => Err(status(StatusCode::METHOD_NOT_ALLOWED)),
            _ => Ok(text(StatusCode::NOT_FOUND, "Not Found")),
        }
    }
}

/// The one failure there is.
pub const WRONG: Message = Message::new("wrong", "Wrong username or password.");

#[expect(clippy::panic, reason = "this is what the route is for")]
fn boom() -> Result<Reply, Reply> {
    panic!("this handler always panics")
}

fn is_known(path: &[&str]) -> bool {
    match path {
        [one] => matches!(
            *one,
            "public" | "login" | "me" | "slow" | "logout" | "sessions" | "notes" | "password" | "boom" | "ws"
        ),
        ["logout", what] => matches!(*what, "others" | "everywhere" | "keep"),
        ["admin", what] => matches!(*what, "login" | "me" | "logout"),
        ["sessions" | "notes", _] => true,
        _ => false,
    }
}

/// A number of milliseconds in the query; zero without one.
fn millis<B>(req: &Request<B>, name: &str) -> u64 {
    let query = req.uri().query().unwrap_or_default();
    let value = query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
    value.and_then(|value| value.parse().ok()).unwrap_or_default()
}

/// Really waits: the app is a program like any other.
async fn wait(millis: u64) {
    if millis > 0 {
        tokio::time::sleep(Duration::from_millis(millis)).await;
    }
}

/// The body as a JSON object.
fn object(req: &Request<Bytes>) -> Result<serde_json::Map<String, serde_json::Value>, Reply> {
    match serde_json::from_slice(req.body()) {
        Ok(serde_json::Value::Object(object)) => Ok(object),
        _ => {
            Err(json(StatusCode::BAD_REQUEST, &serde_json::json!({ "error": "the body is no JSON object" })))
        }
    }
}
