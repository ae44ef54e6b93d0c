//! The shop and the back office in a real browser.

use std::time::Duration;

use fantoccini::{Client, Locator};
use passport_tests::{browser::Browser, program::Program};

const PATIENCE: Duration = Duration::from_secs(60);

async fn text(page: &Client) -> String {
    page.find(Locator::Css("body")).await.unwrap().text().await.unwrap()
}

/// Waits until the page that was asked for is there.
async fn arrive(page: &Client, shop: &Program, path: &str) {
    let url = format!("http://{}{path}", shop.addr).parse().unwrap();
    let arrived = page.wait().at_most(PATIENCE).for_url(&url).await;
    arrived.unwrap_or_else(|error| panic!("{path}: {error}"));
}

async fn wait_for(page: &Client, css: &str) {
    page.wait().at_most(PATIENCE).for_element(Locator::Css(css)).await.unwrap();
}

async fn sign_in(page: &Client, email: &str, password: &str) {
    wait_for(page, "[name=email]").await;
    page.find(Locator::Css("[name=email]")).await.unwrap().send_keys(email).await.unwrap();
    page.find(Locator::Css("[name=password]")).await.unwrap().send_keys(password).await.unwrap();
    page.find(Locator::Css("form button")).await.unwrap().click().await.unwrap();
}

async fn press(page: &Client, form: &str) {
    let button = format!("form[action='{form}'] button");
    wait_for(page, &button).await;
    page.find(Locator::Css(&button)).await.unwrap().click().await.unwrap();
}

#[tokio::test]
async fn a_person_shops_signs_in_to_both_realms_signs_out_and_leaves_nothing_private_behind() {
    let Some(browser) = Browser::start().await else { return };
    let shop = Program::start("example-evershop", &[]);
    let page = &browser.page;
    let to = |path: &str| format!("http://{}{path}", shop.addr);

    page.goto(&to("/")).await.unwrap();
    page.find(Locator::Css("[name=item]")).await.unwrap().send_keys("green tea").await.unwrap();
    press(page, "/cart/add").await;
    wait_for(page, "li").await;
    assert!(text(page).await.contains("green tea"));

    page.goto(&to("/account")).await.unwrap();
    arrive(page, &shop, "/account/login?return_to=%2Faccount").await;
    sign_in(page, "alice@example.com", "wrong").await;
    arrive(page, &shop, "/account/login?error=wrong&return_to=%2Faccount").await;
    assert!(text(page).await.contains("Invalid email or password"));
    sign_in(page, "Alice@Example.com", "correct horse battery staple").await;
    arrive(page, &shop, "/account").await;
    assert!(text(page).await.contains("alice@example.com"));

    page.goto(&to("/admin")).await.unwrap();
    arrive(page, &shop, "/admin/login?return_to=%2Fadmin").await;
    sign_in(page, "root@example.com", "the admin of all things").await;
    arrive(page, &shop, "/admin").await;
    assert!(text(page).await.contains("root@example.com"));

    // The customer leaves; the administrator and the cart stay.
    page.goto(&to("/account")).await.unwrap();
    press(page, "/account/logout").await;
    arrive(page, &shop, "/").await;
    let home = text(page).await;
    assert!(home.contains("green tea") && home.contains("Sign in") && !home.contains("Alice"), "{home}");
    page.back().await.unwrap();
    assert!(!text(page).await.contains("alice@example.com"), "the back button shows nothing private");
    page.goto(&to("/account")).await.unwrap();
    arrive(page, &shop, "/account/login?return_to=%2Faccount").await;
    page.goto(&to("/admin")).await.unwrap();
    assert!(text(page).await.contains("root@example.com"));

    press(page, "/admin/logout").await;
    arrive(page, &shop, "/admin/login").await;
    page.back().await.unwrap();
    assert!(!text(page).await.contains("root@example.com"), "nor of the back office");
    page.goto(&to("/admin")).await.unwrap();
    arrive(page, &shop, "/admin/login?return_to=%2Fadmin").await;
    browser.close().await;
    assert_eq!(shop.terminate(), Some(0));
}
