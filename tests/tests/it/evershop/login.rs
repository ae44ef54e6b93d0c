//! `loginCustomerWithEmail`, `loginUserWithEmail`, and their JSON.

use serde_json::json;

use super::stage::{ALICE, Fails, ROOT, Stage};

const WRONG: &str = "Invalid email or password";

#[tokio::test]
async fn a_customer_logs_in_and_the_answer_names_the_session_but_not_its_id() {
    let stage = Stage::new();
    let mut browser = stage.browser();
    let login = browser.login("/customer/login", ALICE).await.is(200);
    let sid = login.json()["data"]["sid"].as_str().unwrap().to_owned();
    assert_eq!(login.json(), json!({ "data": { "sid": sid } }));
    assert_ne!(browser.cookies["sid"], sid, "the id is for the cookie alone");
    let mut thief = stage.browser();
    thief.cookies.insert("sid".to_owned(), sid);
    assert_eq!(thief.who().await, None);
    assert!(browser.get("/account").await.is(200).body.contains("alice@example.com"));
    let cookie = login.header("set-cookie");
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
}

#[tokio::test]
async fn an_administrator_logs_in_likewise() {
    let stage = Stage::new();
    let mut browser = stage.browser();
    let login = browser.login("/admin/user/login", ROOT).await.is(200);
    assert_eq!(login.json()["data"]["sid"].as_str().unwrap().len(), 32);
    assert!(login.header("set-cookie").starts_with("asid="));
    assert!(browser.get("/admin").await.is(200).body.contains("root@example.com"));
}

#[tokio::test]
async fn the_case_of_an_email_does_not_matter() {
    let stage = Stage::new();
    for email in ["ALICE@EXAMPLE.COM", "Alice@Example.com"] {
        stage.browser().login("/customer/login", (email, ALICE.1)).await.is(200);
    }
}

#[tokio::test]
async fn nothing_in_an_email_is_a_wildcard() {
    let stage = Stage::new();
    for email in [
        "%",
        "%@example.com",
        "alic_@example.com",
        "alice%",
        "\\%",
        "",
        " alice@example.com",
        "alice@example.com\0",
    ] {
        let refused = stage.browser().login("/customer/login", (email, ALICE.1)).await.without_cookie();
        refused.fails(400, WRONG);
    }
}

#[tokio::test]
async fn a_wrong_password_an_unknown_email_and_a_disabled_account_get_one_answer() {
    let stage = Stage::new();
    stage.set_active("bob@example.com", false);
    let long = "x".repeat(10_000);
    let mut seen = Vec::new();
    for who in [
        ("alice@example.com", "wrong"),
        ("alice@example.com", ""),
        ("alice@example.com", long.as_str()),
        ("nobody@example.com", ALICE.1),
        ("bob@example.com", "wonderland is far away"),
        ("root@example.com", ROOT.1),
    ] {
        let refused = stage.browser().login("/customer/login", who).await.fails(400, WRONG).without_cookie();
        seen.push(format!("{:?}", refused.headers));
    }
    seen.dedup();
    assert_eq!(seen.len(), 1, "{seen:?}");
}

#[tokio::test]
async fn a_body_that_is_not_as_described_is_a_400_in_the_same_shape() {
    let stage = Stage::new();
    for (path, message) in [
        ("/customer/login", "Email and password are required"),
        ("/admin/user/login", "Email or password is invalid"),
        ("/api/customer/tokens", "Email and password are required"),
        ("/api/user/tokens", "Email and password are required"),
    ] {
        for body in [
            r#"{"email":7,"password":"x"}"#,
            r#"{"email":null,"password":"x"}"#,
            r#"{"email":["alice@example.com"],"password":"x"}"#,
            r#"{"email":{"$ne":""},"password":{"$ne":""}}"#,
            r#"{"email":"alice@example.com"}"#,
            r#"{"email":"alice@example.com","password":null}"#,
            r#"{"email":"alice@example.com","password":["x"]}"#,
            r#"{"email":"a","email":"alice@example.com","password":"x"}"#,
            r#"{"password":"x"}"#,
            r#"["alice@example.com","x"]"#,
            "{}",
            "null",
            "",
            "{",
            "email=alice@example.com",
        ] {
            let mut browser = stage.browser();
            let refused = browser
                .send("POST", path, &[("content-type", "application/json")], body)
                .await
                .without_cookie();
            refused.fails(400, message);
        }
        let mut browser = stage.browser();
        let text = browser.send("POST", path, &[("content-type", "text/plain")], "{}").await;
        text.fails(415, "The body must be application/json");
        let json = [("content-type", "application/json; charset=utf-8")];
        let body = r#"{"email":"x","password":"x"}"#;
        browser.send("POST", path, &json, body).await.fails(400, WRONG);
        let huge = format!(r#"{{"email":"{}","password":"x"}}"#, "x".repeat(70_000));
        assert_eq!(browser.send("POST", path, &json, &huge).await.status, 413);
        assert_eq!(browser.get(&format!("{path}?email=alice@example.com&password=x")).await.status, 405);
    }
}

#[tokio::test]
async fn a_login_gets_a_new_id_and_keeps_the_cart() {
    let stage = Stage::new();
    let mut browser = stage.browser();
    browser.put("tea").await;
    let before = browser.clone();
    browser.login("/customer/login", ALICE).await.is(200);
    assert_ne!(before.cookies["sid"], browser.cookies["sid"]);
    assert_eq!(browser.cart().await, json!(["tea"]));
    let mut thief = before;
    assert_eq!(thief.who().await, None, "whoever planted the id from before is nobody");
    assert_eq!(thief.cart().await, json!([]));
}

#[tokio::test]
async fn an_id_that_somebody_invented_is_never_adopted() {
    let stage = Stage::new();
    let mut browser = stage.browser();
    browser.cookies.insert("sid".to_owned(), "A".repeat(43));
    browser.login("/customer/login", ALICE).await.is(200);
    assert_ne!(browser.cookies["sid"], "A".repeat(43));
}

#[tokio::test]
async fn who_logs_in_over_somebody_else_finds_nothing_of_that_one() {
    let stage = Stage::new();
    let mut browser = stage.customer(ALICE).await;
    browser.put("a present for Bob").await;
    let before = browser.clone();
    browser.login("/customer/login", super::stage::BOB).await.is(200);
    assert_eq!((browser.who().await.as_deref(), browser.cart().await), (Some("Bob"), json!([])));
    assert_eq!(before.clone().who().await, None);
}

#[tokio::test]
async fn a_wrong_login_changes_nothing_for_who_is_logged_in() {
    let stage = Stage::new();
    let mut browser = stage.customer(ALICE).await;
    browser.put("tea").await;
    browser.login("/customer/login", ("bob@example.com", "wrong")).await.fails(400, WRONG);
    assert_eq!((browser.who().await.as_deref(), browser.cart().await), (Some("Alice"), json!(["tea"])));
}
