//! Signing in and out with axum.
//!
//! Run it with `cargo run -p example-axum`, open <http://127.0.0.1:3000>, and sign in as `alice` with the password
//! `correct horse battery staple`.

use std::{
    net::{IpAddr, SocketAddr},
    process::ExitCode,
};

use axum::{
    Router, ServiceExt,
    extract::{ConnectInfo, Request},
    http::{Extensions, HeaderMap, StatusCode, Uri},
    middleware::map_response,
    response::{Html, IntoResponse, Redirect, Response},
    routing::{get, post},
};
use example_shared::{
    Site, User,
    pages::{self, SECURITY_HEADERS, WRONG},
};
use passport_axum::{CurrentUser, Error, GuardLayer, MaybeUser, PassportLayer, Session};
use passport_core::{BoxError, Passport, PassportExt, ReturnTo};
use passport_local::Local;

fn main() -> ExitCode {
    example_shared::run(serve)
}

async fn serve(site: Site) -> Result<(), BoxError> {
    let passport = Passport::builder(site.users.clone(), &site.sessions)
        .strategy("local", Local::new(site.users.clone()))
        .login_page("/")
        .build()?;
    let login = passport
        .authenticate("local")?
        .success_return_to_or("/profile")
        .failure_redirect("/")
        .failure_message(WRONG);

    let routes = Router::new()
        .route("/", get(home))
        // The guard answers every login itself: nothing is left for the handler.
        .route("/login", post(()).route_layer(GuardLayer::new(login)))
        .route("/profile", get(profile))
        .route("/logout", post(logout))
        .fallback(not_found)
        .method_not_allowed_fallback(not_found)
        .layer(map_response(with_security_headers));
    // Around the whole router, so that it costs half of what `Router::layer` would.
    let app = PassportLayer::new(passport).client_address(peer).around(routes);

    let app = ServiceExt::<Request>::into_make_service_with_connect_info::<SocketAddr>(app);
    let server = axum::serve(site.listen().await?, app);
    Ok(server.with_graceful_shutdown(site.stopped()).await?)
}

/// No proxy stands before this site: who connects is who asks.
fn peer(_: &HeaderMap, extensions: &Extensions) -> Option<IpAddr> {
    extensions.get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip())
}

/// The home page: the login form, or who is logged in.
async fn home(MaybeUser(user): MaybeUser<User>, session: Session, uri: Uri) -> Result<Html<String>, Error> {
    let messages = session.messages(&uri, &[WRONG]).await?;
    Ok(Html(pages::home(user.as_deref(), &messages, ReturnTo::of_query(&uri).as_ref())))
}

/// For logged-in users only: others are sent to the login page, which brings them back.
async fn profile(user: CurrentUser<User>) -> Html<String> {
    Html(pages::profile(&user))
}

/// The session has ended when `logout` returns; if that failed, the answer is an error, and no redirect.
async fn logout(req: Request) -> Result<Redirect, Error> {
    req.logout().await?;
    Ok(Redirect::to("/"))
}

async fn not_found() -> (StatusCode, &'static str) {
    (StatusCode::NOT_FOUND, "Not Found")
}

async fn with_security_headers(response: Response) -> impl IntoResponse {
    (SECURITY_HEADERS, response)
}
