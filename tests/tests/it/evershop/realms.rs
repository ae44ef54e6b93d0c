//! Customers and administrators in one browser.

use serde_json::json;

use super::stage::{ALICE, Fails, ROOT, Stage};

async fn both(stage: &Stage) -> super::stage::Browser {
    let mut browser = stage.customer(ALICE).await;
    browser.login("/admin/user/login", ROOT).await.is(200);
    browser
}

fn names(customer: Option<&str>, user: Option<&str>) -> [Option<String>; 2] {
    [customer.map(str::to_owned), user.map(str::to_owned)]
}

#[tokio::test]
async fn both_are_logged_in_at_once_each_by_a_cookie_of_its_own() {
    let stage = Stage::new();
    let mut browser = both(&stage).await;
    assert_eq!(browser.cookies.keys().collect::<Vec<_>>(), ["asid", "sid"]);
    assert_eq!(browser.whoami().await, names(Some("Alice"), Some("Root")));
}

#[tokio::test]
async fn the_logout_of_one_leaves_the_other_and_the_cart() {
    let stage = Stage::new();
    let mut browser = both(&stage).await;
    browser.put("tea").await;
    browser.post_json("/customer/logout", &json!({})).await.is(200);
    assert_eq!(browser.whoami().await, names(None, Some("Root")));
    browser.login("/customer/login", ALICE).await.is(200);
    browser.post_json("/admin/user/logout", &json!({})).await.is(200);
    assert_eq!(browser.whoami().await, names(Some("Alice"), None));
    assert_eq!(browser.cart().await, json!(["tea"]));
    assert!(!browser.cookies.contains_key("asid"));
}

#[tokio::test]
async fn the_value_of_one_cookie_is_worth_nothing_in_the_other() {
    let stage = Stage::new();
    let mut browser = both(&stage).await;
    let (sid, asid) = (browser.cookies["sid"].clone(), browser.cookies["asid"].clone());
    for (in_sid, in_asid) in [(&asid, &sid), (&asid, &asid)] {
        let mut swapped = stage.browser();
        swapped.cookies = [("sid".to_owned(), in_sid.clone()), ("asid".to_owned(), in_asid.clone())].into();
        let expected = if in_asid == &asid { names(None, Some("Root")) } else { names(None, None) };
        assert_eq!(swapped.whoami().await, expected);
    }
    let mut customer = stage.browser();
    customer.cookies = [("sid".to_owned(), sid.clone()), ("asid".to_owned(), sid)].into();
    assert_eq!(customer.whoami().await, names(Some("Alice"), None), "a customer is no administrator");
    assert_eq!(browser.whoami().await, names(Some("Alice"), Some("Root")), "and ends nothing");
}

#[tokio::test]
async fn the_credentials_of_one_realm_are_wrong_in_the_other() {
    let stage = Stage::new();
    stage.browser().login("/admin/user/login", ALICE).await.fails(400, "Invalid email or password");
    stage.browser().login("/customer/login", ROOT).await.fails(400, "Invalid email or password");
}

#[tokio::test]
async fn a_customer_is_sent_from_the_back_office_to_its_login_page() {
    let stage = Stage::new();
    let mut browser = stage.customer(ALICE).await;
    browser.get("/admin").await.goes_to("/admin/login?return_to=%2Fadmin");
}

#[tokio::test]
async fn each_login_of_a_realm_ends_by_its_own_time() {
    let stage = Stage::new();
    let mut browser = stage.customer(ALICE).await;
    stage.clock.advance(std::time::Duration::from_secs(20 * 60));
    browser.login("/admin/user/login", ROOT).await.is(200);
    stage.clock.advance(std::time::Duration::from_secs(20 * 60));
    // The login of the administrator was no activity of the customer's session.
    assert_eq!(browser.whoami().await, names(None, Some("Root")));
}
