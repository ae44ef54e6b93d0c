//! Requests that run while another one logs out, logs in or rotates: a logout cannot be undone.

use std::time::Duration;

use passport_core::{Error, Logout, MARK_SECONDS};

use crate::support::Site;

/// Ends the session by another request.
async fn log_out(site: &Site, cookie: &str) {
    let visit = site.visit(cookie);
    visit.session().logout().await.unwrap();
    assert!(visit.end().await.takes_the_cookie_away());
}

/// Moves the session to another id by another request.
async fn rotate(site: &Site, cookie: &str) -> String {
    let visit = site.visit(cookie);
    visit.session().rotate().await.unwrap();
    visit.end().await.cookie()
}

#[tokio::test]
pub(crate) async fn a_logout_survives_a_slow_request_that_writes() {
    let site = Site::new();
    let alice = site.logged_in("alice").await;
    let slow = site.visit(&alice);
    assert_eq!(slow.who().await, "alice");
    slow.put("page", "7");
    log_out(&site, &alice).await;
    let answer = slow.end().await;
    assert_eq!(answer.failed, None, "the handler's own answer still arrives");
    assert!(answer.sets_no_cookie());
    assert_eq!(site.who(&alice).await, "nobody");
    assert_eq!(site.holds(&alice, "page").await, None);
}

#[tokio::test]
async fn a_logout_survives_a_slow_request_that_writes_without_having_read() {
    let site = Site::new();
    let alice = site.logged_in("alice").await;
    let slow = site.visit(&alice);
    slow.put("page", "7");
    log_out(&site, &alice).await;
    let answer = slow.end().await;
    assert!(answer.failed.is_none() && answer.sets_no_cookie());
    assert_eq!(site.who(&alice).await, "nobody");
}

#[tokio::test]
async fn a_request_that_took_longer_than_any_logout_is_remembered_leaves_nothing_to_the_next_user() {
    let site = Site::new();
    let alice = site.logged_in("alice").await;
    let [slow, slower, login] = [site.visit(&alice), site.visit(&alice), site.visit(&alice)];
    log_out(&site, &alice).await;
    site.clock.advance(Duration::from_secs(MARK_SECONDS));
    slow.put("diary", "alice's");
    assert!(slow.end().await.sets_no_cookie());
    let updated = slower.session().update("diary", |_: Option<u8>| 1).await;
    assert!(matches!(updated, Err(Error::Ended)), "{updated:?}");
    assert!(slower.end().await.sets_no_cookie());
    login.login("bob").await;
    assert_eq!(site.who(&login.end().await.cookie()).await, "bob");
}

#[tokio::test]
async fn a_visitor_whose_session_ended_long_ago_gets_a_new_one() {
    let site = Site::new();
    let alice = site.logged_in("alice").await;
    log_out(&site, &alice).await;
    site.clock.advance(Duration::from_secs(MARK_SECONDS));
    let visit = site.visit(&alice);
    site.clock.advance(Duration::from_secs(MARK_SECONDS - 1));
    visit.put("cart", "tea");
    let cookie = visit.end().await.cookie();
    assert_eq!(site.holds(&cookie, "cart").await.as_deref(), Some("tea"));
}

#[tokio::test]
async fn a_slow_request_does_not_replace_the_cookie_of_a_login() {
    let site = Site::new();
    let before = site.anonymous().await;
    for reads in [true, false] {
        let before = if reads { before.clone() } else { site.anonymous().await };
        let slow = site.visit(&before);
        if reads {
            assert_eq!(slow.get("cart").await.as_deref(), Some("tea"));
        }
        slow.put("page", "7");
        let visit = site.visit(&before);
        visit.login("alice").await;
        let alice = visit.end().await.cookie();
        assert!(slow.end().await.sets_no_cookie());
        assert_eq!(site.who(&alice).await, "alice");
        assert_eq!(site.holds(&alice, "page").await, None, "what it had gathered is dropped");
    }
}

#[tokio::test]
async fn a_slow_request_does_not_replace_the_cookie_of_a_rotation() {
    let site = Site::new();
    let alice = site.logged_in("alice").await;
    let slow = site.visit(&alice);
    assert_eq!(slow.who().await, "alice");
    slow.put("page", "7");
    let after = rotate(&site, &alice).await;
    assert!(slow.end().await.sets_no_cookie());
    assert_eq!(site.who(&after).await, "alice");
}

#[tokio::test]
async fn extending_the_idle_time_does_not_bring_a_session_back() {
    let site = Site::new();
    let alice = site.logged_in("alice").await;
    site.clock.advance(Duration::from_secs(60));
    let slow = site.visit(&alice);
    assert_eq!(slow.who().await, "alice");
    log_out(&site, &alice).await;
    assert!(slow.end().await.sets_no_cookie());
    assert_eq!(site.who(&alice).await, "nobody");
}

#[tokio::test]
async fn what_reaches_the_store_at_once_says_that_the_session_has_ended() {
    let site = Site::new();
    let alice = site.logged_in_with("alice", "cart", "tea").await;
    let slow = || async {
        let slow = site.visit(&alice);
        assert_eq!(slow.who().await, "alice");
        slow
    };
    let (rotating, taking, saving) = (slow().await, slow().await, slow().await);
    let (updating, refreshing) = (slow().await, slow().await);
    log_out(&site, &alice).await;
    saving.put("page", "7");
    assert!(matches!(rotating.session().rotate().await, Err(Error::Ended)));
    assert!(matches!(taking.session().take::<String>("cart").await, Err(Error::Ended)));
    assert!(matches!(saving.session().save().await, Err(Error::Ended)));
    let updated = updating.session().update("n", |n: Option<u32>| n.unwrap_or(0) + 1).await;
    assert!(matches!(updated, Err(Error::Ended)));
    let refreshed = refreshing.auth().refresh(site.users.get("alice")).await;
    assert!(matches!(refreshed, Err(Error::Ended)));
    for visit in [rotating, taking, saving, updating, refreshing] {
        assert!(visit.end().await.sets_no_cookie());
    }
    assert_eq!(site.sessions_of("alice").await, 0);
}

#[tokio::test]
async fn a_login_during_a_logout_starts_afresh() {
    let site = Site::new();
    let alice = site.logged_in_with("alice", "old", "1").await;
    let slow = site.visit(&alice);
    assert_eq!(slow.who().await, "alice");
    slow.put("mine", "2");
    log_out(&site, &alice).await;
    slow.login("alice").await;
    let after = slow.end().await.cookie();
    assert_eq!(site.who(&after).await, "alice");
    assert_eq!(site.holds(&after, "old").await, None);
    assert_eq!(site.holds(&after, "mine").await.as_deref(), Some("2"));
}

#[tokio::test]
async fn a_logout_follows_a_rotation_that_was_faster() {
    let site = Site::new();
    for has_read in [true, false] {
        let alice = site.logged_in("alice").await;
        let slow = site.visit(&alice);
        if has_read {
            assert_eq!(slow.who().await, "alice");
        }
        let after = rotate(&site, &alice).await;
        assert_eq!(site.who(&after).await, "alice");
        slow.auth().logout().await.unwrap();
        assert!(slow.end().await.takes_the_cookie_away());
        assert_eq!(site.who(&after).await, "nobody", "a logout that was confirmed has ended the session");
    }
}

#[tokio::test]
async fn a_thief_who_rotates_the_session_is_out_when_its_owner_logs_out() {
    let site = Site::new();
    let alice = site.logged_in("alice").await;
    let mut thief = alice.clone();
    for _ in 0..5 {
        thief = rotate(&site, &thief).await;
    }
    assert_eq!(site.who(&thief).await, "alice");
    let visit = site.visit(&alice);
    visit.session().logout().await.unwrap();
    assert_eq!(site.who(&thief).await, "nobody");
}

#[tokio::test]
async fn who_knew_the_id_from_before_a_login_cannot_end_the_login() {
    let site = Site::new();
    let before = site.anonymous().await;
    let visit = site.visit(&before);
    visit.login("alice").await;
    let alice = visit.end().await.cookie();
    let visit = site.visit(&before);
    visit.session().logout().await.unwrap();
    visit.end().await;
    assert_eq!(site.who(&alice).await, "alice");
}

#[tokio::test]
async fn a_recheck_sees_a_logout_that_happened_meanwhile() {
    let site = Site::new();
    let alice = site.logged_in("alice").await;
    let slow = site.visit(&alice);
    assert_eq!(slow.who().await, "alice");
    log_out(&site, &alice).await;
    assert_eq!(slow.who().await, "alice", "remembered for the rest of the request");
    assert!(slow.auth().recheck().await.unwrap().is_none());
    assert_eq!(slow.who().await, "nobody");
}

#[tokio::test]
async fn a_slow_request_of_a_user_who_changed_does_not_end_the_login_that_was_made_meanwhile() {
    let site = Site::new();
    let old = site.logged_in("alice").await;
    site.users.change("alice");
    let slow = site.visit(&old);
    assert_eq!(slow.who().await, "nobody");
    let visit = site.visit(&old);
    visit.login("alice").await;
    let new = visit.end().await.cookie();
    assert!(slow.end().await.sets_no_cookie());
    assert_eq!(site.who(&new).await, "alice");
}

#[tokio::test]
async fn what_was_put_into_a_session_that_has_ended_never_reaches_the_next_user() {
    let site = Site::new();
    let alice = site.logged_in("alice").await;
    let slow = site.visit(&alice);
    assert_eq!(slow.who().await, "alice");
    slow.put("secret", "alice's");
    log_out(&site, &alice).await;
    assert!(slow.auth().recheck().await.unwrap().is_none());
    slow.login("bob").await;
    let bob = slow.end().await.cookie();
    assert_eq!(site.holds(&bob, "secret").await, None);

    let alice = site.logged_in("alice").await;
    let slow = site.visit(&alice);
    assert_eq!(slow.who().await, "alice");
    slow.put("secret", "alice's");
    log_out(&site, &alice).await;
    assert!(matches!(slow.session().rotate().await, Err(Error::Ended)));
    slow.login("bob").await;
    let bob = slow.end().await.cookie();
    assert_eq!(site.holds(&bob, "secret").await, None);
}

#[tokio::test]
async fn two_tabs_that_log_in_as_two_users_are_two_sessions() {
    let site = Site::new();
    let cookie = site.anonymous().await;
    let (one, two) = (site.visit(&cookie), site.visit(&cookie));
    assert!(one.get("cart").await.is_some() && two.get("cart").await.is_some());
    one.login("alice").await;
    two.login("bob").await;
    let (one, two) = (one.end().await.cookie(), two.end().await.cookie());
    assert_ne!(one, two);
    assert_eq!((site.who(&one).await.as_str(), site.who(&two).await.as_str()), ("alice", "bob"));
}

#[tokio::test]
async fn everywhere_is_not_said_of_a_session_that_was_moved_meanwhile() {
    for (policy, ends_here) in
        [(Logout::everywhere(), true), (Logout::everywhere().keep_data(), true), (Logout::others(), false)]
    {
        let site = Site::new();
        let (alice, other) = (site.logged_in("alice").await, site.logged_in("alice").await);
        let slow = site.visit(&alice);
        let moved = rotate(&site, &alice).await;
        let failed = slow.auth().logout_with(policy).await.unwrap_err();
        assert_eq!(failed.status(), 401, "{failed:?}");
        slow.end().await;
        assert_eq!(site.who(&other).await, "alice", "whose it was could not be known: so it was no success");
        assert_eq!(site.who(&moved).await, if ends_here { "nobody" } else { "alice" });
    }
}
