//! The routes from a page, in a real browser.

use std::time::Duration;

use fantoccini::{Client, Locator};
use passport_tests::{browser::Browser, program::Program};

use crate::support::page::{appears, click, goto, type_into};

/// Waits until an element is shown that this selector finds and that has this text.
async fn see(page: &Client, css: &str, text: &str) {
    let mut last = String::new();
    for _ in 0..200 {
        if let Ok(element) = page.find(Locator::Css(css)).await {
            last = element.text().await.unwrap_or_default();
            if last.contains(text) && element.is_displayed().await.unwrap_or_default() {
                return;
            }
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("`{css}` does not show {text:?} but {last:?}");
}

async fn source(page: &Client) -> String {
    page.source().await.unwrap()
}

async fn sign_in(page: &Client, password: &str) {
    see(page, "#login", "Username").await;
    appears(page, "[name=username]").await.clear().await.unwrap();
    type_into(page, "[name=username]", "alice").await;
    type_into(page, "[name=password]", password).await;
    click(page, "#login button").await;
}

#[tokio::test]
async fn a_person_signs_in_and_out_and_the_back_button_shows_nothing() {
    let Some(browser) = Browser::start().await else { return };
    let site = Program::start("example-express-logout", &[]);
    let page = &browser.page;

    goto(page, &site, "/").await;
    sign_in(page, "wrong").await;
    see(page, "#said", "Wrong username or password.").await;
    sign_in(page, "correct horse battery staple").await;
    see(page, "#name", "alice").await;

    click(page, "#user a").await;
    see(page, "body", r#"{"username":"alice"}"#).await;
    goto(page, &site, "/").await;
    see(page, "#name", "alice").await;
    click(page, "#logout").await;
    see(page, "#said", "Logout successful").await;
    see(page, "#login", "Username").await;
    assert!(!source(page).await.contains("alice"), "signed out");

    // The protected answer, then the page before it.
    page.back().await.unwrap();
    see(page, "body", "Unauthorized").await;
    assert!(!source(page).await.contains("alice"), "the back button shows nothing private");
    page.back().await.unwrap();
    see(page, "#login", "Username").await;
    assert!(!source(page).await.contains("alice"), "nor does it a second time");
    browser.close().await;
}
