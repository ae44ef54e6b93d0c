//! Hooks before and after, as `hookBefore` and `hookAfter` add them.

use std::sync::{Arc, Mutex};

use example_evershop::Customer;
use passport_core::{BoxError, EndedLogin, FailedAttempt, Hooks, LoginEvent, LoginRefused, async_trait};
use serde_json::json;

use super::stage::{ALICE, BOB, Fails, Stage};

/// Writes down what it is told, and refuses Bob.
struct Recorder(&'static str, Arc<Mutex<Vec<String>>>);

impl Recorder {
    fn note(&self, what: &str) {
        self.1.lock().unwrap().push(format!("{}: {what}", self.0));
    }
}

#[async_trait]
impl Hooks<Customer> for Recorder {
    async fn before_login(&self, login: &LoginEvent<Customer>) -> Result<(), LoginRefused> {
        self.note("before login");
        match login.user.person.full_name.as_str() {
            "Bob" => Err(LoginRefused::because("Not before noon")),
            _ => Ok(()),
        }
    }

    async fn after_login(&self, _: &LoginEvent<Customer>) -> Result<(), BoxError> {
        self.note("after login");
        Err("an error that changes nothing".into())
    }

    async fn after_logout(&self, _: &EndedLogin) -> Result<(), BoxError> {
        self.note("after logout");
        Ok(())
    }

    async fn failed_attempt(&self, _: &FailedAttempt) -> Result<(), BoxError> {
        self.note("failed");
        Ok(())
    }
}

fn stage() -> (Stage, Arc<Mutex<Vec<String>>>) {
    let told = Arc::new(Mutex::new(Vec::new()));
    let (first, second) = (Recorder("first", told.clone()), Recorder("second", told.clone()));
    (Stage::with(|shop| shop.customer_hooks(first).customer_hooks(second)), told)
}

#[tokio::test]
async fn hooks_are_called_before_and_after_in_the_order_of_registration() {
    let (stage, told) = stage();
    let mut browser = stage.customer(ALICE).await;
    assert_eq!(browser.who().await.as_deref(), Some("Alice"));
    browser.post_json("/customer/logout", &json!({})).await.is(200);
    let expected = ["before login", "after login", "after logout"]
        .map(|what| [format!("first: {what}"), format!("second: {what}")])
        .concat();
    assert_eq!(*told.lock().unwrap(), expected);
}

#[tokio::test]
async fn a_hook_refuses_a_login_and_a_token_with_its_own_words() {
    let (stage, told) = stage();
    let mut browser = stage.browser();
    let message = "the login was refused: Not before noon";
    browser.login("/customer/login", BOB).await.fails(403, message).without_cookie();
    browser.login("/api/customer/tokens", BOB).await.fails(403, message);
    assert_eq!(browser.who().await, None);
    assert_eq!(*told.lock().unwrap(), ["first: before login", "first: before login"]);
}

#[tokio::test]
async fn hooks_hear_of_wrong_passwords_of_tokens_and_of_no_other_realm() {
    let (stage, told) = stage();
    let mut browser = stage.browser();
    browser.login("/customer/login", ("alice@example.com", "wrong")).await.is(400);
    browser.login("/admin/user/login", super::stage::ROOT).await.is(200);
    browser.login("/api/customer/tokens", ALICE).await.is(200);
    let expected = [
        "first: failed",
        "second: failed",
        "first: before login",
        "second: before login",
        "first: after login",
        "second: after login",
    ];
    assert_eq!(*told.lock().unwrap(), expected);
}
