//! axum: what handlers take, and what they answer when it is not there.

use axum::{
    Router,
    body::Body,
    routing::{get, post},
};
use bytes::Bytes;
use http::Request;
use passport_axum::{Auth, Buffered, CurrentUser, Error, MaybeUser, PassportLayer, Session};
use passport_core::{Outcome, PassportExt};

use super::{says::local, stage::Stage};
use crate::support::{Caller, Fault, Person, User};

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
    fn visitor(&self) -> Caller {
        Caller::of(&self.router)
    }
}

#[tokio::test]
async fn a_handler_logs_in_by_itself_and_out_by_the_request() {
    let app = app();
    let mut alice = app.visitor();
    alice.post("/login", "user=alice").await.says(200, "alice");
    let copy = alice.clone();
    for page in ["/me", "/maybe", "/req"] {
        alice.get(page).await.says(200, "alice");
    }
    alice.post("/logout", "").await.says(200, "bye");
    copy.clone().get("/maybe").await.says(200, "nobody");
}

#[tokio::test]
async fn a_visitor_gets_what_a_guard_would_answer() {
    let mut visitor = app().visitor();
    visitor.get("/me").await.goes_to("/login?return_to=%2Fme");
    visitor.send("GET", "/me", &[("accept", "application/json")], "").await.is(401);
}

#[tokio::test]
async fn a_store_that_cannot_be_reached_is_503_for_every_extractor() {
    let app = app();
    let mut alice = app.visitor();
    alice.post("/login", "user=alice").await.is(200);
    app.stage.store.arm("load", Fault::Fail);
    for page in ["/me", "/maybe", "/req"] {
        alice.get(page).await.is(503);
    }
}

#[tokio::test]
async fn a_handlers_error_is_rendered_for_who_asks() {
    let mut visitor = app().visitor();
    let foreign = ("sec-fetch-site", "cross-site");
    visitor.send("POST", "/login", &[foreign], "user=alice").await.says(403, "Forbidden");
    let json = [foreign, ("accept", "application/json")];
    let refused = visitor.send("POST", "/login", &json, "user=alice").await.is(403);
    assert_eq!(refused.header("content-type"), "application/problem+json");
    assert_eq!(refused.json()["status"], 403);
}

#[tokio::test]
async fn data_that_cannot_be_saved_replaces_the_handlers_answer() {
    let app = app();
    app.stage.store.arm("create", Fault::Fail);
    app.visitor().post("/note", "milk").await.says(503, "Service Unavailable").without_cookie();
}

#[tokio::test]
async fn a_buffered_request_has_a_limit() {
    let long = "x".repeat(64 * 1024 + 1);
    app().visitor().post("/login", &long).await.is(413);
}

#[tokio::test]
async fn without_the_layer_the_error_names_it() {
    let router = Router::new().route("/me", get(async |_: CurrentUser<User>| "me"));
    Caller::of(&router).get("/me").await.is(500);
}
