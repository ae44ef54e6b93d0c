//! The shop and the back office in a real browser.

use fantoccini::Client;
use passport_tests::{browser::Browser, program::Program};

use crate::support::page::{appears, arrive, click, goto, text, type_into};

async fn sign_in(page: &Client, email: &str, password: &str) {
    type_into(page, "[name=email]", email).await;
    type_into(page, "[name=password]", password).await;
    click(page, "form button").await;
}

async fn press(page: &Client, form: &str) {
    click(page, &format!("form[action='{form}'] button")).await;
}

#[tokio::test]
async fn a_person_shops_signs_in_to_both_realms_signs_out_and_leaves_nothing_private_behind() {
    let Some(browser) = Browser::start().await else { return };
    let shop = Program::start("example-evershop", &[]);
    let page = &browser.page;

    goto(page, &shop, "/").await;
    type_into(page, "[name=item]", "green tea").await;
    press(page, "/cart/add").await;
    appears(page, "li").await;
    assert!(text(page, "body").await.contains("green tea"));

    goto(page, &shop, "/account").await;
    arrive(page, &shop, "/account/login?return_to=%2Faccount").await;
    sign_in(page, "alice@example.com", "wrong").await;
    arrive(page, &shop, "/account/login?error=wrong&return_to=%2Faccount").await;
    assert!(text(page, "body").await.contains("Invalid email or password"));
    sign_in(page, "Alice@Example.com", "correct horse battery staple").await;
    arrive(page, &shop, "/account").await;
    assert!(text(page, "body").await.contains("alice@example.com"));

    goto(page, &shop, "/admin").await;
    arrive(page, &shop, "/admin/login?return_to=%2Fadmin").await;
    sign_in(page, "root@example.com", "the admin of all things").await;
    arrive(page, &shop, "/admin").await;
    assert!(text(page, "body").await.contains("root@example.com"));

    // The customer leaves; the administrator and the cart stay.
    goto(page, &shop, "/account").await;
    press(page, "/account/logout").await;
    arrive(page, &shop, "/").await;
    let home = text(page, "body").await;
    assert!(home.contains("green tea") && home.contains("Sign in") && !home.contains("Alice"), "{home}");
    page.back().await.unwrap();
    assert!(!text(page, "body").await.contains("alice@example.com"), "the back button shows nothing private");
    goto(page, &shop, "/account").await;
    arrive(page, &shop, "/account/login?return_to=%2Faccount").await;
    goto(page, &shop, "/admin").await;
    assert!(text(page, "body").await.contains("root@example.com"));

    press(page, "/admin/logout").await;
    arrive(page, &shop, "/admin/login").await;
    page.back().await.unwrap();
    assert!(!text(page, "body").await.contains("root@example.com"), "nor of the back office");
    goto(page, &shop, "/admin").await;
    arrive(page, &shop, "/admin/login?return_to=%2Fadmin").await;
    browser.close().await;
    assert_eq!(shop.terminate(), Some(0));
}
