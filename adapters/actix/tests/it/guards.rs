//! Guards before resources.

use actix_web::{App, http::StatusCode, web};
use async_trait::async_trait;
use bytes::Bytes;
use http::Request;
use passport_actix::{Auth, Buffered, Error, guard, passport};
use passport_core::{BoxError, Outcome, Passport, Strategy, same_origin};

use crate::support::{ask, get, people, post};

/// Whoever sends `name=…` is that; more may follow after a `&`.
struct ByName;

#[async_trait]
impl Strategy for ByName {
    type User = String;

    async fn authenticate(&self, req: &Request<Bytes>) -> Result<Outcome<String>, BoxError> {
        let body = String::from_utf8_lossy(req.body());
        let first = body.split('&').next().unwrap_or_default();
        Ok(match first.strip_prefix("name=") {
            None => Outcome::Pass,
            Some("") => Outcome::fail("A name is needed."),
            Some(name) => Outcome::success(name.to_owned()),
        })
    }
}

fn by_name() -> Passport<String> {
    people().login_page("/login").strategy("name", ByName).build().unwrap()
}

#[actix_web::test]
async fn the_handler_still_gets_the_body_that_the_guard_read() {
    let people = by_name();
    let login = web::resource("/login").wrap(guard(people.authenticate("name").unwrap()));
    let app =
        App::new().wrap(passport(people)).service(login.route(web::post().to(async |body: web::Bytes| body)));
    let app = actix_web::test::init_service(app).await;

    let answer = ask(&app, post("/login").set_payload("name=alice")).await;
    assert_eq!((answer.status, answer.body.as_str()), (StatusCode::OK, "name=alice"));
    assert_eq!(answer.cookies.len(), 1);

    let json = ("accept", "application/json");
    let answer = ask(&app, post("/login").insert_header(json).set_payload("name=")).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert_eq!(answer.header("content-type"), "application/problem+json");
    assert!(answer.body.contains("A name is needed.") && answer.cookies.is_empty(), "{}", answer.body);
}

#[actix_web::test]
async fn a_body_beyond_the_limit_is_413() {
    let people = by_name();
    let login = web::resource("/login").wrap(guard(people.authenticate("name").unwrap()));
    let app = App::new().wrap(passport(people)).service(login.route(web::post().to(async || "in")));
    let app = actix_web::test::init_service(app).await;
    for (more, status) in [(0, StatusCode::OK), (1, StatusCode::PAYLOAD_TOO_LARGE)] {
        let body = format!("name=alice&{}", "a".repeat(64 * 1024 - 11 + more));
        assert_eq!(ask(&app, post("/login").set_payload(body)).await.status, status);
    }
}

#[actix_web::test]
async fn a_guard_that_reads_no_body_leaves_it_alone_however_large() {
    let people = by_name();
    let app = App::new().wrap(passport(people)).service(
        web::resource("/upload")
            .wrap(guard(same_origin()))
            .route(web::post().to(async |body: web::Bytes| body.len().to_string())),
    );
    let app = actix_web::test::init_service(app).await;
    let large = || post("/upload").set_payload("a".repeat(100_000));
    assert_eq!(ask(&app, large()).await.body, "100000");
    let foreign = large().insert_header(("sec-fetch-site", "cross-site"));
    assert_eq!(ask(&app, foreign).await.status, StatusCode::FORBIDDEN);
}

#[actix_web::test]
async fn visitors_are_sent_to_the_login_page_and_back() {
    let people = by_name();
    let members = web::scope("/members").wrap(guard(people.require_login()));
    let app = App::new()
        .wrap(passport(people))
        .service(members.route("/area", web::get().to(async || "in")))
        .route("/mine", web::get().to(async |_: passport_actix::CurrentUser<String>| "in"));
    let app = actix_web::test::init_service(app).await;
    for path in ["/members/area", "/mine"] {
        let answer = ask(&app, get(path)).await;
        let there = format!("/login?return_to={}", path.replace('/', "%2F"));
        assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, there.as_str()));
        let answer = ask(&app, get(path).insert_header(("accept", "application/json"))).await;
        assert_eq!(answer.header("content-type"), "application/problem+json");
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    }
}

#[actix_web::test]
async fn a_handler_may_run_a_strategy_itself() {
    let login = async |auth: Auth<String>, Buffered(req): Buffered| {
        let Outcome::Success(success) = auth.authenticate("name", &req).await? else { return Ok("no") };
        auth.login(success).await?;
        Ok::<_, Error>("yes")
    };
    let app = App::new().wrap(passport(by_name())).route("/login", web::post().to(login));
    let app = actix_web::test::init_service(app).await;
    assert_eq!(ask(&app, post("/login").set_payload("name=alice")).await.body, "yes");
    assert_eq!(ask(&app, post("/login").set_payload("nothing")).await.body, "no");
    let large = post("/login").set_payload("a".repeat(64 * 1024 + 1));
    assert_eq!(ask(&app, large).await.status, StatusCode::PAYLOAD_TOO_LARGE);
}
