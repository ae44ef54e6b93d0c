//! A store that fails, in this process.

use example_express_logout::app;
use example_shared::Users;
use passport_session::{FakeClock, Sessions};

use crate::support::{Caller, Fault, TestStore};

const FORM: &str = "username=alice&password=correct+horse+battery+staple";

fn site() -> (Caller, TestStore, FakeClock) {
    let (store, clock) = (TestStore::new(), FakeClock::new());
    let sessions = Sessions::over(store.clone()).clock(clock.clone()).insecure_cookie_for_development();
    (Caller::of(&app(Users::customers(), &sessions).unwrap()), store, clock)
}

/// Alice, and what the store was not asked yet.
async fn signed_in() -> (Caller, TestStore, FakeClock) {
    let (mut alice, store, clock) = site();
    alice.post("/api/auth/login", FORM).await.is(200);
    store.calls();
    (alice, store, clock)
}

#[tokio::test]
async fn a_logout_that_the_store_refuses_is_told_and_the_user_is_still_logged_in() {
    let (mut alice, store, _) = signed_in().await;
    store.arm("delete", Fault::Fail);
    alice.delete("/api/auth/logout").await.says(400, "Unable to log out").without_cookie();
    alice.get("/api/auth/me").await.says(200, r#"{"username":"alice"}"#);
    store.heal();
    alice.delete("/api/auth/logout").await.says(200, "Logout successful");
    alice.get("/api/auth/me").await.is(401);
}

#[tokio::test]
async fn a_logout_that_the_store_never_answers_is_no_success() {
    let (alice, store, clock) = signed_in().await;
    store.arm("delete", Fault::HangBefore);
    let mut waiting = alice.clone();
    let logout = tokio::spawn(async move { waiting.delete("/api/auth/logout").await });
    while !logout.is_finished() {
        clock.advance(std::time::Duration::from_secs(1));
        tokio::task::yield_now().await;
    }
    logout.await.unwrap().says(400, "Unable to log out").without_cookie();
}

#[tokio::test]
async fn a_store_that_cannot_be_asked_is_not_nobody() {
    let (mut alice, store, _) = signed_in().await;
    store.arm("load", Fault::Fail);
    alice.get("/api/auth/me").await.is(503).without_cookie();
    store.heal();
    alice.get("/api/auth/me").await.is(200);
}

#[tokio::test]
async fn a_login_that_cannot_be_kept_is_no_login() {
    let (mut alice, store, _) = site();
    store.arm("create", Fault::Fail);
    alice.post("/api/auth/login", FORM).await.is(503).without_cookie();
    alice.get("/api/auth/me").await.is(401);
    store.heal();
    alice.post("/api/auth/login", FORM).await.is(200);
}

#[tokio::test]
async fn a_second_login_that_cannot_be_kept_leaves_the_first() {
    let (mut alice, store, _) = signed_in().await;
    store.arm("rotate", Fault::Fail);
    let form = "username=bob&password=wonderland+is+far+away";
    alice.post("/api/auth/login", form).await.is(503).without_cookie();
    alice.get("/api/auth/me").await.says(200, r#"{"username":"alice"}"#);
}

#[tokio::test]
async fn a_failed_touch_changes_no_answer() {
    let (mut alice, store, clock) = signed_in().await;
    clock.advance(std::time::Duration::from_secs(5 * 60));
    store.arm("touch", Fault::Fail);
    alice.get("/api/auth/me").await.is(200);
    assert!(store.calls().contains(&"touch"));
}

#[tokio::test]
async fn the_store_is_asked_for_what_is_needed_and_no_more() {
    let (mut alice, store, _) = site();
    alice.clone().with_cookie("session", "garbage").get("/api/auth/me").await.is(401);
    alice.get("/").await.is(200).without_cookie();
    alice.post("/api/auth/login", "username=alice&password=wrong").await.is(401);
    assert_eq!(store.calls(), [""; 0], "nobody's requests");
    alice.post("/api/auth/login", FORM).await.is(200);
    assert_eq!(store.calls(), ["create"]);
    alice.get("/api/auth/me").await.is(200);
    assert_eq!(store.calls(), ["load"]);
    alice.delete("/api/bare/logout").await.is(200);
    assert_eq!(store.calls(), [""; 0], "outside the session layer");
    alice.delete("/api/auth/logout").await.is(200);
    assert_eq!(store.calls(), ["delete"]);
}

#[tokio::test]
async fn half_an_hour_without_a_request_is_a_logout() {
    let (mut alice, _, clock) = signed_in().await;
    for _ in 0..3 {
        clock.advance(std::time::Duration::from_secs(29 * 60));
        alice.get("/api/auth/me").await.is(200);
    }
    clock.advance(std::time::Duration::from_secs(30 * 60));
    alice.get("/api/auth/me").await.is(401);
}
