//! What a logout ends, keeps and answers.

use passport_core::{Error, Logout};

use crate::support::{Fault, Site};

#[tokio::test]
pub(crate) async fn after_a_logout_nobody_is_logged_in_and_the_cookie_goes() {
    let site = Site::new();
    let alice = site.logged_in("alice").await;
    let visit = site.visit(&alice);
    let done = visit.auth().logout().await.unwrap();
    assert_eq!((done.ended, done.destroyed, done.next), (1, true, None));
    assert_eq!(visit.who().await, "nobody");
    assert!(!visit.auth().is_authenticated().await.unwrap());
    assert!(visit.end().await.takes_the_cookie_away());
    assert_eq!(site.sessions_of("alice").await, 0);
}

#[tokio::test]
pub(crate) async fn a_copied_cookie_is_nobody_after_the_logout() {
    let site = Site::new();
    let alice = site.logged_in_with("alice", "secret", "1").await;
    let visit = site.visit(&alice);
    visit.session().logout().await.unwrap();
    visit.end().await;
    assert_eq!(site.who(&alice).await, "nobody");
    assert_eq!(site.holds(&alice, "secret").await, None);
}

#[tokio::test]
pub(crate) async fn a_logout_leaves_no_record_behind() {
    let site = Site::new();
    let alice = site.logged_in("alice").await;
    site.store.calls();
    let visit = site.visit(&alice);
    visit.auth().logout().await.unwrap();
    visit.end().await;
    assert_eq!(site.store.calls(), ["load", "delete"], "and nothing is written instead of it");
}

#[tokio::test]
pub(crate) async fn logging_out_where_nobody_is_logged_in_is_fine() {
    let site = Site::new();
    let (alice, cart) = (site.logged_in("alice").await, site.anonymous().await);
    for cookie in ["", "session=garbage", &cart, &alice] {
        for _ in 0..2 {
            let visit = site.visit(cookie);
            visit.session().logout().await.unwrap();
            let done = visit.auth().logout().await.unwrap();
            assert_eq!(done.ended, 0);
            assert_eq!(visit.end().await.failed, None);
        }
    }
}

#[tokio::test]
async fn logging_out_the_others_leaves_this_one() {
    let site = Site::new();
    let (one, two, bob) =
        (site.logged_in("alice").await, site.logged_in("alice").await, site.logged_in("bob").await);
    let visit = site.visit(&one);
    let done = visit.auth().logout_with(Logout::others()).await.unwrap();
    assert_eq!((done.ended, done.destroyed), (1, false));
    assert_eq!(visit.who().await, "alice");
    assert!(visit.end().await.sets_no_cookie());
    assert_eq!(site.who(&one).await, "alice");
    assert_eq!((site.who(&two).await.as_str(), site.who(&bob).await.as_str()), ("nobody", "bob"));
}

#[tokio::test]
async fn logging_out_everywhere_counts_this_one_too() {
    let site = Site::new();
    let (one, two) = (site.logged_in("alice").await, site.logged_in("alice").await);
    let visit = site.visit(&one);
    let done = visit.auth().logout_with(Logout::everywhere()).await.unwrap();
    assert_eq!((done.ended, done.destroyed), (2, true));
    assert!(visit.end().await.takes_the_cookie_away());
    assert_eq!((site.who(&one).await.as_str(), site.who(&two).await.as_str()), ("nobody", "nobody"));
}

#[tokio::test]
async fn logging_out_everywhere_ends_a_session_that_rotates_meanwhile() {
    let site = Site::new();
    let (one, two) = (site.logged_in("alice").await, site.logged_in("alice").await);
    let slow = site.visit(&two);
    assert_eq!(slow.who().await, "alice");
    let visit = site.visit(&one);
    visit.auth().logout_with(Logout::everywhere()).await.unwrap();
    assert!(matches!(slow.session().rotate().await, Err(Error::Ended)));
    assert_eq!(site.sessions_of("alice").await, 0);
}

#[tokio::test]
pub(crate) async fn a_logout_drops_the_data_unless_told_otherwise() {
    let site = Site::new();
    let alice = site.logged_in_with("alice", "cart", "tea").await;
    let visit = site.visit(&alice);
    visit.auth().logout().await.unwrap();
    assert_eq!(visit.get("cart").await, None);
    visit.end().await;
    assert_eq!(site.holds(&alice, "cart").await, None);
}

#[tokio::test]
pub(crate) async fn keeping_the_data_forgets_the_user_and_changes_the_id() {
    let site = Site::new();
    let alice = site.logged_in_with("alice", "cart", "tea").await;
    let visit = site.visit(&alice);
    visit.put("page", "7");
    let done = visit.auth().logout_with(Logout::here().keep_data()).await.unwrap();
    assert_eq!((done.ended, done.destroyed), (1, false));
    let after = visit.end().await.cookie();
    assert_ne!(after, alice);
    assert_eq!(site.who(&after).await, "nobody");
    assert_eq!(site.holds(&after, "cart").await.as_deref(), Some("tea"));
    assert_eq!(site.holds(&after, "page").await.as_deref(), Some("7"));
    assert_eq!(site.holds(&alice, "cart").await, None);
    assert_eq!(site.sessions_of("alice").await, 0);
}

#[tokio::test]
async fn keeping_the_data_and_the_id_sets_no_cookie() {
    let site = Site::new();
    let alice = site.logged_in_with("alice", "cart", "tea").await;
    let visit = site.visit(&alice);
    visit.auth().logout_with(Logout::here().dangerous_keep_data_and_id()).await.unwrap();
    assert!(visit.end().await.sets_no_cookie());
    assert_eq!(site.who(&alice).await, "nobody");
    assert_eq!(site.holds(&alice, "cart").await.as_deref(), Some("tea"));
}

#[tokio::test]
async fn keeping_no_data_at_all_is_an_ordinary_logout() {
    let site = Site::new();
    for policy in [Logout::here().keep_data(), Logout::here().dangerous_keep_data_and_id()] {
        let alice = site.logged_in("alice").await;
        let visit = site.visit(&alice);
        assert!(visit.auth().logout_with(policy).await.unwrap().destroyed);
        assert!(visit.end().await.takes_the_cookie_away());
    }
}

#[tokio::test]
async fn a_visitor_without_a_session_who_logs_out_and_keeps_the_data_keeps_it() {
    let site = Site::new();
    let visit = site.visit("");
    visit.put("cart", "tea");
    visit.auth().logout_with(Logout::here().keep_data()).await.unwrap();
    let cookie = visit.end().await.cookie();
    assert_eq!(site.holds(&cookie, "cart").await.as_deref(), Some("tea"));
}

#[tokio::test]
async fn a_logout_can_ask_the_browser_to_forget_the_whole_site() {
    let site = Site::new();
    let alice = site.logged_in("alice").await;
    let visit = site.visit(&alice);
    visit.auth().logout_with(Logout::here().clear_site_data()).await.unwrap();
    let answer = visit.end().await;
    assert!(answer.takes_the_cookie_away());
    assert_eq!(answer.headers["clear-site-data"], "\"cache\", \"cookies\", \"storage\"");
}

/// In another tab somebody else has logged in since: that is where this browser's session went.
#[tokio::test]
async fn a_logout_everywhere_ends_this_browsers_session_wherever_it_has_moved() {
    for policy in [Logout::here(), Logout::everywhere()] {
        let site = Site::new();
        let alice = site.logged_in("alice").await;
        let slow = site.visit(&alice);
        assert_eq!(slow.who().await, "alice");
        let tab = site.visit(&alice);
        tab.login("bob").await;
        let moved = tab.end().await.cookie();
        let done = slow.session().logout_with(policy).await.unwrap();
        assert_eq!(done.ended, 1);
        assert_eq!(site.who(&moved).await, "nobody");
    }
}

#[tokio::test]
async fn a_logout_everywhere_that_fails_half_way_is_an_error_and_can_be_tried_again() {
    let site = Site::new();
    site.logged_in("alice").await;
    let visit = site.visit(&site.logged_in("alice").await);
    assert_eq!(visit.who().await, "alice");
    site.store.arm("delete", Fault::Fail);
    let error = visit.auth().logout_with(Logout::everywhere()).await.unwrap_err();
    assert_eq!(error.status(), http::StatusCode::SERVICE_UNAVAILABLE, "{error:?}");
    site.store.heal();
    assert_eq!(visit.who().await, "nobody");
}

/// Of two cookies nobody knows which is the visitor's, and so not whose the others are.
#[tokio::test]
async fn two_cookies_are_both_ended_and_are_not_everywhere() {
    let site = Site::new();
    let (one, two) = (site.logged_in("alice").await, site.logged_in("alice").await);
    for policy in [Logout::others(), Logout::everywhere()] {
        let visit = site.visit(&format!("{one}; {two}"));
        let error = visit.session().logout_with(policy).await.unwrap_err();
        assert_eq!(error.status(), http::StatusCode::BAD_REQUEST, "{error:?}");
    }
    assert_eq!(site.sessions_of("alice").await, 0);
}
