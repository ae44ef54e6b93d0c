//! Errors: of handlers, of other middleware, of the store.

use std::fmt;

use actix_web::{
    App, HttpResponse, ResponseError,
    dev::ServiceRequest,
    error::ErrorBadRequest,
    http::StatusCode,
    middleware::{Next, from_fn},
    web,
};
use passport_actix::{Auth, CurrentUser, Error, MaybeUser, Session, guard, passport};
use passport_core::{PassportExt, Refusal};

use crate::support::{SOME_COOKIE, ask, get, people, people_without_store, post};

async fn login_then_fail(auth: Auth<String>) -> Result<&'static str, actix_web::Error> {
    auth.login("alice".to_owned()).await.map_err(Error::from)?;
    Err(ErrorBadRequest("something else went wrong"))
}

#[actix_web::test]
async fn a_handler_that_fails_keeps_its_cookie() {
    let app =
        App::new().wrap(passport(people().build().unwrap())).route("/", web::post().to(login_then_fail));
    let answer = ask(&actix_web::test::init_service(app).await, post("/")).await;
    assert_eq!((answer.status, answer.cookies.len()), (StatusCode::BAD_REQUEST, 1));
    assert_eq!(answer.body, "something else went wrong");
}

#[actix_web::test]
async fn middleware_that_fails_keeps_the_cookie_and_its_own_error() {
    let failing = from_fn(async |req: ServiceRequest, _: Next<actix_web::body::BoxBody>| {
        req.login("alice".to_owned()).await.map_err(Error::from)?;
        Err::<actix_web::dev::ServiceResponse, _>(ErrorBadRequest("out of paper"))
    });
    let watching = from_fn(async |req: ServiceRequest, next: Next<actix_web::body::BoxBody>| {
        next.call(req).await.inspect_err(|error| {
            assert!(error.as_error::<actix_web::error::InternalError<&'static str>>().is_some());
        })
    });
    let app = App::new()
        .wrap(failing)
        .wrap(passport(people().build().unwrap()))
        .wrap(passport(actix_clerks()))
        .wrap(watching);
    let answer = ask(&actix_web::test::init_service(app).await, post("/")).await;
    assert_eq!((answer.status, answer.body.as_str()), (StatusCode::BAD_REQUEST, "out of paper"));
    assert_eq!(answer.cookies.len(), 1, "{:?}", answer.cookies);
}

fn actix_clerks() -> passport_core::Passport<u64> {
    let sessions = passport_session::Sessions::in_memory().cookie("clerk").insecure_cookie_for_development();
    passport_core::Passport::of_ids(sessions).realm("clerk").build().unwrap()
}

#[actix_web::test]
async fn a_store_that_cannot_be_reached_is_503_and_not_anonymous() {
    let people = people_without_store().build().unwrap();
    let guarded = web::resource("/guarded").wrap(guard(people.require_login()));
    let app = App::new()
        .wrap(passport(people))
        .route("/maybe", web::get().to(async |_: MaybeUser<String>| "ok"))
        .route("/current", web::get().to(async |_: CurrentUser<String>| "ok"))
        .service(guarded.route(web::get().to(async || "ok")))
        .route(
            "/gathered",
            web::get().to(async |session: Session| {
                session.insert("note", "lost")?;
                Ok::<_, Error>("ok")
            }),
        );
    let app = actix_web::test::init_service(app).await;
    for path in ["/maybe", "/current", "/guarded", "/gathered"] {
        let json = ("accept", "application/json");
        let answer = ask(&app, get(path).insert_header(SOME_COOKIE).insert_header(json)).await;
        assert_eq!((answer.status, answer.cookies.len()), (StatusCode::SERVICE_UNAVAILABLE, 0), "{path}");
        assert_eq!(answer.header("content-type"), "application/problem+json", "{path}");
        let answer = ask(&app, get(path).insert_header(SOME_COOKIE)).await;
        assert_eq!(answer.body, "Service Unavailable", "{path}");
    }
}

/// An application's own error, which leaves those of passport to passport.
#[derive(Debug)]
struct Own(Error);

impl fmt::Display for Own {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl ResponseError for Own {
    fn error_response(&self) -> HttpResponse {
        let mut response = self.0.error_response();
        response.headers_mut().insert(
            actix_web::http::header::HeaderName::from_static("x-request-id"),
            actix_web::http::header::HeaderValue::from_static("1"),
        );
        response
    }
}

#[actix_web::test]
async fn the_application_chooses_how_errors_look() {
    let render = |refusal: &Refusal, _: bool| {
        let body = format!("sorry: {}", refusal.status.as_u16());
        http::Response::builder().status(refusal.status).body(body.into()).unwrap()
    };
    let people = people().render_refusals(render).build().unwrap();
    let app = App::new().wrap(passport(people)).route(
        "/",
        web::get().to(async |auth: Auth<String>| {
            auth.require_user().await.map_err(|error| Own(error.into()))?;
            Ok::<_, Own>("in")
        }),
    );
    let answer = ask(&actix_web::test::init_service(app).await, get("/")).await;
    assert_eq!((answer.status, answer.body.as_str()), (StatusCode::UNAUTHORIZED, "sorry: 401"));
    assert_eq!(answer.header("x-request-id"), "1");
}
