//! One server process: passports over its own handle on the store.

use std::sync::Arc;

use passport_core::{Auth, Passport, Pending, Session};
use passport_session::{IdHash, SessionStore, Sessions};
use sha2::{Digest, Sha256};

use super::{board::Board, clock::StepClock, gated::Gated, people::People};
use crate::support::{Admin, User, request};

/// The name of the session cookie.
pub(super) const COOKIE: &str = "session";

/// Users and admins in one session.
pub(super) struct Server {
    pub(super) store: Gated,
    pub(super) people: People<User>,
    pub(super) admins: People<Admin>,
    passport: Passport<User>,
    admin: Passport<Admin>,
}

/// A request that has begun.
pub(super) struct Begun {
    outer: Pending,
    inner: Pending,
}

impl Server {
    pub(super) fn new(
        board: &Board,
        clock: &StepClock,
        people: &People<User>,
        admins: &People<Admin>,
        store: Arc<dyn SessionStore>,
    ) -> Arc<Self> {
        let store = Gated::new(board.clone(), clock.clone(), store);
        let sessions = Sessions::over(store.clone()).clock(clock.clone()).insecure_cookie_for_development();
        let passport = Passport::builder(people.clone(), &sessions).build().unwrap();
        let admin = Passport::builder(admins.clone(), &sessions).realm("admin").build().unwrap();
        Arc::new(Self { store, people: people.clone(), admins: admins.clone(), passport, admin })
    }

    pub(super) fn begin(&self, cookie: Option<&str>) -> Begun {
        let cookies = cookie.map_or_else(String::new, |value| format!("{COOKIE}={value}"));
        let request = request(&cookies).body(()).unwrap();
        let (method, authority, headers) = (request.method(), request.uri().authority(), request.headers());
        let outer = self.passport.begin(method, authority, headers, None);
        let inner = self.admin.begin(method, authority, headers, Some(outer.session().clone()));
        Begun { outer, inner }
    }
}

/// What the browser is told of its cookie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum CookieNow {
    AsBefore,
    Removed,
    Issued(String),
}

impl CookieNow {
    pub(super) fn shape(&self) -> &'static str {
        match self {
            Self::AsBefore => "no cookie",
            Self::Removed => "the cookie's removal",
            Self::Issued(_) => "a new cookie",
        }
    }
}

impl Begun {
    pub(super) fn session(&self) -> &Session {
        self.outer.session()
    }

    pub(super) fn auth(&self) -> Auth<User> {
        self.session().auth().unwrap()
    }

    pub(super) fn admin(&self) -> Auth<Admin> {
        self.session().auth().unwrap()
    }

    /// The end of the request. `None`: the handler's answer did not arrive.
    pub(super) async fn end(self) -> Option<CookieNow> {
        assert!(self.inner.finish().await.unwrap().is_empty(), "the outer one has it all");
        let mut headers = http::HeaderMap::new();
        self.outer.finish().await.ok()?.apply(&mut headers);
        let Some(cookie) = headers.get(http::header::SET_COOKIE) else { return Some(CookieNow::AsBefore) };
        let pair = cookie.to_str().unwrap().split(';').next().unwrap();
        let value = pair.strip_prefix(COOKIE).unwrap().strip_prefix('=').unwrap();
        Some(if value.is_empty() { CookieNow::Removed } else { CookieNow::Issued(value.to_owned()) })
    }
}

/// Where the store keeps what this cookie stands for.
pub(super) fn id_of(value: &str) -> IdHash {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    let id = URL_SAFE_NO_PAD.decode(value).unwrap();
    IdHash::from_bytes(
        Sha256::new().chain_update(COOKIE).chain_update([0]).chain_update(id).finalize().into(),
    )
}
