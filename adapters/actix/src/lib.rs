//! Passport for actix-web 4: middleware, extractors, and errors as responses.
//!
//! Wrap the whole app with [`passport`], and single resources or scopes with [`guard`]. Handlers take [`Auth<U>`],
//! [`CurrentUser<U>`] or [`MaybeUser<U>`], or the request itself with [`PassportExt`].
//!
//! For a user who may be logged in or not, take [`MaybeUser<U>`] and not `Option<CurrentUser<U>>`. actix accepts that,
//! too, and hands your handler `None` for every error, also for a database that cannot be reached. The middleware
//! notices: such a request is answered with the error (503), whatever the handler has answered. But the handler has run
//! by then, for a visitor who may be none. `Result<CurrentUser<U>, Rejection>` and `Either<CurrentUser<U>, …>` leave the
//! error to you: a `status_code()` of 500 or more is no visitor.
//!
//! ```
//! use actix_web::{App, HttpServer, web};
//! use passport_actix::{Auth, CurrentUser, Error, guard, passport};
//! use passport_core::Passport;
//! use passport_session::Sessions;
//!
//! async fn login(auth: Auth<String>, name: String) -> Result<&'static str, Error> {
//!     auth.login(name).await?; // After looking at a password, that is.
//!     Ok("Welcome")
//! }
//!
//! async fn me(CurrentUser(name): CurrentUser<String>) -> String {
//!     name.to_string()
//! }
//!
//! async fn logout(auth: Auth<String>) -> Result<&'static str, Error> {
//!     auth.logout().await?;
//!     Ok("Goodbye")
//! }
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let sessions = Sessions::in_memory();
//! let people = Passport::<String>::of_ids(&sessions).build()?;
//! // Outside of the closure, which runs once for each thread: all threads have the same sessions.
//! let server = HttpServer::new(move || {
//!     let members = web::scope("/members").wrap(guard(people.require_login()));
//!     App::new()
//!         .wrap(passport(people.clone()))
//!         .route("/login", web::post().to(login))
//!         .route("/me", web::get().to(me))
//!         .route("/logout", web::post().to(logout))
//!         .service(members.default_service(web::to(async || "For members")))
//! });
//! # drop(server);
//! # Ok(())
//! # }
//! ```
//!
//! Other errors of passport's become answers by `?` or `Error::from`. actix has an older `http` crate: a `StatusCode` of passport's, as of
//! `HashError::status()`, is made again by `StatusCode::from_u16(status.as_u16())`.
//!
//! `App::route` answers its one method, and hands every other one, `HEAD` too, to the app's default service.
//! `web::resource("/me").route(web::get().to(me)).route(web::head().to(me))` answers both, and others with 405.
//!
//! # Where it stands among other middleware
//!
//! `wrap` puts what comes last outside. Middleware that answers with a cookie or reads the visitor goes inside;
//! compression and logging may go outside.
//!
//! A handler that panics ends its connection without an answer: actix-web catches no panics. Logins and logouts that
//! were awaited before have happened; what was only gathered in the session is lost. A handler that runs such code in
//! a task of its own (`actix_web::rt::spawn`) can answer with 500 instead.

mod body;
mod convert;
mod error;
mod extract;
mod guard;
mod passport;
mod request;
mod swallowed;
mod timer;

pub use passport_core::PassportExt;

pub use self::{
    error::{Error, Rejection},
    extract::{Auth, Buffered, CurrentUser, MaybeUser, Session},
    guard::{GuardMiddleware, GuardService, guard},
    passport::{PassportFuture, PassportMiddleware, PassportService, passport},
    request::Actix,
};
