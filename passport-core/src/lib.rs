//! Signs people in, and out, of any Rust web application.
//!
//! Ways to sign in are [strategies](Strategy), small plug-ins behind one [`authenticate`](Passport::authenticate). Who is
//! logged in is kept in a [`Session`], and handlers ask an [`Auth`] for their own user type. A logout has happened when it
//! returns, and nothing undoes it. This crate is the vocabulary: it knows no web framework, no async runtime and no database,
//! and does no I/O.
//!
//! | word | is | in Passport.js |
//! |---|---|---|
//! | [`Passport`] | everything that is configured for one kind of user | `Authenticator` |
//! | [`Strategy`] | one way to authenticate a request | `Strategy` |
//! | [`Outcome`] | what it found out: success, fail, redirect, pass; or an error beside | the five actions |
//! | [`UserStore`] | what a session keeps of a user, and how to find that one again | `serializeUser`, `deserializeUser` |
//! | [`Auth`] | who is behind this request: asks, logs in, logs out | `req.user`, `req.login`, `req.logout` |
//! | [`Session`] | one visitor's data during one request | `req.session` |
//! | [`Authenticate`], [`RequireLogin`], [`SameOrigin`] | the [guards](Guard) before a route | `passport.authenticate(…)` |
//! | [`Logout`] | what to end, and how | options of `req.logout` |
//! | [`PassportExt`] | `req.user()`, `req.login()`, `req.logout()` on any framework's request | what it adds to `req` |
//! | realm | a kind of login: one type of user is one realm | `userProperty` |
//!
//! # The manual
//!
//! [Getting started](manual::getting_started) ·
//! [Sessions and logout](manual::sessions_and_logout) ·
//! [Writing a strategy](manual::writing_a_strategy) ·
//! [Testing](manual::testing) ·
//! [Threats](manual::threats) ·
//! [Design](manual::design) ·
//! [Coming from Passport.js](manual::passport_js)
//!
//! # The other crates
//!
//! | crate | brings |
//! |---|---|
//! | [`passport-session`](https://docs.rs/passport-session) | sessions: in memory, over a store, in the cookie alone |
//! | [`passport-local`](https://docs.rs/passport-local) | username and password |
//! | [`passport-axum`](https://docs.rs/passport-axum) | axum: layers, extractors, errors as responses |
//! | [`passport-actix`](https://docs.rs/passport-actix) | actix-web: middleware, extractors, errors as responses |
//! | [`passport-tower`](https://docs.rs/passport-tower) | tower: hyper, warp |
//!
//! # Examples
//!
//! A passport, and what a handler does with it, on whatever framework:
//!
//! ```
//! use passport_core::{Auth, Error, Passport};
//! use passport_session::Sessions;
//!
//! #[derive(Clone, serde::Serialize, serde::Deserialize)]
//! struct User(String);
//!
//! async fn greet(auth: &Auth<User>) -> Result<String, Error> {
//!     Ok(match auth.user().await? {
//!         Some(user) => format!("Hello {}", user.0),
//!         None => "Hello".to_owned(),
//!     })
//! }
//!
//! async fn leave(auth: &Auth<User>) -> Result<(), Error> {
//!     auth.logout().await?; // in the store, or an error
//!     Ok(())
//! }
//!
//! let passport = Passport::<User>::of_ids(&Sessions::in_memory()).login_page("/login").build()?;
//! # let _ = (passport, greet, leave);
//! # Ok::<_, Error>(())
//! ```

mod accept;
mod auth;
mod authenticate;
mod builder;
mod client;
mod clock;
mod clues;
mod error;
mod events;
mod fingerprint;
mod grant;
mod guard;
mod hooks;
mod logout;
mod manager;
pub mod manual;
mod message;
mod no_sessions;
mod origin;
mod outcome;
mod panics;
mod passport;
mod pending;
mod record;
mod refusal;
mod request;
mod require_login;
mod response_headers;
mod return_to;
mod same_origin;
mod session;
mod strategy;
#[cfg(feature = "testing")]
pub mod testing;
mod token;
mod user_ref;
mod user_store;

pub use self::{
    auth::Auth,
    authenticate::{Authenticate, StrategyNames},
    builder::Builder,
    client::Client,
    clock::{Clock, Timestamp},
    clues::Clue,
    error::{BoxError, Error},
    fingerprint::Fingerprint,
    grant::{Granted, Grants, Replaced},
    guard::{Guard, Verdict},
    hooks::{FailedAttempt, Hooks, LoginEvent, LoginRefused},
    logout::{EndedLogin, LoggedOut, Logout, ProviderLogout, Scope},
    manager::{
        Edit, Found, IntoSessions, Life, Lifetime, Listed, Lookup, MARK_SECONDS, Presented, SessionInfo,
        SessionManager, Updated,
    },
    message::Message,
    outcome::{Failure, IntoSuccess, Outcome, Subject, Success},
    passport::Passport,
    pending::{Finish, FinishError, Pending, Unrendered},
    record::{Fingerprint16, Handle, HandleError, Kind, Login, NewLogin, Owner, Record, RecordError, Text},
    refusal::Refusal,
    request::{Http, PassportExt},
    require_login::RequireLogin,
    response_headers::ResponseHeaders,
    return_to::ReturnTo,
    same_origin::{SameOrigin, same_origin},
    session::{Headers, Session},
    strategy::{Credential, Strategy},
    token::Token,
    user_ref::UserRef,
    user_store::{Closures, UserStore},
};
pub use async_trait::async_trait;

/// A boxed future, as the plug-in traits return it.
pub type BoxFuture<'a, T> = std::pin::Pin<Box<dyn Future<Output = T> + Send + 'a>>;
