//! Accounts that are disabled, changed or new.

use passport_tests::client::Answer;
use serde_json::json;

use super::stage::{ALICE, BOB, Browser, Fails, ROOT, Stage};

#[tokio::test]
async fn a_disabled_customer_is_out_at_the_next_request_and_stays_out() {
    let stage = Stage::new();
    let mut browser = stage.customer(ALICE).await;
    browser.put("tea").await;
    stage.set_active(ALICE.0, false);
    browser.get("/account").await.goes_to("/account/login?return_to=%2Faccount");
    assert_eq!(browser.who().await, None);
    stage.set_active(ALICE.0, true);
    assert_eq!(browser.who().await, None, "enabled again, but the old session stays dead");
    browser.login("/customer/login", ALICE).await.is(200);
}

#[tokio::test]
async fn a_customer_who_was_disabled_and_enabled_between_two_requests_is_out_too() {
    let stage = Stage::new();
    let mut browser = stage.customer(ALICE).await;
    stage.set_active(ALICE.0, false);
    stage.set_active(ALICE.0, true);
    assert_eq!(browser.who().await, None);
}

#[tokio::test]
async fn a_disabled_administrator_is_sent_to_the_login_page() {
    let stage = Stage::new();
    let mut browser = stage.browser();
    browser.login("/admin/user/login", ROOT).await.is(200);
    let id = stage.admins.with_email(ROOT.0).unwrap().person.id;
    stage.admins.set_active(id, false).unwrap();
    browser.get("/admin").await.goes_to("/admin/login?return_to=%2Fadmin");
    browser.get("/admin/login").await.is(200);
}

async fn disable(admin: &mut Browser, uuid: &str) -> Answer {
    let json = [("content-type", "application/json")];
    admin.send("PATCH", &format!("/api/customers/{uuid}"), &json, r#"{"status":0}"#).await
}

#[tokio::test]
async fn an_administrator_disables_a_customer_who_is_out_everywhere_at_once() {
    let stage = Stage::new();
    let mut alice = stage.customer(ALICE).await;
    let tokens = stage.browser().login("/api/customer/tokens", ALICE).await.is(200).json()["data"].clone();
    let uuid = stage.customers.with_email(ALICE.0).unwrap().person.uuid.clone();
    let mut admin = stage.browser();
    disable(&mut admin, &uuid).await.fails(401, "Unauthorized");
    disable(&mut alice, &uuid).await.fails(401, "Unauthorized");
    admin.login("/admin/user/login", ROOT).await.is(200);
    assert_eq!(disable(&mut admin, &uuid).await.is(200).json()["data"]["status"], 0);
    assert_eq!(alice.who().await, None);
    let access = tokens["accessToken"].as_str().unwrap();
    stage.browser().bearer(access, "/api/customer/whoami").await.fails(401, "Invalid token");
    let refresh = json!({ "refreshToken": tokens["refreshToken"] });
    let refused = stage.browser().post_json("/api/customer/token/refresh", &refresh).await;
    refused.fails(401, "Customer not found or inactive");
    disable(&mut admin, "no-such").await.fails(400, "Invalid customer or status");
}

#[tokio::test]
async fn a_new_customer_is_not_logged_in_and_logs_in_next() {
    let stage = Stage::new();
    let mut browser = stage.browser();
    let carol = json!({ "full_name": "Carol", "email": "carol@example.com", "password": "secret" });
    let created = browser.post_json("/api/customers", &carol).await.is(200).without_cookie();
    assert_eq!(created.json()["data"]["group_id"], 1);
    assert_eq!(created.json()["data"]["status"], 1);
    assert_eq!(browser.who().await, None);
    browser.login("/customer/login", ("CAROL@example.com", "secret")).await.is(200);
    assert_eq!(browser.who().await.as_deref(), Some("Carol"));

    let again = json!({ "full_name": "C", "email": "Carol@Example.com", "password": "secret" });
    browser.post_json("/api/customers", &again).await.fails(400, "Email is already used");
    let short = json!({ "full_name": "D", "email": "d@example.com", "password": "short" });
    browser.post_json("/api/customers", &short).await.fails(400, "Password must be at least 6 characters");
    for odd in [json!({}), json!({ "full_name": 1, "email": "d@example.com", "password": "secret" })] {
        browser.post_json("/api/customers", &odd).await.fails(400, "Name, email and password are required");
    }
}

#[tokio::test]
async fn no_answer_holds_a_password_or_its_hash() {
    let stage = Stage::new();
    let mut browser = stage.customer(BOB).await;
    browser.login("/admin/user/login", ROOT).await.is(200);
    let mut all = String::new();
    for path in ["/", "/account", "/admin", "/api/customer/whoami", "/api/user/whoami"] {
        all += &browser.get(path).await.is(200).body;
    }
    all += &browser.login("/api/customer/tokens", BOB).await.is(200).body;
    for secret in ["wonderland", "admin of all", "argon2", "password\":", "hash"] {
        assert!(!all.contains(secret), "{secret} in {all}");
    }
}
