//! A store that fails at each step: the original's 500 where a session is saved, and nothing is lost.

use serde_json::json;

use super::stage::{ALICE, BOB, Fails, ROOT, Stage};
use crate::support::Fault;

const FAILED: &str = "the session store failed";

#[tokio::test]
async fn a_login_that_cannot_be_saved_is_a_500_and_logs_nobody_in() {
    let stage = Stage::new();
    for (path, who) in [("/customer/login", ALICE), ("/admin/user/login", ROOT)] {
        stage.store.arm("create", Fault::Fail);
        let mut browser = stage.browser();
        browser.login(path, who).await.fails(500, FAILED).without_cookie();
        stage.store.heal();
        assert_eq!(browser.whoami().await, [None, None]);
    }
    // With a cart there is a session already, whose id moves.
    for operation in ["load", "rotate"] {
        let mut browser = stage.browser();
        browser.put("tea").await;
        stage.store.arm(operation, Fault::Fail);
        browser.login("/customer/login", ALICE).await.fails(500, FAILED).without_cookie();
        stage.store.heal();
        assert_eq!((browser.who().await, browser.cart().await), (None, json!(["tea"])), "{operation}");
        browser.login("/customer/login", ALICE).await.is(200);
    }
}

#[tokio::test]
async fn a_logout_that_cannot_be_saved_is_a_500_and_never_a_success() {
    let stage = Stage::new();
    for operation in ["load", "rotate"] {
        let mut browser = stage.customer(ALICE).await;
        browser.put("tea").await;
        stage.store.arm(operation, Fault::Fail);
        for method in ["POST", "GET"] {
            browser.send(method, "/customer/logout", &[], "").await.fails(500, FAILED).without_cookie();
        }
        stage.store.heal();
        assert_eq!(browser.who().await.as_deref(), Some("Alice"), "{operation}: still logged in");
        browser.post_json("/customer/logout", &json!({})).await.is(200);
        assert_eq!((browser.who().await, browser.cart().await), (None, json!(["tea"])), "{operation}");
    }
    let mut admin = stage.browser();
    admin.login("/admin/user/login", ROOT).await.is(200);
    stage.store.arm("delete", Fault::Fail);
    admin.post_json("/admin/user/logout", &json!({})).await.fails(500, FAILED);
    stage.store.heal();
    assert_eq!(admin.whoami().await[1].as_deref(), Some("Root"));
}

#[tokio::test]
async fn a_page_that_cannot_ask_the_store_says_503_and_takes_nobody_for_a_stranger() {
    let stage = Stage::new();
    let mut browser = stage.customer(ALICE).await;
    stage.store.arm("load", Fault::Fail);
    for path in ["/", "/account", "/account/login", "/cart", "/api/customer/whoami"] {
        browser.get(path).await.is(503).without_cookie();
    }
    // The other realm has another session, and this browser none of it.
    browser.get("/admin").await.goes_to("/admin/login?return_to=%2Fadmin");
    stage.store.heal();
    assert_eq!(browser.who().await.as_deref(), Some("Alice"));
}

#[tokio::test]
async fn a_thing_that_cannot_be_put_into_the_cart_is_an_error_and_not_half_there() {
    let stage = Stage::new();
    let mut browser = stage.browser();
    stage.store.arm("create", Fault::Fail);
    assert_eq!(browser.post_json("/cart", &json!({ "item": "tea" })).await.status, 503);
    stage.store.heal();
    browser.put("tea").await;
    stage.store.arm("update", Fault::Fail);
    assert_eq!(browser.post_json("/cart", &json!({ "item": "milk" })).await.status, 503);
    stage.store.heal();
    assert_eq!(browser.cart().await, json!(["tea"]));
    for odd in [json!({}), json!({ "item": 7 }), json!({ "item": "" }), json!({ "item": "x".repeat(201) })] {
        browser.post_json("/cart", &odd).await.fails(400, "An item is required");
    }
    assert_eq!(browser.cart().await, json!(["tea"]));
}

#[tokio::test]
async fn tokens_that_cannot_be_saved_are_not_issued_and_nothing_is_used_up() {
    let stage = Stage::new();
    let mut program = stage.browser();
    stage.store.arm("create", Fault::Fail);
    program.login("/api/customer/tokens", BOB).await.fails(500, FAILED);
    stage.store.heal();
    let tokens = program.login("/api/customer/tokens", BOB).await.is(200).json()["data"].clone();
    let refresh = json!({ "refreshToken": tokens["refreshToken"] });
    for operation in ["load", "update"] {
        stage.store.arm(operation, Fault::Fail);
        program.post_json("/api/customer/token/refresh", &refresh).await.fails(503, FAILED);
        stage.store.heal();
    }
    program.post_json("/api/customer/token/refresh", &refresh).await.is(200);
    stage.store.arm("delete_all", Fault::Fail);
    let mut bob = stage.customer(BOB).await;
    bob.post_json("/api/customer/logout/everywhere", &json!({})).await.fails(500, FAILED);
    stage.store.heal();
    assert_eq!(bob.who().await.as_deref(), Some("Bob"));
}
