//! axum: what handlers take, and what they answer when it is not there.

use axum::{
    Router,
    body::Body,
    routing::{get, post},
};
use bytes::Bytes;
use http::{Request, Response, StatusCode, header};
use http_body_util::BodyExt;
use passport_axum::{Auth, Buffered, CurrentUser, Error, MaybeUser, PassportLayer, Session};
use passport_core::{Outcome, PassportExt};
use tower::ServiceExt;

use super::{says::local, stage::Stage};
use crate::support::{Fault, Person, User};

async fn login(auth: Auth<User>, Buffered(req): Buffered) -> Result<String, Error> {
    match auth.authenticate("it", &req).await? {
        Outcome::Success(success) => {
            let name = success.user().name().to_owned();
            auth.login(success).await?;
            Ok(name)
        }
        _ => Err(passport_core::Error::Unauthenticated.into()),
    }
}

async fn logout(req: Request<Body>) -> Result<&'static str, Error> {
    // The future may outlive the request.
    let leaving = req.logout();
    drop(req);
    leaving.await?;
    Ok("bye")
}

async fn note(session: Session, body: Bytes) -> Result<(), Error> {
    Ok(session.insert("note", String::from_utf8_lossy(&body))?)
}

async fn req_user(req: Request<Body>) -> Result<String, Error> {
    Ok(req.user::<User>().await?.map_or_else(String::new, |user| user.name().to_owned()))
}

struct App {
    stage: Stage,
    router: Router,
}

fn app() -> App {
    let stage = Stage::new(|builder| builder.strategy("it", local()).login_page("/login"));
    let router = Router::new()
        .route("/login", post(login))
        .route("/logout", post(logout))
        .route("/note", post(note))
        .route("/req", get(req_user))
        .route("/me", get(async |user: CurrentUser<User>| user.name().to_owned()))
        .route(
            "/maybe",
            get(async |MaybeUser(user): MaybeUser<User>| {
                user.map_or_else(|| "nobody".to_owned(), |user| user.name().to_owned())
            }),
        );
    App { router: router.layer(PassportLayer::new(stage.passport.clone())), stage }
}

impl App {
    async fn send(&self, req: http::request::Builder, body: &'static str) -> (Response<()>, String) {
        let req = req.body(Body::from(body)).unwrap();
        let (parts, body) = self.router.clone().oneshot(req).await.unwrap().into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        (Response::from_parts(parts, ()), String::from_utf8(body.to_vec()).unwrap())
    }
}

#[tokio::test]
async fn a_handler_logs_in_by_itself_and_out_by_the_request() {
    let app = app();
    let (response, name) = app.send(Request::post("/login"), "user=alice").await;
    assert_eq!(name, "alice");
    let cookie =
        response.headers()[header::SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned();
    for page in ["/me", "/maybe", "/req"] {
        assert_eq!(
            app.send(Request::get(page).header(header::COOKIE, &cookie), "").await.1,
            "alice",
            "{page}"
        );
    }
    let (response, bye) = app.send(Request::post("/logout").header(header::COOKIE, &cookie), "").await;
    assert_eq!((response.status(), bye.as_str()), (StatusCode::OK, "bye"));
    assert_eq!(app.send(Request::get("/maybe").header(header::COOKIE, &cookie), "").await.1, "nobody");
}

#[tokio::test]
async fn a_visitor_gets_what_a_guard_would_answer() {
    let app = app();
    let (page, _) = app.send(Request::get("/me"), "").await;
    assert_eq!(page.status(), StatusCode::SEE_OTHER);
    assert_eq!(page.headers()[header::LOCATION], "/login?return_to=%2Fme");
    let (json, _) = app.send(Request::get("/me").header(header::ACCEPT, "application/json"), "").await;
    assert_eq!(json.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_store_that_cannot_be_reached_is_503_for_every_extractor() {
    let app = app();
    let alice = app.stage.logged_in("alice").await;
    app.stage.store.arm("load", Fault::Fail);
    for page in ["/me", "/maybe", "/req"] {
        let (response, _) = app.send(Request::get(page).header(header::COOKIE, &alice), "").await;
        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE, "{page}");
    }
}

#[tokio::test]
async fn a_handlers_error_is_rendered_for_who_asks() {
    let app = app();
    let login = || Request::post("/login").header("sec-fetch-site", "cross-site");
    let (page, body) = app.send(login(), "user=alice").await;
    assert_eq!((page.status(), body.as_str()), (StatusCode::FORBIDDEN, "Forbidden"));
    let (json, body) = app.send(login().header(header::ACCEPT, "application/json"), "user=alice").await;
    assert_eq!(json.headers()[header::CONTENT_TYPE], "application/problem+json");
    assert_eq!(serde_json::from_str::<serde_json::Value>(&body).unwrap()["status"], 403);
}

#[tokio::test]
async fn data_that_cannot_be_saved_replaces_the_handlers_answer() {
    let app = app();
    app.stage.store.arm("create", Fault::Fail);
    let (response, body) = app.send(Request::post("/note"), "milk").await;
    assert_eq!((response.status(), body.as_str()), (StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable"));
    assert!(!response.headers().contains_key(header::SET_COOKIE));
}

#[tokio::test]
async fn a_buffered_request_has_a_limit() {
    let app = app();
    let long: &'static str = Box::leak("x".repeat(64 * 1024 + 1).into_boxed_str());
    let (response, _) = app.send(Request::post("/login"), long).await;
    assert_eq!(response.status(), StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn without_the_layer_the_error_names_it() {
    let router: Router = Router::new().route("/me", get(async |_: CurrentUser<User>| "me"));
    let response = router.oneshot(Request::get("/me").body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
}
