//! How long a login lives, and what nothing can prolong.

use std::time::Duration;

use passport_core::{Clock, Success, Timestamp};

use crate::support::{Site, SiteBuilder};

const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(86_400);

/// Looks once, after some time.
async fn later(site: &Site, time: Duration, cookie: &str) -> String {
    site.clock.advance(time);
    let visit = site.visit(cookie);
    let who = visit.who().await;
    visit.end().await;
    who
}

async fn remembered(site: &Site, days: u16) -> crate::support::Answer {
    let visit = site.visit("");
    let success = Success::new(site.users.get("alice")).remember(days);
    visit.auth().login(success).await.unwrap();
    visit.end().await
}

/// The cookie of alice, whose login is over, and of root, who is remembered.
async fn beside_a_remembered_login(site: &Site) -> String {
    let visit = site.visit("");
    visit.login("alice").await;
    visit.admin().login(Success::new(site.admins.get("root")).remember(30)).await.unwrap();
    let both = visit.end().await.cookie();
    site.clock.advance(31 * MINUTE);
    both
}

#[tokio::test]
async fn half_an_hour_without_a_request_ends_a_login_and_not_a_moment_less() {
    let almost = Duration::from_millis(30 * 60_000 - 1);
    for (time, who) in [(almost, "alice"), (30 * MINUTE, "nobody")] {
        let site = Site::new();
        let alice = site.logged_in("alice").await;
        assert_eq!(later(&site, time, &alice).await, who);
    }
}

#[tokio::test]
async fn reading_alone_keeps_a_login_alive() {
    let site = Site::new();
    let alice = site.logged_in("alice").await;
    for _ in 0..10 {
        assert_eq!(later(&site, 29 * MINUTE, &alice).await, "alice");
    }
}

#[tokio::test]
async fn twelve_hours_end_a_login_however_active_it_is() {
    let site = Site::new();
    let alice = site.logged_in("alice").await;
    for minute in (20..12 * 60).step_by(20) {
        assert_eq!(later(&site, 20 * MINUTE, &alice).await, "alice", "after {minute} minutes");
    }
    assert_eq!(later(&site, 20 * MINUTE, &alice).await, "nobody");
}

#[tokio::test]
async fn a_rotation_and_another_realms_login_do_not_make_a_login_younger() {
    let site = SiteBuilder::new().sessions(|sessions| sessions.absolute_timeout(60 * MINUTE)).two_realms();
    let mut alice = site.logged_in("alice").await;
    site.clock.advance(29 * MINUTE);
    let visit = site.visit(&alice);
    visit.session().rotate().await.unwrap();
    alice = visit.end().await.cookie();
    site.clock.advance(29 * MINUTE);
    let visit = site.visit(&alice);
    visit.login_admin("root").await;
    alice = visit.end().await.cookie();
    site.clock.advance(2 * MINUTE);
    let visit = site.visit(&alice);
    assert_eq!((visit.who().await.as_str(), visit.which_admin().await.as_str()), ("nobody", "root"));
}

#[tokio::test]
async fn a_clock_that_is_turned_back_prolongs_nothing() {
    let site = Site::new();
    let start = site.clock.now();
    let alice = site.logged_in("alice").await;
    site.clock.advance(20 * MINUTE);
    assert_eq!(site.who(&alice).await, "alice");
    site.clock.set(Timestamp::from_millis(start.as_millis() - 60_000));
    let visit = site.visit(&alice);
    visit.who().await;
    visit.end().await;
    site.clock.set(start.plus(12 * 60 * MINUTE));
    assert_eq!(site.who(&alice).await, "nobody");
}

#[tokio::test]
async fn an_ordinary_login_is_for_the_browsers_session() {
    let site = Site::new();
    let visit = site.visit("");
    visit.login("alice").await;
    let answer = visit.end().await;
    assert!(!answer.set_cookies()[0].contains("Max-Age"));
}

#[tokio::test]
async fn a_remembered_login_outlives_the_browser_by_so_many_days() {
    let site = Site::new();
    let answer = remembered(&site, 30).await;
    assert!(answer.set_cookies()[0].ends_with("; Max-Age=2592000"), "{answer:?}");
    let alice = answer.cookie();
    assert_eq!(later(&site, 29 * DAY, &alice).await, "alice");
    assert_eq!(later(&site, DAY, &alice).await, "nobody");
}

#[tokio::test]
async fn a_rotation_leaves_the_browser_what_is_left_of_a_remembered_login() {
    let site = Site::new();
    let alice = remembered(&site, 30).await.cookie();
    site.clock.advance(10 * DAY);
    let visit = site.visit(&alice);
    visit.session().rotate().await.unwrap();
    assert!(visit.end().await.set_cookies()[0].ends_with("; Max-Age=1728000"));
}

#[tokio::test]
async fn remembering_for_no_days_at_all_is_an_ordinary_login() {
    let site = Site::new();
    let answer = remembered(&site, 0).await;
    assert!(!answer.set_cookies()[0].contains("Max-Age"));
    assert_eq!(later(&site, MINUTE, &answer.cookie()).await, "alice");
}

#[tokio::test]
async fn a_login_ends_beside_a_remembered_one_of_another_realm() {
    let site = SiteBuilder::new().two_realms();
    let both = beside_a_remembered_login(&site).await;
    site.store.calls();
    let visit = site.visit(&both);
    assert_eq!((visit.who().await.as_str(), visit.which_admin().await.as_str()), ("nobody", "root"));
    assert!(visit.end().await.sets_no_cookie());
    assert_eq!(site.store.calls(), ["load", "update"], "the record loses the login");
    let now = site.clock.now();
    assert_eq!(site.store.sessions_of("user", "alice", now).await, 0);
    assert_eq!(site.store.sessions_of("admin", "root", now).await, 1);
}

#[tokio::test]
async fn reading_does_not_bring_an_idle_login_back_beside_a_remembered_one() {
    let site = SiteBuilder::new().two_realms();
    let both = beside_a_remembered_login(&site).await;
    // This request only asks for the admin.
    let visit = site.visit(&both);
    assert_eq!(visit.which_admin().await, "root");
    visit.end().await;
    assert_eq!(site.who(&both).await, "nobody");
}

#[tokio::test]
async fn a_session_that_ends_during_a_slow_request_takes_no_more_writes() {
    let site = Site::new();
    let alice = site.logged_in("alice").await;
    let slow = site.visit(&alice);
    assert_eq!(slow.who().await, "alice");
    site.clock.advance(31 * MINUTE);
    slow.put("page", "7");
    let answer = slow.end().await;
    assert!(answer.failed.is_none() && answer.sets_no_cookie());
    assert_eq!(site.who(&alice).await, "nobody");
}
