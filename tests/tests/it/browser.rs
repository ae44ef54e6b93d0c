//! The main example in a real browser.

use fantoccini::Client;
use passport_tests::{browser::Browser, program::Program};

use crate::support::page::{appears, arrive, click, goto, text, type_into};

async fn sign_in(page: &Client, username: &str, password: &str) {
    type_into(page, "[name=username]", username).await;
    type_into(page, "[name=password]", password).await;
    click(page, "form [type=submit], form button").await;
}

#[tokio::test]
async fn a_person_signs_in_sees_the_profile_signs_out_and_leaves_nothing_behind() {
    let Some(browser) = Browser::start().await else { return };
    let site = Program::start("example-axum", &[]);
    let page = &browser.page;

    goto(page, &site, "/profile").await;
    arrive(page, &site, "/?return_to=%2Fprofile").await;
    sign_in(page, "alice", "wrong").await;
    arrive(page, &site, "/?error=wrong&return_to=%2Fprofile").await;
    assert!(text(page, "body").await.contains("Wrong username or password."));

    sign_in(page, "alice", "correct horse battery staple").await;
    arrive(page, &site, "/profile").await;
    assert!(text(page, "body").await.contains("alice"));

    goto(page, &site, "/").await;
    assert!(text(page, "body").await.contains("Home page") && text(page, "body").await.contains("alice"));
    click(page, "form[action='/logout'] button").await;
    appears(page, "[name=username]").await;
    assert!(!text(page, "body").await.contains("alice"), "signed out");

    for _ in 0..2 {
        page.back().await.unwrap();
        assert!(!text(page, "body").await.contains("alice"), "the back button shows nothing private");
    }
    goto(page, &site, "/profile").await;
    arrive(page, &site, "/?return_to=%2Fprofile").await;

    goto(page, &site, "/no/such/page").await;
    assert_eq!(text(page, "body").await, "Not Found");
    browser.close().await;
    assert_eq!(site.terminate(), Some(0));
}
