//! The pages, without a browser: forms, redirects, headers.

use super::stage::{ALICE, Stage};

const RIGHT: &str = "email=alice%40example.com&password=correct+horse+battery+staple";

#[tokio::test]
async fn a_guarded_page_sends_to_the_login_page_which_brings_back() {
    let stage = Stage::new();
    let mut browser = stage.browser();
    browser.get("/account").await.goes_to("/account/login?return_to=%2Faccount");
    let page = browser.get("/account/login?return_to=%2Faccount").await.is(200);
    assert!(page.body.contains(r#"name="return_to" value="/account""#), "{}", page.body);
    let wrong = "email=alice%40example.com&password=wrong&return_to=%2Faccount";
    let wrong = browser.post("/account/login", wrong).await;
    wrong.goes_to("/account/login?error=wrong&return_to=%2Faccount");
    let page = browser.get("/account/login?error=wrong").await.is(200);
    assert!(page.body.contains("Invalid email or password"));
    let login = browser.post("/account/login", &format!("{RIGHT}&return_to=%2Faccount")).await;
    login.goes_to("/account");
    assert!(browser.get("/account").await.is(200).body.contains("Alice"));
    browser.post("/account/logout", "").await.goes_to("/");
    browser.get("/account").await.goes_to("/account/login?return_to=%2Faccount");
}

#[tokio::test]
async fn who_is_logged_in_already_goes_where_redirect_says_on_this_site_alone() {
    let stage = Stage::new();
    let mut browser = stage.customer(ALICE).await;
    for (redirect, to) in [
        ("/account", "/account"),
        ("%2Faccount%3Fa%3Db", "/account?a=b"),
        ("//evil", "/"),
        ("%2F%2Fevil", "/"),
        ("https://evil", "/"),
        ("/%5Cevil", "/"),
        ("/a/..//evil", "/"),
        ("javascript:alert(1)", "/"),
        ("/%0D%0ASet-Cookie:x", "/"),
        ("", "/"),
    ] {
        browser.get(&format!("/account/login?redirect={redirect}")).await.goes_to(to);
        browser.get(&format!("/account/login?return_to={redirect}")).await.goes_to(to);
    }
    browser.get("/account/login").await.goes_to("/");
}

#[tokio::test]
async fn the_back_offices_form_works_alike() {
    let stage = Stage::new();
    let mut browser = stage.browser();
    browser.get("/admin").await.goes_to("/admin/login?return_to=%2Fadmin");
    let form = "email=root%40example.com&password=the+admin+of+all+things";
    browser
        .post("/admin/login", "email=root%40example.com&password=x")
        .await
        .goes_to("/admin/login?error=wrong");
    browser.post("/admin/login", form).await.goes_to("/admin");
    browser.get("/admin/login").await.goes_to("/admin");
    browser.get("/admin/login?redirect=//evil").await.goes_to("/admin");
    browser.post("/admin/logout", "").await.goes_to("/admin/login");
    browser.get("/admin").await.goes_to("/admin/login?return_to=%2Fadmin");
}

#[tokio::test]
async fn private_pages_stay_out_of_caches_and_a_logout_clears_the_browsers() {
    let stage = Stage::new();
    let mut browser = stage.customer(ALICE).await;
    for path in ["/account", "/", "/cart", "/api/customer/whoami"] {
        let page = browser.get(path).await.is(200);
        assert_eq!(page.header("cache-control"), "private, no-store", "{path}");
        assert!(page.all("vary").contains(&"Cookie"), "{path}");
    }
    let tokens = browser.login("/api/customer/tokens", ALICE).await.is(200);
    assert_eq!(tokens.header("cache-control"), "no-store");
    let logout = browser.post("/account/logout", "").await;
    assert_eq!(logout.header("clear-site-data"), r#""cache""#);
    assert!(logout.header("content-security-policy").contains("default-src 'none'"));
}

#[tokio::test]
async fn what_a_visitor_puts_into_the_cart_is_shown_as_text() {
    let stage = Stage::new();
    let mut browser = stage.browser();
    browser.post("/cart/add", "item=%3Cscript%3Ealert(1)%3C%2Fscript%3E").await.goes_to("/");
    let page = browser.get("/").await.is(200);
    assert!(page.body.contains("alert(1)") && !page.body.contains("<script>"), "{}", page.body);
}

#[tokio::test]
async fn an_unknown_page_is_a_404() {
    let stage = Stage::new();
    let answer = stage.browser().get("/nowhere").await.says(404, "Not Found");
    assert_eq!(answer.header("content-type"), "text/plain; charset=utf-8");
}
