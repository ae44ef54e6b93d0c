//! The pages of a small site, and which strategy or handler is behind each.

mod collection;
mod expiry;
mod files;
mod one_time_code;
mod outbox;
mod pages;
mod password;
mod register;
mod said;
mod sign_in;
mod sign_out;
mod token;

use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use axum::{
    Router,
    extract::ConnectInfo,
    http::{Extensions, HeaderMap, StatusCode},
    middleware::{from_fn, map_response},
    routing::{get, post},
};
use passport_axum::{GuardLayer, PassportLayer};
use passport_core::{Error, Passport, SessionManager};
use passport_local::{Hasher, Local};
use passport_session::SealedSessions;

pub use self::collection::{Admin, Admins, Collection, Record, User, Users};
use self::{
    one_time_code::{Codes, OneTimeCode},
    outbox::Outbox,
    token::{HeaderToken, TokenForm},
};

/// What handlers share.
#[derive(Clone)]
struct App {
    users: Collection<Users>,
    codes: Arc<Codes>,
    outbox: Outbox,
    hasher: Hasher,
}

/// The whole site, over these sessions and by their clock.
///
/// # Errors
///
/// If something is configured in a way that cannot work, or the system has no random numbers.
pub fn app(sessions: &SealedSessions) -> Result<Router, Error> {
    let clock = Arc::clone(<Arc<dyn SessionManager>>::from(sessions).clock());
    let app = App {
        users: Collection::users(),
        codes: Arc::new(Codes::new(clock)?),
        outbox: Outbox::default(),
        hasher: Hasher::new(),
    };
    let users = Passport::builder(app.users.clone(), sessions)
        .realm("users")
        .strategy("password", by_password(app.users.clone())?)
        .strategy("token", TokenForm)
        .strategy("code", OneTimeCode::new(Arc::clone(&app.codes), app.users.clone()))
        .strategy("header", HeaderToken)
        .login_page("/login")
        .build()?;
    let admins = Passport::builder(Collection::admins(), sessions)
        .realm("admins")
        .strategy("password", by_password(Collection::admins())?)
        .login_page("/admin/login")
        .build()?;

    let routes = private()
        .merge(public())
        // The header comes before the cookie: whom it names is the user of this request.
        .layer(GuardLayer::new(users.authenticate("header")?.optional()))
        .merge(sign_in::routes(&users, &admins)?)
        .route("/register", post(register::with_password))
        .route("/anonymous", post(register::anonymously))
        .route("/code", post(one_time_code::ask))
        .route("/logout", post(sign_out::sign_out))
        .route("/signed-out.css", get(sign_out::forget))
        .with_state(app)
        .merge(files::routes())
        .fallback(not_found)
        .method_not_allowed_fallback(not_found)
        .layer(map_response(files::with_security_headers));
    Ok(routes.layer(PassportLayer::new(users).client_address(peer)).layer(PassportLayer::new(admins)))
}

/// Pages for those who are signed in. Whose session has expired is told so.
fn private() -> Router<App> {
    Router::new()
        .route("/profile", get(pages::profile).post(sign_out::action))
        .route("/profile/password", post(password::change))
        .route("/admin", get(pages::admin))
        .route_layer(from_fn(expiry::sign_out_expired))
}

/// Pages for everybody. A cookie that is none goes, and the page comes.
fn public() -> Router<App> {
    Router::new()
        .route("/", get(pages::home))
        .route("/login", get(pages::login))
        .route("/admin/login", get(pages::admin_login))
        .route("/outbox", get(pages::outbox))
        .route_layer(from_fn(expiry::heal))
}

/// The same message for every cause, as the original's.
fn by_password<K: collection::Kind>(records: Collection<K>) -> Result<Local<Record<K>>, Error> {
    Ok(Local::new(records).fields("email", "password")?.message("Failed to authenticate."))
}

/// No proxy stands before this site: who connects is who asks.
fn peer(_: &HeaderMap, extensions: &Extensions) -> Option<IpAddr> {
    extensions.get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip())
}

async fn not_found() -> (StatusCode, &'static str) {
    (StatusCode::NOT_FOUND, "Not Found")
}
