//! The tutorial's pages, in a real browser.

use std::time::Duration;

use fantoccini::Client;
use passport_tests::{browser::Browser, program::Program};

use crate::support::page::{appears, arrive, click, goto, script, text, type_into};

/// What the browser keeps beside the cookie, once the page's script has run.
async fn kept(page: &Client, there: bool) -> serde_json::Value {
    let mut kept = serde_json::Value::Null;
    for _ in 0..200 {
        kept = script(page, "localStorage.getItem('pocketbase_auth')").await;
        if kept.is_null() != there {
            return kept;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("the browser keeps {kept}");
}

async fn sign_in(page: &Client, site: &Program) {
    goto(page, site, "/profile").await;
    arrive(page, site, "/login?return_to=%2Fprofile").await;
    type_into(page, "#email", "alice@example.com").await;
    type_into(page, "#password", "correct horse battery staple").await;
    click(page, "form[action='/login'] button").await;
    arrive(page, site, "/profile").await;
    assert!(text(page, "dl").await.contains("alice@example.com"));
    let kept = kept(page, true).await;
    assert!(kept.as_str().unwrap().contains("alice@example.com"), "{kept}");
    assert_eq!(script(page, "document.cookie").await, "", "no script reads the token");
}

async fn is_signed_out(page: &Client, site: &Program) {
    arrive(page, site, "/login?message=signed_out").await;
    assert_eq!(text(page, ".message").await, "You have been signed out.");
    kept(page, false).await;
    page.back().await.unwrap();
    // The browser asks the server for the page before, which is no longer this visitor's.
    arrive(page, site, "/login?return_to=%2Fprofile").await;
    assert!(!page.source().await.unwrap().contains("alice"), "the back button shows nothing private");
    assert!(page.get_all_cookies().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_person_signs_in_with_a_password_and_out_with_the_script() {
    let Some(browser) = Browser::start().await else { return };
    let site = Program::start("example-pocketpages", &[]);
    let page = &browser.page;
    sign_in(page, &site).await;
    click(page, "form.sign-out button").await;
    is_signed_out(page, &site).await;
    browser.close().await;
}

#[tokio::test]
async fn a_person_signs_out_without_the_script_and_the_browser_forgets_all_the_same() {
    let Some(browser) = Browser::start().await else { return };
    let site = Program::start("example-pocketpages", &[]);
    let page = &browser.page;
    sign_in(page, &site).await;
    script(page, "localStorage.setItem('draft', 'private')").await;
    // As a browser without scripts does: `submit()` asks no listener.
    script(page, "document.querySelector('form.sign-out').submit()").await;
    is_signed_out(page, &site).await;
    assert!(script(page, "localStorage.getItem('draft')").await.is_null(), "the server's word is enough");
    browser.close().await;
}

#[tokio::test]
async fn a_person_signs_in_with_a_code_from_the_outbox() {
    let Some(browser) = Browser::start().await else { return };
    let site = Program::start("example-pocketpages", &[]);
    let page = &browser.page;
    goto(page, &site, "/login").await;
    type_into(page, "#to", "carol@example.com").await;
    click(page, "form[action='/code'] button").await;
    appears(page, "#code").await;
    let asked = page.current_url().await.unwrap();
    goto(page, &site, "/outbox").await;
    let code = text(page, ".code").await;
    page.goto(asked.as_str()).await.unwrap();
    type_into(page, "#code", &code).await;
    click(page, "form[action='/login/code'] button").await;
    arrive(page, &site, "/profile").await;
    assert!(text(page, "dl").await.contains("carol@example.com (verified)"));
    browser.close().await;
}
