//! Sessions of programs: by their token instead of the cookie.

use std::time::Duration;

use passport_core::Error;

use crate::support::{Fault, Person, Site, SiteBuilder};

/// The cookie's value.
fn token(cookie: &str) -> &str {
    cookie.split_once('=').unwrap().1
}

async fn who(site: &Site, token: &str) -> String {
    let found = site.visit("").auth().user_by_token(token).await.unwrap();
    found.map_or_else(|| "nobody".to_owned(), |user| user.name().to_owned())
}

#[tokio::test]
async fn the_cookies_value_is_its_user_also_in_another_place() {
    let site = Site::new();
    let alice = site.logged_in("alice").await;
    assert_eq!(who(&site, token(&alice)).await, "alice");
    for none in
        ["", "garbage", &token(&alice)[1..], &format!("{};", token(&alice)), &format!(" {}", token(&alice))]
    {
        assert_eq!(who(&site, none).await, "nobody", "{none:?}");
    }
    assert_eq!(who(&site, &format!("{0}; session={0}", token(&alice))).await, "nobody");
}

#[tokio::test]
async fn it_leaves_the_browsers_own_session_alone_and_no_cache_keeps_what_it_shows() {
    let site = Site::new();
    let (alice, bob) = (site.logged_in("alice").await, site.logged_in("bob").await);
    let visit = site.visit(&bob);
    assert_eq!(visit.auth().user_by_token(token(&alice)).await.unwrap().unwrap().name(), "alice");
    assert_eq!(visit.who().await, "bob");
    let answer = visit.end().await;
    assert!(answer.sets_no_cookie());
    assert_eq!(answer.header(&http::header::CACHE_CONTROL), Some("private, no-store"));
}

#[tokio::test]
async fn a_token_dies_with_its_session_with_its_users_epoch_and_with_its_time() {
    let site = Site::new();
    let alice = site.logged_in("alice").await;
    site.visit(&alice).session().logout().await.unwrap();
    assert_eq!(who(&site, token(&alice)).await, "nobody");
    let alice = site.logged_in("alice").await;
    site.users.change("alice");
    assert_eq!(who(&site, token(&alice)).await, "nobody");
    let bob = site.logged_in("bob").await;
    site.clock.advance(Duration::from_secs(60 * 60));
    assert_eq!(who(&site, token(&bob)).await, "nobody");
}

#[tokio::test]
async fn of_all_who_end_a_token_one_is_told_that_it_was_alive() {
    let site = Site::new();
    let alice = site.logged_in("alice").await;
    assert!(site.visit("").auth().end_by_token(token(&alice)).await.unwrap());
    assert!(!site.visit("").auth().end_by_token(token(&alice)).await.unwrap());
    assert!(!site.visit("").auth().end_by_token("garbage").await.unwrap());
    assert_eq!(site.who(&alice).await, "nobody");
}

#[tokio::test]
async fn another_site_ends_no_token() {
    let site = Site::new();
    let alice = site.logged_in("alice").await;
    let foreign = site.foreign("").auth().end_by_token(token(&alice)).await;
    assert!(matches!(foreign, Err(Error::CrossSite)));
    assert_eq!(site.who(&alice).await, "alice");
}

#[tokio::test]
async fn a_token_of_another_realm_is_nobody_here() {
    let site = SiteBuilder::new().two_realms();
    let visit = site.visit("");
    visit.login_admin("root").await;
    let root = visit.end().await.cookie();
    assert_eq!(who(&site, token(&root)).await, "nobody");
    assert!(site.visit("").admin().user_by_token(token(&root)).await.unwrap().is_some());
}

#[tokio::test]
async fn a_store_that_cannot_be_asked_is_an_error_and_no_nobody() {
    let site = Site::new();
    let alice = site.logged_in("alice").await;
    site.store.arm("load", Fault::Fail);
    assert!(site.visit("").auth().user_by_token(token(&alice)).await.is_err());
    site.store.arm("delete", Fault::Fail);
    assert!(site.visit("").auth().end_by_token(token(&alice)).await.is_err());
    site.store.heal();
    assert_eq!(who(&site, token(&alice)).await, "alice");
}
