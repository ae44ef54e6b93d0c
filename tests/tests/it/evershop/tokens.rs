//! API tokens, by EverShop's routes.

use std::time::Duration;

use passport_tests::client::Answer;
use serde_json::{Value, json};

use super::stage::{ALICE, Browser, Fails, ROOT, Stage};

/// The tokens of a new login by email and password.
async fn tokens(stage: &Stage, realm: &str, who: (&str, &str)) -> (String, String) {
    pair(&stage.browser().login(&format!("/api/{realm}/tokens"), who).await.is(200))
}

fn pair(answer: &Answer) -> (String, String) {
    let json = answer.json();
    let token = |name: &str| json["data"][name].as_str().unwrap().to_owned();
    assert_eq!(json["data"].as_object().unwrap().len(), 2);
    (token("accessToken"), token("refreshToken"))
}

async fn refresh(browser: &mut Browser, realm: &str, token: &str) -> Answer {
    browser.post_json(&format!("/api/{realm}/token/refresh"), &json!({ "refreshToken": token })).await
}

#[tokio::test]
async fn a_token_says_who_it_is_without_a_session() {
    let stage = Stage::new();
    let issued = stage.browser().login("/api/customer/tokens", ALICE).await.is(200).without_cookie();
    let (access, _) = pair(&issued);
    let who = stage.browser().bearer(&access, "/api/customer/whoami").await.is(200).without_cookie();
    // The two functions disagree, as in the original: no session, and still a customer.
    assert_eq!(who.json()["data"]["isCustomerLoggedIn"], json!(false));
    assert_eq!(who.json()["data"]["currentCustomer"]["full_name"], json!("Alice"));
}

#[tokio::test]
async fn wrong_credentials_get_no_token() {
    let stage = Stage::new();
    for who in [("alice@example.com", "wrong"), ("%", "x"), ROOT] {
        let refused = stage.browser().login("/api/customer/tokens", who).await;
        refused.fails(400, "Invalid email or password");
    }
    stage.set_active(ALICE.0, false);
    stage.browser().login("/api/customer/tokens", ALICE).await.fails(400, "Invalid email or password");
}

#[tokio::test]
async fn a_token_of_the_other_realm_is_nobody_here() {
    let stage = Stage::new();
    let (customer, admin) = (tokens(&stage, "customer", ALICE).await, tokens(&stage, "user", ROOT).await);
    let nobody = stage.browser().bearer(&customer.0, "/api/user/whoami").await.is(200).json();
    assert_eq!(nobody["data"]["currentUser"], Value::Null);
    let nobody = stage.browser().bearer(&admin.0, "/api/customer/whoami").await.is(200).json();
    assert_eq!(nobody["data"]["currentCustomer"], Value::Null);
    let headers = [("authorization", format!("Bearer {}", customer.0))];
    let headers = [(headers[0].0, headers[0].1.as_str()), ("content-type", "application/json")];
    let refused = stage.browser().send("PATCH", "/api/customers/x", &headers, r#"{"status":0}"#).await;
    refused.fails(401, "Unauthorized");
    let mut program = stage.browser();
    refresh(&mut program, "user", &customer.1).await.fails(401, "Invalid token type. Expected admin");
    refresh(&mut program, "customer", &admin.1).await.fails(401, "Invalid token type. Expected customer");
}

#[tokio::test]
async fn a_refresh_token_is_no_access_token_nor_the_other_way_round() {
    let stage = Stage::new();
    let (access, token) = tokens(&stage, "customer", ALICE).await;
    stage.browser().bearer(&token, "/api/customer/whoami").await.fails(401, "Invalid token");
    refresh(&mut stage.browser(), "customer", &access).await.fails(401, "Invalid token");
}

#[tokio::test]
async fn garbage_and_expired_tokens_are_refused_with_the_originals_words() {
    let stage = Stage::new();
    let (access, token) = tokens(&stage, "customer", ALICE).await;
    for garbage in ["x", "a.b.c", &access[1..], &"x".repeat(5_000)] {
        let refused = stage.browser().bearer(garbage, "/api/customer/whoami").await;
        assert!(refused.header("www-authenticate").starts_with(r#"Bearer error="invalid_token""#));
        refused.fails(401, "Invalid token");
        refresh(&mut stage.browser(), "customer", garbage).await.fails(401, "Invalid token");
    }
    stage.clock.advance(Duration::from_secs(900));
    stage.browser().bearer(&access, "/api/customer/whoami").await.fails(401, "Token has expired");
    stage.clock.advance(Duration::from_secs(108_000 - 900));
    refresh(&mut stage.browser(), "customer", &token).await.fails(401, "Token has expired");
    for odd in [json!({}), json!({ "refreshToken": 7 }), json!({ "refreshToken": null }), json!([])] {
        let refused = stage.browser().post_json("/api/customer/token/refresh", &odd).await;
        refused.fails(400, "Refresh token is required");
    }
    let empty =
        stage.browser().post_json("/api/customer/token/refresh", &json!({ "refreshToken": "" })).await;
    empty.fails(401, "Invalid token");
}

#[tokio::test]
async fn a_refresh_token_is_good_once_and_a_second_use_ends_the_family() {
    let stage = Stage::new();
    let (_, first) = tokens(&stage, "customer", ALICE).await;
    let (_, other) = tokens(&stage, "customer", ALICE).await;
    let mut program = stage.browser();
    let (access, second) = pair(&refresh(&mut program, "customer", &first).await.is(200));
    stage.browser().bearer(&access, "/api/customer/whoami").await.is(200);
    refresh(&mut program, "customer", &first).await.fails(401, "Invalid token");
    refresh(&mut program, "customer", &second).await.fails(401, "Customer not found or inactive");
    refresh(&mut program, "customer", &other).await.is(200);
}

#[tokio::test]
async fn an_administrator_gets_tokens_by_the_session_and_nobody_else() {
    let stage = Stage::new();
    let path = "/api/user/session/tokens";
    stage.browser().post_json(path, &json!({})).await.fails(401, "Unauthorized");
    stage.customer(ALICE).await.post_json(path, &json!({})).await.fails(401, "Unauthorized");
    let (access, _) = tokens(&stage, "user", ROOT).await;
    let headers = [("authorization", format!("Bearer {access}"))];
    let by_token = stage.browser().send("POST", path, &[(headers[0].0, &headers[0].1)], "").await;
    by_token.fails(401, "Unauthorized");
    let mut browser = stage.browser();
    browser.login("/admin/user/login", ROOT).await.is(200);
    let (access, _) = pair(&browser.post_json(path, &json!({})).await.is(200));
    let who = stage.browser().bearer(&access, "/api/user/whoami").await.is(200).json();
    assert_eq!(who["data"]["currentUser"]["email"], json!("root@example.com"));
}

#[tokio::test]
async fn after_a_logout_everywhere_an_administrators_token_is_dead_at_once_a_customers_within_its_minutes() {
    let stage = Stage::new();
    let (customer, admin) = (tokens(&stage, "customer", ALICE).await, tokens(&stage, "user", ROOT).await);
    for (realm, token) in [("customer", &customer.0), ("user", &admin.0)] {
        let headers = [("authorization", format!("Bearer {token}"))];
        let path = format!("/api/{realm}/logout/everywhere");
        stage.browser().send("POST", &path, &[(headers[0].0, &headers[0].1)], "").await.is(200);
    }
    stage.browser().bearer(&admin.0, "/api/user/whoami").await.fails(401, "Invalid token");
    stage.browser().bearer(&customer.0, "/api/customer/whoami").await.is(200);
    stage.clock.advance(Duration::from_secs(900));
    stage.browser().bearer(&customer.0, "/api/customer/whoami").await.fails(401, "Token has expired");
    let mut program = stage.browser();
    refresh(&mut program, "customer", &customer.1).await.fails(401, "Customer not found or inactive");
    refresh(&mut program, "user", &admin.1).await.fails(401, "Admin user not found or inactive");
}

#[tokio::test]
async fn a_cookie_on_the_api_is_only_read() {
    let stage = Stage::new();
    let mut browser = stage.customer(ALICE).await;
    stage.store.calls();
    let who = browser.get("/api/customer/whoami").await.is(200).without_cookie();
    assert_eq!(who.json()["data"]["currentCustomer"]["full_name"], json!("Alice"));
    assert_eq!(stage.store.calls(), ["load"]);
    let mut nobody = stage.browser();
    nobody.cookies.insert("sid".to_owned(), "garbage".to_owned());
    let who = nobody.get("/api/customer/whoami").await.is(200);
    assert_eq!(who.json()["data"]["currentCustomer"], Value::Null);
    assert_eq!(stage.store.calls(), [""; 0]);
}
