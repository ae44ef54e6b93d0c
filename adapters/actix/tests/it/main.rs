//! Passport in an actix-web app: what a browser sees of it.

// Helpers are not marked as tests, and may fail like tests.
#![allow(clippy::unwrap_used)]

mod errors;
mod guards;
mod order;
mod realms;
mod support;
mod swallowed;

use actix_web::{App, HttpRequest, HttpResponse, http::StatusCode, web};
use passport_actix::{Auth, CurrentUser, Error, MaybeUser, Session, passport};
use passport_core::PassportExt;
use support::{Answer, ask, get, people, post};

async fn login(auth: Auth<String>, name: String) -> Result<HttpResponse, Error> {
    auth.login(name).await?;
    Ok(HttpResponse::NoContent().finish())
}

async fn me(CurrentUser(name): CurrentUser<String>) -> String {
    name.to_string()
}

async fn home(MaybeUser(name): MaybeUser<String>) -> String {
    name.map_or_else(|| "nobody".to_owned(), |name| name.to_string())
}

async fn logout(req: HttpRequest) -> Result<HttpResponse, Error> {
    req.logout().await?;
    Ok(HttpResponse::NoContent().finish())
}

async fn note(session: Session) -> Result<HttpResponse, Error> {
    session.insert("note", "kept")?;
    Ok(HttpResponse::NoContent().finish())
}

#[actix_web::test]
async fn a_login_lasts_until_the_logout() {
    let app = App::new()
        .wrap(passport(people().build().unwrap()))
        .route("/login", web::post().to(login))
        .route("/me", web::get().to(me))
        .route("/", web::get().to(home))
        .route("/logout", web::post().to(logout));
    let app = actix_web::test::init_service(app).await;
    assert_eq!(ask(&app, get("/me")).await.status, StatusCode::UNAUTHORIZED);

    let answer = ask(&app, post("/login").set_payload("alice")).await;
    assert_eq!((answer.status, answer.cookies.len()), (StatusCode::NO_CONTENT, 1));
    assert_eq!(answer.header("cache-control"), "no-store");
    let cookie = ("cookie", answer.cookie());

    let answer = ask(&app, get("/me").insert_header(cookie.clone())).await;
    assert_eq!((answer.status, answer.body.as_str()), (StatusCode::OK, "alice"));
    assert_eq!((answer.header("vary"), answer.header("cache-control")), ("Cookie", "private, no-store"));

    let answer = ask(&app, post("/logout").insert_header(cookie.clone())).await;
    assert!(answer.cookies[0].contains("Max-Age=0"), "{:?}", answer.cookies);
    assert_eq!(ask(&app, get("/").insert_header(cookie)).await.body, "nobody");
}

#[actix_web::test]
async fn a_page_that_asks_nothing_says_nothing_of_cookies() {
    let app = App::new().wrap(passport(people().build().unwrap())).route("/", web::to(async || "hello"));
    let app = actix_web::test::init_service(app).await;
    let Answer { cookies, headers, .. } = ask(&app, get("/")).await;
    assert!(cookies.is_empty() && !headers.contains_key("vary") && !headers.contains_key("cache-control"));
}

#[actix_web::test]
async fn the_handlers_own_cookies_stay_beside_the_sessions() {
    let two = async |auth: Auth<String>| {
        auth.login("alice".to_owned()).await?;
        let mut answer = HttpResponse::Ok();
        Ok::<_, Error>(
            answer
                .append_header(("set-cookie", "a=1"))
                .append_header(("set-cookie", "b=2"))
                .insert_header(("vary", "Accept"))
                .insert_header(("cache-control", "public"))
                .finish(),
        )
    };
    let app = App::new().wrap(passport(people().build().unwrap())).route("/", web::post().to(two));
    let answer = ask(&actix_web::test::init_service(app).await, post("/")).await;
    assert_eq!(answer.cookies[..2], ["a=1", "b=2"]);
    assert!(answer.cookies[2].starts_with("session="));
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.headers.get_all("vary").count(), 2);
}

#[actix_web::test]
async fn without_the_middleware_an_error_says_what_is_missing() {
    let app = App::new().route("/me", web::get().to(me)).route("/note", web::post().to(note));
    let app = actix_web::test::init_service(app).await;
    assert_eq!(ask(&app, get("/me")).await.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(ask(&app, post("/note")).await.status, StatusCode::INTERNAL_SERVER_ERROR);
}

#[actix_web::test]
async fn a_foreign_site_logs_nobody_in() {
    let app = App::new().wrap(passport(people().build().unwrap())).route("/", web::post().to(login));
    let app = actix_web::test::init_service(app).await;
    for sign in [("sec-fetch-site", "cross-site"), ("origin", "https://evil.test")] {
        let answer = ask(&app, post("/").insert_header(sign).set_payload("alice")).await;
        assert_eq!((answer.status, answer.cookies.len()), (StatusCode::FORBIDDEN, 0), "{sign:?}");
    }
}

#[actix_web::test]
async fn a_foreign_site_changes_nothing_in_the_users_name() {
    let app = App::new()
        .wrap(passport(people().build().unwrap()))
        .route("/login", web::post().to(login))
        .route("/me", web::get().to(me))
        .route("/me", web::post().to(me));
    let app = actix_web::test::init_service(app).await;
    let cookie = ("cookie", ask(&app, post("/login").set_payload("alice")).await.cookie());
    let foreign = ("sec-fetch-site", "cross-site");
    let send = async |req: actix_web::test::TestRequest| {
        ask(&app, req.insert_header(cookie.clone()).insert_header(foreign)).await.status
    };
    assert_eq!(send(post("/me")).await, StatusCode::FORBIDDEN);
    assert_eq!(send(get("/me").insert_header(("upgrade", "websocket"))).await, StatusCode::FORBIDDEN);
    assert_eq!(send(get("/me")).await, StatusCode::OK, "a link to a page is followed");
    assert_eq!(ask(&app, post("/me").insert_header(cookie.clone())).await.status, StatusCode::OK);
}
