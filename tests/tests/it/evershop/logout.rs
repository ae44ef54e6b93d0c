//! `logoutCustomer`, `logoutUser`, and what they leave.

use axum::{Router, extract::Request, routing::post};
use example_evershop::EvershopRequest;
use http::request::Parts;
use passport_axum::Error;
use serde_json::{Value, json};

use super::stage::{ALICE, BOB, Fails, ROOT, Stage};

#[tokio::test]
async fn the_cart_survives_the_customer_is_forgotten() {
    let stage = Stage::new();
    let mut browser = stage.customer(ALICE).await;
    browser.put("tea").await;
    browser.post_json("/customer/logout", &json!({})).await.says(200, r#"{"data":{}}"#);
    assert_eq!((browser.who().await, browser.cart().await), (None, json!(["tea"])));
    browser.put("milk").await;
    browser.login("/customer/login", ALICE).await.is(200);
    assert_eq!(browser.cart().await, json!(["tea", "milk"]), "Alice comes back to it");
}

#[tokio::test]
async fn the_next_customer_of_that_browser_does_not_inherit_the_cart() {
    let stage = Stage::new();
    let mut browser = stage.customer(ALICE).await;
    browser.put("a present for Bob").await;
    browser.post_json("/customer/logout", &json!({})).await.is(200);
    browser.login("/customer/login", BOB).await.is(200);
    assert_eq!(browser.cart().await, json!([]));
}

#[tokio::test]
async fn a_copied_cookie_is_dead_after_the_logout() {
    let stage = Stage::new();
    let mut browser = stage.customer(ALICE).await;
    browser.put("tea").await;
    let mut copy = browser.clone();
    browser.post_json("/customer/logout", &json!({})).await.is(200);
    assert_ne!(copy.cookies["sid"], browser.cookies["sid"], "the visitor's session goes on under a new id");
    assert_eq!((copy.who().await, copy.cart().await), (None, json!([])));
}

#[tokio::test]
async fn logging_out_twice_by_get_and_by_post_or_as_nobody_is_fine() {
    let stage = Stage::new();
    for path in ["/customer/logout", "/admin/user/logout"] {
        let mut browser = stage.customer(ALICE).await;
        browser.login("/admin/user/login", ROOT).await.is(200);
        for method in ["GET", "POST", "GET", "POST"] {
            browser.send(method, path, &[], "").await.says(200, r#"{"data":{}}"#);
        }
        let mut nobody = stage.browser();
        nobody.cookies.insert("sid".to_owned(), "garbage".to_owned());
        nobody.cookies.insert("asid".to_owned(), "A".repeat(43));
        nobody.send("POST", path, &[], "").await.says(200, r#"{"data":{}}"#);
    }
}

#[tokio::test]
async fn the_same_request_knows_of_its_logout() {
    async fn checks(req: &Parts) -> Result<Value, Error> {
        let (customer, user) = (req.get_current_customer().await?, req.get_current_user().await?);
        Ok(json!([
            req.is_customer_logged_in().await?,
            customer.is_some(),
            req.is_user_logged_in().await?,
            user.is_some()
        ]))
    }
    async fn leave(req: Request) -> Result<String, Error> {
        let (req, _) = req.into_parts();
        let before = checks(&req).await?;
        req.logout_customer().await?;
        let between = checks(&req).await?;
        req.logout_user().await?;
        Ok(json!([before, between, checks(&req).await?]).to_string())
    }
    let stage = Stage::with(|shop| shop.routes(Router::new().route("/leave", post(leave))));
    let mut browser = stage.customer(ALICE).await;
    browser.login("/admin/user/login", ROOT).await.is(200);
    let answer = browser.post_json("/leave", &json!({})).await.is(200).json();
    assert_eq!(
        answer,
        json!([[true, true, true, true], [false, false, true, true], [false, false, false, false]])
    );
    assert_eq!(browser.whoami().await, [None, None]);
}

#[tokio::test]
async fn a_request_in_flight_does_not_bring_the_customer_back() {
    let stage = Stage::new();
    let mut browser = stage.customer(ALICE).await;
    browser.put("tea").await;
    let mut slow = browser.clone();
    browser.post_json("/customer/logout", &json!({})).await.is(200);
    // An answer to a request that began before may come later: a cookie would replace the logout's.
    slow.post_json("/cart", &json!({ "item": "milk" })).await.without_cookie();
    assert_eq!((slow.who().await, browser.who().await), (None, None));
    assert_eq!(browser.cart().await, json!(["tea"]));
}

#[tokio::test]
async fn logging_out_everywhere_ends_every_session_and_every_token_of_that_customer_alone() {
    let stage = Stage::new();
    let (mut phone, mut desk) = (stage.customer(ALICE).await, stage.customer(ALICE).await);
    let mut bob = stage.customer(BOB).await;
    let tokens = stage.browser().login("/api/customer/tokens", ALICE).await.is(200).json()["data"].clone();
    let answer = phone.post_json("/api/customer/logout/everywhere", &json!({})).await.is(200);
    assert_eq!(answer.json(), json!({ "data": { "ended": 3 } }));
    assert_eq!((phone.who().await, desk.who().await), (None, None));
    assert_eq!(bob.who().await.as_deref(), Some("Bob"));
    let refresh = json!({ "refreshToken": tokens["refreshToken"] });
    let refused = stage.browser().post_json("/api/customer/token/refresh", &refresh).await;
    refused.fails(401, "Customer not found or inactive");
}
