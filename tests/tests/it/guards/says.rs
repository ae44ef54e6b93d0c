//! Strategies that say what a test tells them to.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering::Relaxed},
};

use bytes::Bytes;
use http::{HeaderValue, Request, header};
use passport_core::{BoxError, Credential, Outcome, Strategy, async_trait};

use crate::support::{Person, User};

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
