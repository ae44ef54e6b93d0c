//! "Where you're signed in": a user sees every session and ends any of them; its tabs are told at once.
//!
//! Run it with `cargo run -p example-devices`, open <http://127.0.0.1:3000> in two browsers, and sign in to both as `alice`
//! with the password `correct horse battery staple`.

mod device;
mod page;

use std::{
    convert::Infallible,
    net::{IpAddr, SocketAddr},
    process::ExitCode,
    time::Duration,
};

use axum::{
    Router, ServiceExt,
    extract::{ConnectInfo, Path, Request},
    http::{Extensions, HeaderMap, StatusCode, Uri},
    middleware::map_response,
    response::{
        Html, IntoResponse, Redirect, Response, Sse,
        sse::{Event, KeepAlive},
    },
    routing::{get, post},
};
use example_shared::{
    Site, User,
    pages::{self, WRONG},
};
use futures_util::{Stream, StreamExt, stream};
use passport_axum::{Auth, CurrentUser, Error, GuardLayer, MaybeUser, PassportLayer, Session};
use passport_core::{BoxError, Handle, Logout, Passport, PassportExt, ReturnTo};
use passport_local::Local;

fn main() -> ExitCode {
    // A file, so that nobody is signed out when the program is started again.
    example_shared::run_with("sqlite:devices.db", serve)
}

async fn serve(site: Site) -> Result<(), BoxError> {
    let passport = Passport::builder(site.users.clone(), &site.sessions)
        .strategy("local", Local::new(site.users.clone()))
        .login_page("/")
        .build()?;
    let login = passport
        .authenticate("local")?
        .success_return_to_or("/devices")
        .failure_redirect("/")
        .failure_message(WRONG);

    let routes = Router::new()
        .route("/", get(home))
        .route("/login", post(()).route_layer(GuardLayer::new(login)))
        .route("/logout", post(logout))
        .route("/devices", get(devices))
        .route("/devices/events", get(events))
        .route("/devices/sign-out-others", post(sign_out_others))
        .route("/devices/{handle}/sign-out", post(sign_out))
        .fallback(not_found)
        .layer(map_response(with_security_headers));
    let app = PassportLayer::new(passport).client_address(peer).around(routes);

    let app = ServiceExt::<Request>::into_make_service_with_connect_info::<SocketAddr>(app);
    let server = axum::serve(site.listen().await?, app);
    Ok(server.with_graceful_shutdown(site.stopped()).await?)
}

/// No proxy stands before this site: who connects is who asks.
fn peer(_: &HeaderMap, extensions: &Extensions) -> Option<IpAddr> {
    extensions.get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip())
}

async fn home(
    MaybeUser(user): MaybeUser<User>,
    session: Session,
    uri: Uri,
) -> Result<Result<Redirect, Html<String>>, Error> {
    let messages = session.messages(&uri, &[WRONG]).await?;
    Ok(match user {
        Some(_) => Ok(Redirect::to("/devices")),
        None => Err(Html(pages::home(None, &messages, ReturnTo::of_query(&uri).as_ref()))),
    })
}

/// Every session of the user, this one marked, the latest first.
async fn devices(user: CurrentUser<User>, auth: Auth<User>) -> Result<Html<String>, Error> {
    Ok(Html(page::devices(&user.name, &auth.sessions().await?)))
}

/// Ends one session. A handle of somebody else's session names none of this user's: 404.
async fn sign_out(
    _: CurrentUser<User>,
    auth: Auth<User>,
    Path(handle): Path<String>,
) -> Result<Response, Error> {
    let Some(handle) = Handle::parse(&handle) else { return Ok(not_found().await.into_response()) };
    match auth.end_session(handle).await? {
        // Whoever signed out of this very session is sent on to the login page from there.
        true => Ok(Redirect::to("/devices").into_response()),
        false => Ok(not_found().await.into_response()),
    }
}

async fn sign_out_others(_: CurrentUser<User>, auth: Auth<User>) -> Result<Redirect, Error> {
    auth.logout_with(Logout::others()).await?;
    Ok(Redirect::to("/devices"))
}

async fn logout(req: Request) -> Result<Redirect, Error> {
    req.logout().await?;
    Ok(Redirect::to("/"))
}

/// Tells an open page that its session has ended: one event, when it happens. The open stream is no activity.
async fn events(
    _: CurrentUser<User>,
    session: Session,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let ended = session.ended();
    let told = stream::once(async move {
        ended.await;
        Ok(Event::default().event("ended").data("signed out"))
    });
    // The stream stays open after its event, or the browser would ask for it again.
    Sse::new(told.chain(stream::pending())).keep_alive(KeepAlive::new().interval(Duration::from_secs(15)))
}

async fn not_found() -> (StatusCode, &'static str) {
    (StatusCode::NOT_FOUND, "Not Found")
}

async fn with_security_headers(response: Response) -> impl IntoResponse {
    (page::SECURITY_HEADERS, response)
}
