//! The kits for authors, used as their users use them: on axum, and on strategies that are published.

use axum::{
    Router,
    body::Body,
    extract::Request,
    routing::{get, post},
};
use bytes::Bytes;
use http::{StatusCode, header};
use passport_axum::{CurrentUser, PassportExt, PassportLayer};
use passport_core::{
    Error, LoginRefused, Passport, Success,
    testing::{StrategyKit, add_login, login_as, session_behind, user_behind},
};
use passport_local::{Account, Argon2id, Local, Password, accounts_from};
use passport_session::{FakeClock, SessionStrategy, Sessions};
use std::time::Duration;
use tower::ServiceExt;

type User = String;

fn app(passport: Passport<User>) -> Router {
    let logout = async |req: Request| req.logout().await.map_err(passport_axum::Error).map(drop);
    Router::new()
        .route("/me", get(async |user: CurrentUser<User>| user.to_string()))
        .route("/logout", post(logout))
        .layer(PassportLayer::new(passport))
}

async fn status(app: &Router, method: &str, path: &str, cookie: &str) -> StatusCode {
    let req = Request::builder().method(method).uri(path).header(header::COOKIE, cookie);
    app.clone().oneshot(req.body(Body::empty()).unwrap()).await.unwrap().status()
}

#[tokio::test]
async fn a_test_is_logged_in_without_a_form_and_out_by_the_application() {
    let passport = Passport::<User>::of_ids(Sessions::in_memory()).build().unwrap();
    let app = app(passport.clone());
    let cookie = login_as(&passport, "alice".to_owned()).await.unwrap();
    assert_eq!(status(&app, "GET", "/me", &cookie).await, StatusCode::OK);
    assert_eq!(status(&app, "GET", "/me", "").await, StatusCode::UNAUTHORIZED);
    assert_eq!(user_behind(&passport, &cookie).await.unwrap().as_deref(), Some(&"alice".to_owned()));
    assert_eq!(status(&app, "POST", "/logout", &cookie).await, StatusCode::OK);
    assert_eq!(user_behind(&passport, &cookie).await.unwrap(), None);
    assert_eq!(status(&app, "GET", "/me", &cookie).await, StatusCode::UNAUTHORIZED);
}

#[cfg(feature = "actix")]
#[test]
fn a_test_of_actix_is_logged_in_too() {
    use actix_web::{App, rt::System, test, web};
    System::new().block_on(async {
        let passport = Passport::<User>::of_ids(Sessions::in_memory()).build().unwrap();
        let me = async |user: passport_actix::CurrentUser<User>| user.to_string();
        let app = App::new().wrap(passport_actix::passport(passport.clone())).route("/me", web::get().to(me));
        let app = test::init_service(app).await;
        let cookie = login_as(&passport, "alice".to_owned()).await.unwrap();
        let req = test::TestRequest::get().uri("/me").insert_header(("cookie", cookie.as_str()));
        assert_eq!(test::call_and_read_body(&app, req.to_request()).await, "alice");
    });
}

#[tokio::test]
async fn two_tests_at_once_are_two_sessions() {
    let passport = Passport::<User>::of_ids(Sessions::in_memory()).build().unwrap();
    let alice = login_as(&passport, "alice".to_owned()).await.unwrap();
    let bob = login_as(&passport, "bob".to_owned()).await.unwrap();
    assert_ne!(alice, bob);
    session_behind(&passport, &alice).unwrap().logout().await.unwrap();
    assert_eq!(user_behind(&passport, &bob).await.unwrap().as_deref(), Some(&"bob".to_owned()));
}

#[tokio::test]
async fn a_login_of_a_test_is_a_login_like_any_other() {
    let clock = FakeClock::new();
    let sessions = Sessions::in_memory().clock(clock.clone());
    let passport = Passport::<User>::of_ids(&sessions)
        .before_login(async |login| match login.user.as_str() {
            "mallory" => Err(LoginRefused::because("not you")),
            _ => Ok(()),
        })
        .build()
        .unwrap();
    let refused = login_as(&passport, "mallory".to_owned()).await;
    assert!(matches!(refused, Err(Error::Refused(reason)) if reason == "not you"));

    let remembered = login_as(&passport, Success::new("alice".to_owned()).remember(30)).await.unwrap();
    let brief = login_as(&passport, "alice".to_owned()).await.unwrap();
    clock.advance(Duration::from_secs(60 * 60));
    assert!(user_behind(&passport, &remembered).await.unwrap().is_some());
    assert!(user_behind(&passport, &brief).await.unwrap().is_none());
}

#[tokio::test]
async fn a_second_login_goes_into_the_same_session_and_keeps_other_cookies() {
    let passport = Passport::<User>::of_ids(Sessions::in_memory()).build().unwrap();
    let alice = login_as(&passport, "alice".to_owned()).await.unwrap();
    let both =
        add_login(&passport, &format!("theme=dark; {alice}; lang=en"), "bob".to_owned()).await.unwrap();
    assert!(both.starts_with("theme=dark; lang=en; __Host-session="), "{both}");
    assert_eq!(user_behind(&passport, &both).await.unwrap().as_deref(), Some(&"bob".to_owned()));
    assert_eq!(user_behind(&passport, &alice).await.unwrap(), None);
}

#[tokio::test]
async fn a_passport_without_sessions_says_so() {
    let local = Local::new(accounts_from(|_: String| async { Ok(None) }));
    let passport = Passport::<User>::stateless().strategy("local", local).build().unwrap();
    assert!(matches!(login_as(&passport, "alice".to_owned()).await, Err(Error::NoSessions)));
}

#[tokio::test]
async fn a_test_of_another_runtime_needs_nothing_of_this_one() {
    // A thread without tokio: what `login_as` waits for is the session store, and that one is in memory.
    let cookie = std::thread::spawn(|| {
        let passport =
            Passport::<User>::of_ids(Sessions::in_memory().clock(FakeClock::new())).build().unwrap();
        let mut login = Box::pin(login_as(&passport, "alice".to_owned()));
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        loop {
            if let std::task::Poll::Ready(cookie) = login.as_mut().poll(&mut context) {
                return cookie.unwrap();
            }
        }
    });
    assert!(cookie.join().unwrap().starts_with("__Host-session="));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_password_strategy_stands_the_abuse() {
    let hash = Argon2id::default().hash(&Password::new("right")).unwrap();
    let accounts = accounts_from(move |name: String| {
        let hash = matches!(&*name, "alice" | "bob").then(|| hash.clone());
        async move { Ok(hash.map(|hash| Account::new(name.clone(), name).hash(hash))) }
    });
    let kit = StrategyKit::new(Local::new(accounts)).in_parallel(tokio::spawn);
    let with = |name| {
        http::Request::post("/")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Bytes::from(format!("username={name}&password=right")))
            .unwrap()
    };
    let report = kit.abuse(|| with("alice"), || with("bob"), User::clone).await;
    println!("{report}");
    assert!(report.is_passed(), "{report}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_session_strategy_stands_the_abuse() {
    let passport = Passport::<User>::of_ids(Sessions::in_memory()).build().unwrap();
    let alice = login_as(&passport, "alice".to_owned()).await.unwrap();
    let bob = login_as(&passport, "bob".to_owned()).await.unwrap();
    let with = |cookie| {
        let mut req = http::Request::new(Bytes::new());
        req.extensions_mut().insert(session_behind(&passport, cookie).unwrap());
        req
    };
    let visitors = passport.clone();
    let kit =
        StrategyKit::new(SessionStrategy::<User>::new()).in_parallel(tokio::spawn).prepare(move |req| {
            req.extensions_mut().insert(session_behind(&visitors, "").unwrap());
        });
    let report = kit.abuse(|| with(&alice), || with(&bob), User::clone).await;
    assert!(report.is_passed(), "{report}");
}
