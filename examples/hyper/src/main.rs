//! Signing in and out with bare hyper: what an adapter does, by hand. The tutorial for any other framework.
//!
//! Run it with `cargo run -p example-hyper`, open <http://127.0.0.1:3000>, and sign in as `alice` with the password
//! `correct horse battery staple`.

mod pages;

use std::{convert::Infallible, net::SocketAddr, ops::ControlFlow, pin::pin, process::ExitCode, sync::Arc};

use bytes::Bytes;
use example_shared::{Site, User, pages::WRONG};
use http::{Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use passport_core::{Auth, Authenticate, BoxError, Error, Guard, Passport, PassportExt, Refusal};
use passport_local::Local;

use crate::pages::{home, not_found, profile, redirect, with_security_headers};

/// What answers; boxed where it answers in somebody's place.
type Answer = Result<Response<Bytes>, Box<Response<Bytes>>>;

struct App {
    passport: Passport<User>,
    login: Authenticate<User>,
}

fn main() -> ExitCode {
    example_shared::run(serve)
}

async fn serve(site: Site) -> Result<(), BoxError> {
    let passport = Passport::builder(site.users.clone(), &site.sessions)
        .strategy("local", Local::new(site.users.clone()))
        .login_page("/")
        .build()?;
    let login = passport.authenticate("local")?.success_return_to_or("/profile");
    let login = login.failure_redirect("/").failure_message(WRONG);
    let app = Arc::new(App { passport, login });

    let listener = site.listen().await?;
    let mut stopped = pin!(site.stopped());
    loop {
        let accepted =
            tokio::select! { accepted = listener.accept() => accepted, () = &mut stopped => return Ok(()) };
        let Ok((stream, peer)) = accepted else { continue };
        let app = app.clone();
        tokio::spawn(async move {
            let answer = |req| async { Ok::<_, Infallible>(answer(&app, peer, req).await.map(Full::new)) };
            let connection = http1::Builder::new()
                .timer(TokioTimer::new())
                .serve_connection(TokioIo::new(stream), service_fn(answer));
            // A client that goes away in the middle is no concern of the others.
            let _ = connection.await;
        });
    }
}

/// One request: the passport begins it, the route answers, the passport ends it.
async fn answer(app: &App, peer: SocketAddr, mut req: Request<Incoming>) -> Response<Bytes> {
    let pending = app.passport.begin(req.method(), req.uri().authority(), req.headers(), None);
    pending.session().set_client_address(peer.ip());
    req.extensions_mut().insert(pending.session().clone());

    let mut response = with_security_headers(route(app, req).await.unwrap_or_else(|answer| *answer));

    match pending.finish().await {
        Ok(headers) => headers.apply(response.headers_mut()),
        // What the handler wrote could not be kept, so its answer would not be true.
        Err(answer) => response = *answer,
    }
    response
}

async fn route(app: &App, req: Request<Incoming>) -> Answer {
    let auth = req.auth::<User>().map_err(|error| Box::new(Refusal::of(&error).response(false)))?;
    let failed = |error: Error| Box::new(auth.session().answer(&error));
    match (req.method(), req.uri().path()) {
        (&Method::GET | &Method::HEAD, "/") => home(&auth, req.uri()).await.map_err(failed),
        (&Method::GET | &Method::HEAD, "/profile") => {
            let user = auth.user_or_answer(req.method(), req.uri(), req.headers()).await?;
            Ok(profile(&user))
        }
        (&Method::POST, "/login") => sign_in(app, req).await,
        (&Method::POST, "/logout") => sign_out(&auth).await.map_err(failed),
        _ => Ok(not_found()),
    }
}

/// A guard: it says how much of the body it wants, and then who gets in. This one answers every login itself.
async fn sign_in(app: &App, req: Request<Incoming>) -> Answer {
    let (parts, body) = req.into_parts();
    let limit = app.login.prepare(&parts)?.unwrap_or_default();
    let body = match Limited::new(body, limit).collect().await {
        Ok(body) => body.to_bytes(),
        Err(error) if error.is::<LengthLimitError>() => return Err(app.login.too_large(&parts)),
        Err(_) => return Err(Box::new(Refusal::new(StatusCode::BAD_REQUEST).response(false))),
    };
    match app.login.run(&Request::from_parts(parts, body)).await {
        ControlFlow::Break(answer) => Err(answer),
        ControlFlow::Continue(()) => Ok(redirect("/profile")),
    }
}

/// The session has ended when `logout` returns; if that failed, the answer is an error, and no redirect.
async fn sign_out(auth: &Auth<User>) -> Result<Response<Bytes>, Error> {
    auth.logout().await?;
    Ok(redirect("/"))
}
