//! Requests that another site made: refused at the change itself, and never given a session.

use http::{Method, header};
use passport_core::{Error, Logout, Passport};
use passport_session::Sessions;

use crate::support::{Site, SiteBuilder, User, Users, request};

#[tokio::test]
async fn a_foreign_request_cannot_change_who_is_logged_in() {
    let site = Site::new();
    let alice = site.logged_in("alice").await;
    let visit = site.foreign(&alice);
    let auth = visit.auth();
    site.store.calls();
    let own = site.visit(&alice).auth().sessions().await.unwrap()[0].handle;
    site.store.calls();
    let errors = [
        auth.login(site.users.get("bob")).await.err(),
        auth.logout().await.err(),
        auth.logout_with(Logout::everywhere()).await.err(),
        auth.refresh(site.users.get("alice")).await.err(),
        auth.end_session(own).await.err(),
        visit.session().logout().await.err(),
        visit.session().rotate().await.err(),
    ];
    for (at, error) in errors.iter().enumerate() {
        assert!(matches!(error, Some(Error::CrossSite)), "call {at}: {error:?}");
    }
    assert!(site.store.calls().is_empty(), "nothing was even looked up");
    assert!(visit.end().await.sets_no_cookie());
    assert_eq!(site.who(&alice).await, "alice");
}

#[tokio::test]
async fn a_foreign_request_without_a_cookie_never_gets_one() {
    let site = Site::new();
    let visit = site.foreign("");
    visit.put("cart", "tea");
    assert_eq!(visit.get("cart").await.as_deref(), Some("tea"), "the handler notices nothing");
    let answer = visit.end().await;
    assert!(answer.failed.is_none() && answer.sets_no_cookie());
    assert!(site.store.calls().is_empty());
}

#[tokio::test]
async fn what_must_be_kept_at_once_is_an_error_for_a_foreign_request_without_a_cookie() {
    let site = Site::new();
    let visit = site.foreign("");
    let updated = visit.session().update("n", |n: Option<u8>| n.unwrap_or(0) + 1).await;
    assert!(matches!(updated, Err(Error::CrossSite)));
    visit.put("cart", "tea");
    assert!(matches!(visit.session().save().await, Err(Error::CrossSite)));
    assert!(visit.end().await.sets_no_cookie());
    assert!(site.store.calls().is_empty());
}

#[tokio::test]
async fn a_foreign_request_with_a_session_keeps_its_data() {
    let site = Site::new();
    let cookie = site.anonymous().await;
    let visit = site.foreign(&cookie);
    visit.put("page", "7");
    assert!(visit.end().await.sets_no_cookie());
    assert_eq!(site.holds(&cookie, "page").await.as_deref(), Some("7"));
}

#[tokio::test]
async fn whatever_a_browser_says_of_another_site_is_believed() {
    let site = Site::new();
    let foreign: &[&[(&str, &str)]] = &[
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site")],
        &[("sec-fetch-site", "")],
        &[("sec-fetch-site", "same-origin"), ("sec-fetch-site", "same-origin")],
        &[("origin", "https://evil.example")],
        &[("origin", "null")],
        &[("origin", "http://example.com:8080")],
        &[("sec-purpose", "prefetch")],
    ];
    for headers in foreign {
        let request =
            headers.iter().fold(request(""), |request, (name, value)| request.header(*name, *value));
        let visit = site.begin(request);
        assert!(visit.session().is_foreign(), "{headers:?}");
    }
    let own: &[&[(&str, &str)]] = &[
        &[],
        &[("sec-fetch-site", "same-origin")],
        &[("sec-fetch-site", "none")],
        &[("origin", "http://example.com")],
        &[("sec-fetch-site", "same-origin"), ("origin", "https://evil.example")],
    ];
    for headers in own {
        let request =
            headers.iter().fold(request(""), |request, (name, value)| request.header(*name, *value));
        assert!(!site.begin(request).session().is_foreign(), "{headers:?}");
    }
}

#[tokio::test]
async fn a_logout_by_a_foreign_image_does_nothing() {
    let site = Site::new();
    let alice = site.logged_in("alice").await;
    let image =
        http::Request::get("/logout").header(header::HOST, "example.com").header(header::COOKIE, &alice);
    let visit = site.begin(image.header(header::REFERER, "https://evil.example/page"));
    assert!(matches!(visit.session().logout().await, Err(Error::CrossSite)));
    assert_eq!(site.who(&alice).await, "alice");
}

#[tokio::test]
async fn a_trusted_origin_may_log_in_and_out() {
    let site = SiteBuilder::new().site_with(|builder| builder.trust_origin("https://app.example.org"));
    let trusted = || {
        request("").header("sec-fetch-site", "cross-site").header(header::ORIGIN, "https://app.example.org")
    };
    let visit = site.begin(trusted());
    visit.login("alice").await;
    let alice = visit.end().await.cookie();
    assert_eq!(site.who(&alice).await, "alice");
    let other = site.begin(request("").header(header::ORIGIN, "https://app.example.org:444"));
    assert!(matches!(other.auth().login(site.users.get("alice")).await, Err(Error::CrossSite)));
}

#[tokio::test]
async fn the_host_may_come_in_the_address_alone() {
    let site = Site::new();
    let authority = "example.com".parse().unwrap();
    let mut headers = http::HeaderMap::new();
    headers.insert(header::ORIGIN, "http://example.com".parse().unwrap());
    let pending = site.passport.begin(&Method::POST, Some(&authority), &headers, None);
    assert!(!pending.session().is_foreign());
    let pending = site.passport.begin(&Method::POST, None, &headers, None);
    assert!(pending.session().is_foreign(), "nothing says which origin is its own");
}

#[tokio::test]
async fn with_the_secure_cookie_plain_http_is_another_origin() {
    let passport = Passport::builder(Users::<User>::new(), Sessions::in_memory()).build().unwrap();
    let authority = "example.com".parse().unwrap();
    for (origin, foreign) in
        [("http://example.com", true), ("https://example.com", false), ("https://example.com:443", false)]
    {
        let mut headers = http::HeaderMap::new();
        headers.insert(header::ORIGIN, origin.parse().unwrap());
        let pending = passport.begin(&Method::POST, Some(&authority), &headers, None);
        assert_eq!(pending.session().is_foreign(), foreign, "{origin}");
    }
}
