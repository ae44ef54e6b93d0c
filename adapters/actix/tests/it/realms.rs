//! Two kinds of user around the same routes.

use actix_web::{App, HttpRequest, http::StatusCode, web};
use passport_actix::{Auth, Error, MaybeUser, passport};
use passport_core::{Passport, PassportExt};
use passport_session::Sessions;

use crate::support::{ask, get, people, post};

async fn login(person: Auth<String>, clerk: Auth<u64>) -> Result<&'static str, Error> {
    person.login("alice".to_owned()).await?;
    clerk.login(7).await?;
    Ok("in")
}

async fn both(
    MaybeUser(person): MaybeUser<String>,
    MaybeUser(clerk): MaybeUser<u64>,
) -> Result<String, Error> {
    Ok(format!("{person:?} {clerk:?}"))
}

#[actix_web::test]
async fn two_cookies_are_two_sessions() {
    let clerks = Sessions::in_memory().cookie("clerk").insecure_cookie_for_development();
    let clerks = Passport::<u64>::of_ids(clerks).realm("clerk").build().unwrap();
    let app = App::new()
        .wrap(passport(people().build().unwrap()))
        .wrap(passport(clerks))
        .route("/", web::post().to(login))
        .route("/", web::get().to(both))
        .route(
            "/",
            web::delete().to(async |auth: Auth<u64>| {
                auth.logout().await?;
                Ok::<_, Error>("out")
            }),
        );
    let app = actix_web::test::init_service(app).await;
    let answer = ask(&app, post("/")).await;
    let mut names: Vec<_> = answer.cookies.iter().map(|cookie| cookie.split('=').next().unwrap()).collect();
    names.sort_unstable();
    assert_eq!(names, ["clerk", "session"]);
    let pairs: Vec<_> = answer.cookies.iter().map(|cookie| cookie.split(';').next().unwrap()).collect();
    let cookies = ("cookie", pairs.join("; "));
    assert_eq!(ask(&app, get("/").insert_header(cookies.clone())).await.body, r#"Some("alice") Some(7)"#);

    let out = actix_web::test::TestRequest::delete().uri("/").insert_header(cookies.clone());
    assert_eq!(ask(&app, out).await.status, StatusCode::OK);
    assert_eq!(ask(&app, get("/").insert_header(cookies)).await.body, r#"Some("alice") None"#);
}

#[actix_web::test]
async fn one_cookie_can_hold_both() {
    let sessions = Sessions::in_memory().insecure_cookie_for_development();
    let app = App::new()
        .wrap(passport(Passport::<String>::of_ids(&sessions).build().unwrap()))
        .wrap(passport(Passport::<u64>::of_ids(&sessions).realm("clerk").build().unwrap()))
        .route("/", web::post().to(login))
        .route("/", web::get().to(both))
        .route(
            "/",
            web::delete().to(async |req: HttpRequest| {
                req.logout().await?;
                Ok::<_, Error>("out")
            }),
        );
    let app = actix_web::test::init_service(app).await;
    let answer = ask(&app, post("/")).await;
    assert_eq!(answer.cookies.len(), 1, "{:?}", answer.cookies);
    let cookie = ("cookie", answer.cookie());
    assert_eq!(ask(&app, get("/").insert_header(cookie.clone())).await.body, r#"Some("alice") Some(7)"#);
    let out = actix_web::test::TestRequest::delete().uri("/").insert_header(cookie.clone());
    assert_eq!(ask(&app, out).await.status, StatusCode::OK);
    assert_eq!(ask(&app, get("/").insert_header(cookie)).await.body, "None None");
}
