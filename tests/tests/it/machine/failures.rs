//! A store that fails: an error, never an anonymous visitor, and never half a login.

use std::time::Duration;

use http::{HeaderName, StatusCode};
use passport_core::{Error, Logout};

use crate::support::{Fault, Site, SiteBuilder, poll, polled};

#[tokio::test]
pub(crate) async fn a_failed_first_login_leaves_no_cookie_and_no_session_and_keeps_the_cart() {
    let site = Site::new();
    let visit = site.visit("");
    visit.put("cart", "tea");
    site.store.arm("create", Fault::Fail);
    let error = visit.auth().login(site.users.get("alice")).await.unwrap_err();
    assert_eq!(error.status(), StatusCode::SERVICE_UNAVAILABLE);
    site.store.heal();
    assert_eq!(visit.who().await, "nobody");
    let cookie = visit.end().await.cookie();
    assert_eq!(site.who(&cookie).await, "nobody");
    assert_eq!(site.holds(&cookie, "cart").await.as_deref(), Some("tea"));
    assert_eq!(site.sessions_of("alice").await, 0);
}

#[tokio::test]
pub(crate) async fn a_failed_login_leaves_the_session_and_its_id_as_they_were() {
    let site = Site::new();
    let cookie = site.anonymous().await;
    let visit = site.visit(&cookie);
    visit.put("page", "7");
    site.store.arm("rotate", Fault::Fail);
    assert!(visit.auth().login(site.users.get("alice")).await.is_err());
    site.store.heal();
    assert_eq!(visit.who().await, "nobody");
    assert!(visit.end().await.sets_no_cookie());
    assert_eq!(site.holds(&cookie, "cart").await.as_deref(), Some("tea"));
    assert_eq!(site.holds(&cookie, "page").await.as_deref(), Some("7"));
}

#[tokio::test]
async fn a_failed_login_of_bob_leaves_alice_logged_in() {
    let site = Site::new();
    let alice = site.logged_in_with("alice", "secret", "1").await;
    let visit = site.visit(&alice);
    assert_eq!(visit.who().await, "alice");
    site.store.arm("rotate", Fault::Fail);
    assert!(visit.auth().login(site.users.get("bob")).await.is_err());
    site.store.heal();
    assert_eq!(visit.who().await, "alice");
    assert!(visit.end().await.sets_no_cookie());
    assert_eq!(site.who(&alice).await, "alice");
    assert_eq!(site.holds(&alice, "secret").await.as_deref(), Some("1"));
}

#[tokio::test]
pub(crate) async fn a_failed_logout_is_an_error_and_the_user_is_still_logged_in() {
    let site = Site::new();
    let alice = site.logged_in("alice").await;
    let visit = site.visit(&alice);
    assert_eq!(visit.who().await, "alice");
    site.store.arm("delete", Fault::Fail);
    let error = visit.auth().logout().await.unwrap_err();
    assert_eq!(error.status(), StatusCode::SERVICE_UNAVAILABLE);
    site.store.heal();
    assert_eq!(visit.who().await, "alice");
    assert!(visit.end().await.sets_no_cookie());
    assert_eq!(site.who(&alice).await, "alice");
}

#[tokio::test]
async fn a_logout_takes_the_cookie_away_though_the_end_of_the_request_fails() {
    let site = Site::new();
    let alice = site.logged_in("alice").await;
    let visit = site.visit(&alice);
    visit.session().logout().await.unwrap();
    visit.put("page", "7");
    site.store.arm("create", Fault::Fail);
    let answer = visit.end().await;
    assert_eq!(answer.failed, Some(StatusCode::SERVICE_UNAVAILABLE));
    assert!(answer.takes_the_cookie_away());
    assert_eq!(answer.header(&HeaderName::from_static("clear-site-data")), Some("\"cache\""));
}

#[tokio::test]
async fn a_failed_logout_can_be_repeated_in_the_same_request() {
    let site = Site::new();
    let alice = site.logged_in("alice").await;
    let visit = site.visit(&alice);
    site.store.arm("delete", Fault::Fail);
    assert!(visit.session().logout().await.is_err());
    site.store.heal();
    visit.session().logout().await.unwrap();
    assert!(visit.end().await.takes_the_cookie_away());
    assert_eq!(site.who(&alice).await, "nobody");
}

#[tokio::test]
async fn a_failed_logout_loses_nothing_that_was_put_before() {
    let site = Site::new();
    let alice = site.logged_in("alice").await;
    let visit = site.visit(&alice);
    visit.put("page", "7");
    site.store.arm("delete", Fault::Fail);
    assert!(visit.auth().logout().await.is_err());
    site.store.heal();
    visit.end().await;
    assert_eq!(site.holds(&alice, "page").await.as_deref(), Some("7"));
}

#[tokio::test]
async fn a_store_that_cannot_be_read_is_an_error_and_not_an_anonymous_visitor() {
    let site = Site::new();
    let alice = site.logged_in("alice").await;
    let visit = site.visit(&alice);
    site.store.arm("load", Fault::Fail);
    assert_eq!(visit.auth().user().await.unwrap_err().status(), StatusCode::SERVICE_UNAVAILABLE);
    site.store.heal();
    assert_eq!(visit.who().await, "alice", "an error is not remembered");
}

#[tokio::test]
async fn a_store_that_is_down_does_not_concern_a_page_that_asks_nothing() {
    let site = Site::new();
    let alice = site.logged_in("alice").await;
    site.store.arm("load", Fault::Fail);
    assert_eq!(site.visit(&alice).end().await.failed, None);
}

#[tokio::test]
async fn data_that_cannot_be_saved_at_the_end_is_an_error_without_a_cookie() {
    let site = Site::new();
    for operation in ["create", "load", "update"] {
        let cookie = if operation == "create" { String::new() } else { site.anonymous().await };
        let visit = site.visit(&cookie);
        visit.put("page", "7");
        site.store.arm(operation, Fault::Fail);
        let answer = visit.end().await;
        site.store.heal();
        assert_eq!(answer.failed, Some(StatusCode::SERVICE_UNAVAILABLE), "{operation}");
        assert!(answer.sets_no_cookie(), "{operation}");
    }
}

#[tokio::test]
async fn a_request_that_cannot_be_noted_is_answered_all_the_same() {
    let site = Site::new();
    let alice = site.logged_in("alice").await;
    site.clock.advance(Duration::from_secs(60));
    site.store.arm("touch", Fault::Fail);
    let visit = site.visit(&alice);
    assert_eq!(visit.who().await, "alice");
    assert_eq!(visit.end().await.failed, None);
    assert_eq!(site.store.calls().last(), Some(&"touch"));
}

#[tokio::test]
async fn a_store_that_hangs_is_an_error_after_two_seconds() {
    let site = Site::new();
    let alice = site.logged_in("alice").await;
    let visit = site.visit(&alice);
    site.store.arm("load", Fault::HangBefore);
    let auth = visit.auth();
    let mut asking = polled(auth.user());
    site.clock.advance(Duration::from_millis(1_999));
    assert!(poll(&mut asking).is_pending());
    site.clock.advance(Duration::from_millis(1));
    let std::task::Poll::Ready(Err(error)) = poll(&mut asking) else { panic!("it still waits") };
    assert!(matches!(error, Error::SessionTimedOut));
    assert_eq!(error.status(), StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test]
pub(crate) async fn a_user_store_that_fails_is_an_error_and_no_logout() {
    let site = Site::new();
    let alice = site.logged_in("alice").await;
    site.users.fail(true);
    let visit = site.visit(&alice);
    let error = visit.auth().user().await.unwrap_err();
    assert!(matches!(error, Error::User(_)));
    assert_eq!(error.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(visit.end().await.sets_no_cookie());
    site.users.fail(false);
    assert_eq!(site.who(&alice).await, "alice");
}

#[tokio::test]
async fn of_two_sessions_both_are_tried_and_the_error_says_how_many_ended() {
    for broken in [0, 1] {
        let site = SiteBuilder::new().two_cookies();
        let browser = site.logged_in_twice().await;
        let visit = site.visit(&browser.cookies());
        // The inner session, the admin's, is the first to be tried.
        if broken == 0 {
            site.store.arm_once("delete", Fault::Fail);
        } else {
            site.store.fail_second("delete");
        }
        let error = visit.session().logout().await.unwrap_err();
        assert!(matches!(error, Error::Incomplete { ended: 1, .. }), "{error}");
        assert_eq!(error.status(), StatusCode::SERVICE_UNAVAILABLE);
        let visit = site.visit(&browser.cookies());
        let left = (visit.who().await, visit.which_admin().await);
        let expected = if broken == 0 { ("nobody", "root") } else { ("alice", "nobody") };
        assert_eq!((left.0.as_str(), left.1.as_str()), expected);
    }
}

#[tokio::test]
async fn of_two_cookies_of_one_name_a_logout_ends_each_even_if_the_first_one_fails() {
    let site = Site::new();
    let (one, two) = (site.logged_in("alice").await, site.logged_in("bob").await);
    let visit = site.visit(&format!("{one}; {two}"));
    assert_eq!(visit.who().await, "nobody", "nobody can say whose request this is");
    site.store.arm_once("delete", Fault::Fail);
    let error = visit.session().logout().await.unwrap_err();
    assert!(matches!(error, Error::Incomplete { ended: 1, .. }), "{error}");
    assert_eq!((site.who(&one).await.as_str(), site.who(&two).await.as_str()), ("alice", "nobody"));
    site.store.heal();
    let visit = site.visit(&format!("{one}; {two}"));
    visit.session().logout().await.unwrap();
    assert!(visit.end().await.takes_the_cookie_away());
    assert_eq!(site.who(&one).await, "nobody");
}

#[tokio::test]
async fn a_logout_everywhere_that_reached_only_one_realm_says_how_far_it_came() {
    let site = SiteBuilder::new().two_realms();
    let elsewhere = site.logged_in("alice").await;
    let here = site.logged_in_twice().await.cookies();
    site.store.fail_second("delete_all");
    let visit = site.visit(&here);
    let error = visit.session().logout_with(Logout::everywhere()).await.unwrap_err();
    assert!(matches!(error, Error::Incomplete { ended: 1, .. }), "{error}");
    assert_eq!(site.who(&elsewhere).await, "nobody");
    assert_eq!(site.who(&here).await, "alice", "so that it can be tried again");
}

#[tokio::test]
pub(crate) async fn a_user_store_that_panics_changes_nothing_of_the_session() {
    let site = Site::new();
    let alice = site.logged_in_with("alice", "secret", "1").await;
    site.users.panic(true);
    let visit = site.visit(&alice);
    let auth = visit.auth();
    assert!(tokio::spawn(async move { auth.login(site_bob()).await }).await.unwrap_err().is_panic());
    let auth = visit.auth();
    assert!(matches!(auth.user().await, Err(passport_core::Error::User(_))));
    site.users.panic(false);
    assert_eq!(visit.who().await, "alice");
    assert!(visit.end().await.sets_no_cookie());
    assert_eq!(site.holds(&alice, "secret").await.as_deref(), Some("1"));
}

#[tokio::test]
async fn a_fingerprint_that_panics_is_an_error_and_no_logout() {
    let site = Site::new();
    let alice = site.logged_in("alice").await;
    site.users.panic_at_fingerprints(true);
    let visit = site.visit(&alice);
    assert!(matches!(visit.auth().user().await, Err(Error::User(_))));
    site.users.panic_at_fingerprints(false);
    assert_eq!(visit.who().await, "alice", "it is asked again");
    assert!(visit.end().await.sets_no_cookie());
}

fn site_bob() -> crate::support::User {
    crate::support::Person::of("bob", 0)
}
