//! What cannot work is refused: when the application starts, or where it is first asked for.

use http::{HeaderMap, Method};
use passport_core::{Error, Passport};
use passport_session::Sessions;

use crate::support::{Admin, User, Users};

#[tokio::test]
async fn two_managers_with_one_cookie_name_are_refused() {
    let sessions = Sessions::in_memory();
    let users = Passport::builder(Users::<User>::new(), &sessions).build().unwrap();
    let admins =
        Passport::builder(Users::<Admin>::new(), Sessions::in_memory()).realm("admin").build().unwrap();
    let outer = users.begin(&Method::GET, None, &HeaderMap::new(), None);
    let inner = admins.begin(&Method::GET, None, &HeaderMap::new(), Some(outer.session().clone()));
    let error = inner.session().auth::<Admin>().unwrap().user().await.unwrap_err();
    assert!(matches!(&error, Error::CookieTaken(name) if name == "__Host-session"), "{error}");
    assert!(error.to_string().contains("`.cookie(\"…\")`"), "it says what to do");
}

#[tokio::test]
async fn of_two_managers_with_one_cookie_name_the_second_writes_nothing() {
    let users = Passport::builder(Users::<User>::new(), Sessions::in_memory()).build().unwrap();
    let admins = Passport::builder(Users::<Admin>::new(), Sessions::in_memory()).realm("admin");
    let admins = admins.build().unwrap();
    let outer = users.begin(&Method::GET, None, &HeaderMap::new(), None);
    let inner = admins.begin(&Method::GET, None, &HeaderMap::new(), Some(outer.session().clone()));
    assert!(matches!(inner.session().insert("a", 1), Err(Error::CookieTaken(_))));
    assert!(matches!(inner.session().remove("a"), Err(Error::CookieTaken(_))));
    assert!(inner.finish().await.unwrap().is_empty(), "its cookie would replace the other one");
}

#[tokio::test]
async fn two_kinds_of_user_under_one_realms_name_are_refused() {
    let sessions = Sessions::in_memory();
    let users = Passport::builder(Users::<User>::new(), &sessions).build().unwrap();
    let error = Passport::builder(Users::<Admin>::new(), &sessions).build().unwrap_err();
    assert!(error.to_string().contains("the realm `user` is taken"), "{error}");
    let elsewhere = Sessions::over(sessions.store()).cookie("asid");
    assert!(
        Passport::builder(Users::<Admin>::new(), &elsewhere).build().is_err(),
        "another cookie, the same store"
    );
    drop(users);
}

#[tokio::test]
async fn one_passport_around_a_route_twice_is_there_once() {
    use std::sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    };
    let told = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&told);
    let users = Users::<User>::new();
    let passport = Passport::builder(users.clone(), Sessions::in_memory())
        .after_logout(move |_| {
            count.fetch_add(1, Relaxed);
            async { Ok(()) }
        })
        .build()
        .unwrap();
    let outer = passport.begin(&Method::POST, None, &HeaderMap::new(), None);
    let inner = passport.begin(&Method::POST, None, &HeaderMap::new(), Some(outer.session().clone()));
    let auth = inner.session().auth::<User>().unwrap();
    auth.login(users.get("alice")).await.unwrap();
    inner.session().logout().await.unwrap();
    assert_eq!(told.load(Relaxed), 1);
    assert!(inner.finish().await.unwrap().is_empty());
    assert!(!outer.finish().await.unwrap().is_empty(), "the outermost one answers");
}

#[test]
fn a_kind_of_user_that_no_passport_knows_is_an_error_that_says_what_to_do() {
    let passport = Passport::builder(Users::<User>::new(), Sessions::in_memory()).build().unwrap();
    let pending = passport.begin(&Method::GET, None, &HeaderMap::new(), None);
    let error = pending.session().auth::<Admin>().unwrap_err();
    assert!(matches!(error, Error::NotInstalled(_)));
    assert!(error.to_string().contains("PassportLayer"));
}

#[test]
fn settings_that_cannot_work_are_refused_when_the_application_starts() {
    let builder = || Passport::builder(Users::<User>::new(), Sessions::in_memory());
    let refused = |built: Result<Passport<User>, Error>| matches!(built, Err(Error::Config(_)));
    assert!(refused(builder().realm("").build()));
    assert!(refused(builder().trust_origin("app.example.com").build()));
    assert!(refused(builder().trust_origin("https://app.example.com/").build()));
    assert!(refused(builder().login_page("login").build()));
    assert!(refused(builder().login_page("https://example.com/login").build()));
    assert!(refused(Passport::builder(Users::<User>::new(), Sessions::in_memory().cookie("a b")).build()));
    assert!(builder().login_page("/login").trust_origin("https://app.example.com").build().is_ok());
}
