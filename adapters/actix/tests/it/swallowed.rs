//! `Option<CurrentUser<U>>`, which actix accepts, and `Result`.

use actix_web::{App, HttpResponse, http::StatusCode, web};
use passport_actix::{Auth, CurrentUser, Error, Rejection, passport};
use passport_core::Passport;
use passport_session::Sessions;

use crate::support::{Down, SOME_COOKIE, ask, get, people, people_without_store, post};

async fn option(user: Option<CurrentUser<String>>) -> String {
    user.map_or_else(|| "nobody".to_owned(), |user| user.to_string())
}

async fn among_others(_: web::Bytes, user: Option<CurrentUser<String>>, _: MaybeClerk) -> String {
    option(user).await
}

type MaybeClerk = Option<CurrentUser<u64>>;

async fn result(user: Result<CurrentUser<String>, Rejection>) -> &'static str {
    if user.is_ok() { "somebody" } else { "my own choice" }
}

async fn both(_: Option<CurrentUser<String>>, user: Result<CurrentUser<String>, Rejection>) -> &'static str {
    result(user).await
}

async fn redirect(user: Option<CurrentUser<String>>) -> HttpResponse {
    match user {
        Some(_) => HttpResponse::Ok().finish(),
        None => HttpResponse::SeeOther().insert_header(("location", "/register")).finish(),
    }
}

#[actix_web::test]
async fn an_option_of_a_user_is_503_and_not_nobody_when_the_store_cannot_be_reached() {
    let app = App::new()
        .wrap(passport(people_without_store().build().unwrap()))
        .route("/option", web::get().to(option))
        .route("/others", web::get().to(among_others))
        .route("/both", web::get().to(both))
        .route("/redirect", web::get().to(redirect));
    let app = actix_web::test::init_service(app).await;
    for path in ["/option", "/others", "/both", "/redirect"] {
        let answer = ask(&app, get(path).insert_header(SOME_COOKIE)).await;
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{path}");
        assert_eq!((answer.body.as_str(), answer.cookies.len()), ("Service Unavailable", 0), "{path}");
        assert!(!answer.headers.contains_key("location"), "{path}");
        let json = get(path).insert_header(SOME_COOKIE).insert_header(("accept", "application/json"));
        assert_eq!(ask(&app, json).await.header("content-type"), "application/problem+json", "{path}");
    }
}

#[actix_web::test]
async fn a_handler_that_takes_the_error_answers_it_itself() {
    let app =
        App::new().wrap(passport(people_without_store().build().unwrap())).route("/", web::get().to(result));
    let app = actix_web::test::init_service(app).await;
    let answer = ask(&app, get("/").insert_header(SOME_COOKIE)).await;
    assert_eq!((answer.status, answer.body.as_str()), (StatusCode::OK, "my own choice"));
}

#[actix_web::test]
async fn an_option_of_a_user_is_none_for_a_visitor_and_for_a_foreign_site() {
    let login = async |auth: Auth<String>| {
        auth.login("alice".to_owned()).await?;
        Ok::<_, Error>("in")
    };
    let app = App::new()
        .wrap(passport(people().build().unwrap()))
        .route("/", web::get().to(option))
        .route("/", web::post().to(login))
        .route("/change", web::post().to(option));
    let app = actix_web::test::init_service(app).await;
    let answer = ask(&app, get("/")).await;
    assert_eq!((answer.status, answer.body.as_str()), (StatusCode::OK, "nobody"));
    let cookie = ("cookie", ask(&app, post("/")).await.cookie());
    assert_eq!(ask(&app, get("/").insert_header(cookie.clone())).await.body, "alice");
    let foreign = post("/change").insert_header(cookie).insert_header(("sec-fetch-site", "cross-site"));
    let answer = ask(&app, foreign).await;
    assert_eq!((answer.status, answer.body.as_str()), (StatusCode::OK, "nobody"), "not in alice's name");
}

#[actix_web::test]
async fn of_two_kinds_of_user_either_fault_is_answered() {
    let clerks = Sessions::over(Down).cookie("clerk").insecure_cookie_for_development();
    let clerks = Passport::<u64>::of_ids(clerks).realm("clerk").build().unwrap();
    let app = App::new()
        .wrap(passport(people().build().unwrap()))
        .wrap(passport(clerks))
        .route("/", web::get().to(among_others));
    let app = actix_web::test::init_service(app).await;
    assert_eq!(ask(&app, get("/")).await.body, "nobody");
    let value = SOME_COOKIE.1.replacen("session=", "clerk=", 1);
    let answer = ask(&app, get("/").insert_header(("cookie", value))).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
}
