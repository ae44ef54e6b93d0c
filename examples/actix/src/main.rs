//! Signing in and out with actix-web.
//!
//! Run it with `cargo run -p example-actix`, open <http://127.0.0.1:3000>, and sign in as `alice` with the password
//! `correct horse battery staple`.

use std::{pin::pin, process::ExitCode};

use actix_web::{
    App, HttpRequest, HttpResponse, HttpServer, Resource, dev::ServiceRequest, http::StatusCode,
    middleware::DefaultHeaders, web,
};
use example_shared::{
    Site, User,
    pages::{self, SECURITY_HEADERS, WRONG},
};
use passport_actix::{CurrentUser, Error, MaybeUser, PassportExt, Session, guard, passport};
use passport_core::{BoxError, Passport, ReturnTo};
use passport_local::Local;

fn main() -> ExitCode {
    example_shared::run(serve)
}

async fn serve(site: Site) -> Result<(), BoxError> {
    let people = Passport::builder(site.users.clone(), &site.sessions)
        .strategy("local", Local::new(site.users.clone()))
        .login_page("/")
        .build()?;
    let login = people.authenticate("local")?.success_return_to_or("/profile");
    let login = login.failure_redirect("/").failure_message(WRONG);

    // The closure runs once for each thread: what is made outside of it, all threads share.
    let server = HttpServer::new(move || {
        // The guard answers every login itself: nothing is left for the handler.
        let login = web::post().to(HttpResponse::Ok).wrap(guard(login.clone()));
        App::new()
            .wrap(security_headers())
            .wrap(passport(people.clone()).client_address(|req: &ServiceRequest| Some(req.peer_addr()?.ip())))
            .service(page("/").route(web::get().to(home)).route(web::head().to(home)))
            .service(page("/profile").route(web::get().to(profile)).route(web::head().to(profile)))
            .service(page("/login").route(login))
            .service(page("/logout").route(web::post().to(logout)))
            .default_service(web::to(not_found))
    });
    let mut server = pin!(server.listen(site.listen().await?.into_std()?)?.disable_signals().run());
    let handle = server.handle();
    tokio::select! {
        ended = &mut server => return Ok(ended?),
        () = site.stopped() => {}
    }
    // Calling it tells the server, which then comes to its end; a graceful stop would wait for idle browsers, too.
    drop(handle.stop(false));
    Ok(server.await?)
}

/// A page of which only some methods exist.
fn page(path: &str) -> Resource {
    web::resource(path).default_service(web::to(not_found))
}

/// The home page: the login form, or who is logged in.
async fn home(user: MaybeUser<User>, session: Session, req: HttpRequest) -> Result<HttpResponse, Error> {
    // actix's `Uri` is that of an older `http` crate.
    let uri = req.uri().to_string().parse().unwrap_or_default();
    let messages = session.messages(&uri, &[WRONG]).await?;
    Ok(html(pages::home(user.0.as_deref(), &messages, ReturnTo::of_query(&uri).as_ref())))
}

/// For logged-in users only: others are sent to the login page, which brings them back.
async fn profile(user: CurrentUser<User>) -> HttpResponse {
    html(pages::profile(&user))
}

/// The session has ended when `logout` returns; if that failed, the answer is an error, and no redirect.
async fn logout(req: HttpRequest) -> Result<HttpResponse, Error> {
    req.logout().await?;
    Ok(HttpResponse::SeeOther().insert_header(("location", "/")).finish())
}

async fn not_found() -> (&'static str, StatusCode) {
    ("Not Found", StatusCode::NOT_FOUND)
}

fn html(page: String) -> HttpResponse {
    HttpResponse::Ok().content_type("text/html; charset=utf-8").body(page)
}

fn security_headers() -> DefaultHeaders {
    SECURITY_HEADERS.into_iter().fold(DefaultHeaders::new(), DefaultHeaders::add)
}
