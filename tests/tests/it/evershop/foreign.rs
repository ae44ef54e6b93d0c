//! Requests that another site made.

use serde_json::json;

use super::stage::{ALICE, Fails, ROOT, Stage};

const FOREIGN: [&[(&str, &str)]; 4] = [
    &[("sec-fetch-site", "cross-site")],
    &[("sec-fetch-site", "same-site")],
    &[("origin", "https://evil.example")],
    &[("sec-purpose", "prefetch")],
];

#[tokio::test]
async fn a_foreign_site_neither_logs_in_nor_out() {
    let stage = Stage::new();
    for foreign in FOREIGN {
        let mut browser = stage.customer(ALICE).await;
        browser.login("/admin/user/login", ROOT).await.is(200);
        let before = browser.cookies.clone();
        for (method, path) in [
            ("GET", "/customer/logout"),
            ("POST", "/customer/logout"),
            ("GET", "/admin/user/logout"),
            ("POST", "/admin/user/logout"),
            ("POST", "/account/logout"),
            ("POST", "/admin/logout"),
            ("POST", "/api/customer/logout/everywhere"),
            ("POST", "/api/user/session/tokens"),
        ] {
            let refused = browser.send(method, path, foreign, "").await;
            assert_eq!(refused.status, 403, "{foreign:?}: {refused:?}");
        }
        assert_eq!(browser.whoami().await, [Some("Alice".to_owned()), Some("Root".to_owned())]);
        assert_eq!(browser.cookies, before);
    }
}

#[tokio::test]
async fn right_and_wrong_passwords_look_alike_to_a_foreign_site() {
    let stage = Stage::new();
    for path in ["/customer/login", "/admin/user/login", "/api/customer/tokens"] {
        for password in [ALICE.1, "wrong"] {
            let body = json!({ "email": ALICE.0, "password": password }).to_string();
            let headers = [("sec-fetch-site", "cross-site"), ("content-type", "application/json")];
            let refused = stage.browser().send("POST", path, &headers, &body).await.without_cookie();
            refused.fails(403, "a request from a foreign site was refused");
        }
    }
    for path in ["/account/login", "/admin/login"] {
        let headers =
            [("sec-fetch-site", "cross-site"), ("content-type", "application/x-www-form-urlencoded")];
        let refused = stage.browser().send("POST", path, &headers, "email=a&password=b").await;
        assert_eq!(refused.status, 403);
    }
}

#[tokio::test]
async fn a_foreign_site_puts_nothing_into_the_cart() {
    let stage = Stage::new();
    let mut browser = stage.customer(ALICE).await;
    let headers = [("origin", "https://evil.example"), ("content-type", "application/json")];
    assert_eq!(browser.send("POST", "/cart", &headers, r#"{"item":"junk"}"#).await.status, 403);
    assert_eq!(browser.cart().await, json!([]));
}
