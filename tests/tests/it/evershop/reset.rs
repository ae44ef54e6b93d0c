//! `resetPassword` and `updatePassword`.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use passport_tests::client::Answer;
use serde_json::json;

use super::stage::{ALICE, Fails, Stage};
use crate::support::Fault;

const INVALID: &str = "Token is invalid or expired";

type Mails = Arc<Mutex<Vec<(String, String)>>>;

fn stage() -> (Stage, Mails) {
    let mails = Mails::default();
    let outbox = mails.clone();
    let mailer = move |to: &str, token: &str| outbox.lock().unwrap().push((to.to_owned(), token.to_owned()));
    (Stage::with(|shop| shop.mailer(mailer)), mails)
}

async fn mailed(stage: &Stage, mails: &Mails) -> String {
    let asked = json!({ "email": "ALICE@example.com" });
    stage.browser().post_json("/api/customers/reset-password", &asked).await.says(200, r#"{"data":{}}"#);
    let (to, token) = mails.lock().unwrap().pop().unwrap();
    assert_eq!((to.as_str(), token.len()), ("alice@example.com", 128));
    token
}

async fn set(stage: &Stage, token: &str, password: &str) -> Answer {
    let body = json!({ "token": token, "password": password });
    stage.browser().post_json("/api/customers/password", &body).await
}

#[tokio::test]
async fn a_forgotten_password_is_set_anew_once_and_ends_whatever_was_logged_in() {
    let (stage, mails) = stage();
    let mut thief = stage.customer(ALICE).await;
    let tokens = stage.browser().login("/api/customer/tokens", ALICE).await.is(200).json()["data"].clone();
    let token = mailed(&stage, &mails).await;
    set(&stage, &token, "short").await.fails(400, "Password must be at least 6 characters");
    set(&stage, &token, "a new password").await.says(200, r#"{"data":{}}"#);
    set(&stage, &token, "another password").await.fails(400, INVALID);
    assert_eq!(thief.who().await, None);
    let refresh = json!({ "refreshToken": tokens["refreshToken"] });
    let refused = stage.browser().post_json("/api/customer/token/refresh", &refresh).await;
    refused.fails(401, "Customer not found or inactive");
    let access = tokens["accessToken"].as_str().unwrap();
    stage.browser().bearer(access, "/api/customer/whoami").await.fails(401, "Invalid token");
    stage.browser().login("/customer/login", ALICE).await.fails(400, "Invalid email or password");
    stage.browser().login("/customer/login", (ALICE.0, "a new password")).await.is(200);
}

#[tokio::test]
async fn nobody_learns_whether_an_email_is_known() {
    let (stage, mails) = stage();
    stage.set_active("bob@example.com", false);
    for email in ["nobody@example.com", "bob@example.com", "%", ""] {
        let asked = json!({ "email": email });
        let answer = stage.browser().post_json("/api/customers/reset-password", &asked).await;
        answer.says(200, r#"{"data":{}}"#);
    }
    assert!(mails.lock().unwrap().is_empty());
    let odd = stage.browser().post_json("/api/customers/reset-password", &json!({ "email": 7 })).await;
    odd.fails(400, "Email is required");
}

#[tokio::test]
async fn a_token_is_good_for_two_days_and_until_the_next_one() {
    let (stage, mails) = stage();
    let first = mailed(&stage, &mails).await;
    let second = mailed(&stage, &mails).await;
    set(&stage, &first, "a new password").await.fails(400, INVALID);
    stage.clock.advance(Duration::from_secs(48 * 3_600));
    set(&stage, &second, "a new password").await.fails(400, INVALID);
    for garbage in ["", "x", &"0".repeat(128)] {
        set(&stage, garbage, "a new password").await.fails(400, INVALID);
    }
}

#[tokio::test]
async fn a_session_store_that_fails_keeps_no_old_session_alive() {
    let (stage, mails) = stage();
    let mut thief = stage.customer(ALICE).await;
    let token = mailed(&stage, &mails).await;
    stage.store.arm("delete_all", Fault::Fail);
    assert_eq!(set(&stage, &token, "a new password").await.status, 503);
    stage.store.heal();
    assert_eq!(thief.who().await, None, "the password is new, and so is the fingerprint");
    stage.browser().login("/customer/login", (ALICE.0, "a new password")).await.is(200);
}

#[tokio::test]
async fn a_token_from_before_an_account_was_disabled_is_worth_nothing_ever_after() {
    let (stage, mails) = stage();
    let token = mailed(&stage, &mails).await;
    stage.set_active(ALICE.0, false);
    set(&stage, &token, "a new password").await.fails(400, INVALID);
    let (stage, mails) = self::stage();
    let token = mailed(&stage, &mails).await;
    stage.set_active(ALICE.0, false);
    stage.set_active(ALICE.0, true);
    set(&stage, &token, "a new password").await.fails(400, INVALID);
    stage.browser().login("/customer/login", ALICE).await.is(200);
}
