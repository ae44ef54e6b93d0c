//! The main example in a real browser.

use std::time::Duration;

use fantoccini::{Client, Locator};
use passport_tests::{browser::Browser, program::Program};

async fn text(page: &Client) -> String {
    page.find(Locator::Css("body")).await.unwrap().text().await.unwrap()
}

/// Waits until the page that was asked for is there.
async fn arrive(page: &Client, site: &Program, path: &str) {
    let url = format!("http://{}{path}", site.addr).parse().unwrap();
    page.wait()
        .at_most(Duration::from_secs(20))
        .for_url(&url)
        .await
        .unwrap_or_else(|error| panic!("{path}: {error}"));
}

async fn sign_in(page: &Client, username: &str, password: &str) {
    page.find(Locator::Css("[name=username]")).await.unwrap().send_keys(username).await.unwrap();
    page.find(Locator::Css("[name=password]")).await.unwrap().send_keys(password).await.unwrap();
    page.find(Locator::Css("form [type=submit], form button")).await.unwrap().click().await.unwrap();
}

#[tokio::test]
async fn a_person_signs_in_sees_the_profile_signs_out_and_leaves_nothing_behind() {
    let Some(browser) = Browser::start().await else { return };
    let site = Program::start("example-axum", &[]);
    let page = &browser.page;
    let to = |path: &str| format!("http://{}{path}", site.addr);

    page.goto(&to("/profile")).await.unwrap();
    arrive(page, &site, "/?return_to=%2Fprofile").await;
    sign_in(page, "alice", "wrong").await;
    arrive(page, &site, "/?error=wrong&return_to=%2Fprofile").await;
    assert!(text(page).await.contains("Wrong username or password."));

    sign_in(page, "alice", "correct horse battery staple").await;
    arrive(page, &site, "/profile").await;
    assert!(text(page).await.contains("alice"));

    page.goto(&to("/")).await.unwrap();
    assert!(text(page).await.contains("Home page") && text(page).await.contains("alice"));
    page.find(Locator::Css("form[action='/logout'] button")).await.unwrap().click().await.unwrap();
    page.wait().at_most(Duration::from_secs(20)).for_element(Locator::Css("[name=username]")).await.unwrap();
    assert!(!text(page).await.contains("alice"), "signed out");

    for _ in 0..2 {
        page.back().await.unwrap();
        assert!(!text(page).await.contains("alice"), "the back button shows nothing private");
    }
    page.goto(&to("/profile")).await.unwrap();
    arrive(page, &site, "/?return_to=%2Fprofile").await;

    page.goto(&to("/no/such/page")).await.unwrap();
    assert_eq!(text(page).await, "Not Found");
    browser.close().await;
    assert_eq!(site.terminate(), Some(0));
}
