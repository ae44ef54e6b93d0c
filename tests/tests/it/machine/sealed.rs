//! Cookie-only sessions through the same door.

use passport_core::{Error, Logout};

use crate::support::{Person, Site, SiteBuilder, User};

fn site() -> Site {
    SiteBuilder::new().sealed()
}

#[tokio::test]
async fn a_login_in_the_cookie_is_found_again() {
    let site = site();
    let alice = site.logged_in("alice").await;
    assert_eq!(site.who(&alice).await, "alice");
}

#[tokio::test]
async fn a_copy_of_the_cookie_is_dead_after_the_logout() {
    let site = site();
    let alice = site.logged_in("alice").await;
    let visit = site.visit(&alice);
    assert_eq!(visit.auth().logout().await.unwrap().ended, 1);
    assert!(visit.end().await.takes_the_cookie_away());
    assert_eq!(site.who(&alice).await, "nobody");
    site.clock.advance(std::time::Duration::from_secs(120));
    assert_eq!(site.who(&alice).await, "nobody");
}

#[tokio::test]
async fn an_older_copy_of_the_cookie_is_dead_too() {
    let site = site();
    let older = site.logged_in("alice").await;
    let visit = site.visit(&older);
    visit.put("page", "7");
    let newer = visit.end().await.cookie();
    assert_ne!(older, newer);
    site.visit(&newer).auth().logout().await.unwrap();
    assert_eq!((site.who(&older).await.as_str(), site.who(&newer).await.as_str()), ("nobody", "nobody"));
}

#[tokio::test]
async fn the_cookie_from_before_a_login_is_dead() {
    let site = site();
    let before = site.anonymous().await;
    let visit = site.visit(&before);
    visit.login("alice").await;
    let after = visit.end().await.cookie();
    assert_eq!(site.holds(&before, "cart").await, None);
    assert_eq!(site.holds(&after, "cart").await.as_deref(), Some("tea"));
}

#[tokio::test]
async fn a_slow_request_brings_no_session_back_after_a_logout() {
    let site = site();
    let alice = site.logged_in("alice").await;
    let slow = site.visit(&alice);
    assert_eq!(slow.who().await, "alice");
    slow.put("page", "7");
    site.visit(&alice).auth().logout().await.unwrap();
    assert!(slow.end().await.sets_no_cookie());
    assert_eq!(site.who(&alice).await, "nobody");
}

#[tokio::test]
async fn a_changed_password_ends_every_copy() {
    let site = site();
    let alice = site.logged_in("alice").await;
    site.users.change("alice");
    let visit = site.visit(&alice);
    assert_eq!(visit.who().await, "nobody");
    assert!(visit.end().await.takes_the_cookie_away());
}

#[tokio::test]
async fn what_needs_a_store_says_so() {
    let site = site();
    let alice = site.logged_in("alice").await;
    let visit = site.visit(&alice);
    let (auth, session) = (visit.auth(), visit.session());
    let errors = [
        session.take::<u8>("n").await.err(),
        session.update("n", |n: Option<u8>| n.unwrap_or(0) + 1).await.err(),
        auth.sessions().await.err(),
        auth.logout_with(Logout::others()).await.err(),
        auth.logout_with(Logout::everywhere()).await.err(),
        site.passport.end_sessions("alice").await.err(),
    ];
    for (at, error) in errors.iter().enumerate() {
        assert!(matches!(error, Some(Error::NeedsStore(_))), "call {at}: {error:?}");
    }
    assert_eq!(site.who(&alice).await, "alice");
}

#[tokio::test]
async fn another_user_sees_nothing_of_the_first() {
    let site = site();
    let alice = site.logged_in_with("alice", "secret", "alice's").await;
    let visit = site.visit(&alice);
    visit.login("bob").await;
    let bob = visit.end().await.cookie();
    assert_eq!(site.who(&bob).await, "bob");
    assert_eq!(site.holds(&bob, "secret").await, None);
    assert_eq!(site.who(&alice).await, "nobody");
}

#[tokio::test]
async fn a_copy_is_dead_after_a_logout_that_keeps_data_and_id() {
    let site = site();
    let alice = site.logged_in_with("alice", "cart", "tea").await;
    let visit = site.visit(&alice);
    let policy = Logout::here().dangerous_keep_data_and_id();
    assert_eq!(visit.auth().logout_with(policy).await.unwrap().ended, 1);
    let after = visit.end().await.cookie();
    assert_eq!(site.who(&alice).await, "nobody");
    assert_eq!(site.who(&after).await, "nobody");
    assert_eq!(site.holds(&after, "cart").await.as_deref(), Some("tea"));
}

#[tokio::test]
async fn a_copy_is_dead_after_its_user_was_found_gone_also_when_that_one_comes_back() {
    let site = site();
    let alice = site.logged_in("alice").await;
    site.users.remove("alice");
    let visit = site.visit(&alice);
    assert_eq!(visit.who().await, "nobody");
    assert!(visit.end().await.takes_the_cookie_away());
    site.users.restore("alice");
    assert_eq!(site.who(&alice).await, "nobody");
}

/// The record would hold both; the cookie does not.
#[tokio::test]
async fn a_cart_that_fits_alone_keeps_nobody_out() {
    let site = site();
    let mut cart = "x".repeat(2_900);
    let full = loop {
        let visit = site.visit("");
        visit.put("cart", &cart);
        if visit.session().save().await.is_ok() {
            break visit.end().await.cookie();
        }
        assert!(cart.pop().is_some(), "some cart fits");
    };
    for cookie in [full.as_str(), ""] {
        let visit = site.visit(cookie);
        if cookie.is_empty() {
            visit.put("cart", &cart);
        }
        visit.login("alice").await;
        let alice = visit.end().await.cookie();
        assert_eq!(site.who(&alice).await, "alice", "{}", cookie.len());
        assert_eq!(site.holds(&alice, "cart").await, None, "{}", cookie.len());
    }
}

#[tokio::test]
async fn a_login_that_does_not_fit_is_an_error_and_ends_nothing() {
    let site = site();
    let before = site.anonymous().await;
    let visit = site.visit(&before);
    let user = User::of(&"a".repeat(3_000), 0);
    let error = visit.auth().login(user).await.unwrap_err();
    assert!(matches!(error, Error::TooLarge(_)), "{error}");
    visit.end().await;
    assert_eq!(site.holds(&before, "cart").await.as_deref(), Some("tea"));
}
