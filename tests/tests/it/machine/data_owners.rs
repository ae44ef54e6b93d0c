//! Whose data it is: a session remembers, also after that login ended.

use std::time::Duration;

use passport_core::Logout;

use crate::support::{Site, SiteBuilder};

/// Alice's session, logged out with its data kept.
async fn after_alice(site: &Site) -> String {
    let alice = site.logged_in_with("alice", "secret", "alice's").await;
    let visit = site.visit(&alice);
    visit.auth().logout_with(Logout::here().keep_data()).await.unwrap();
    visit.end().await.cookie()
}

async fn log_in(site: &Site, cookie: &str, name: &str) -> String {
    let visit = site.visit(cookie);
    visit.login(name).await;
    visit.end().await.cookie()
}

#[tokio::test]
pub(crate) async fn an_anonymous_cart_moves_to_whoever_logs_in() {
    let site = Site::new();
    let alice = log_in(&site, &site.anonymous().await, "alice").await;
    assert_eq!(site.holds(&alice, "cart").await.as_deref(), Some("tea"));
}

#[tokio::test]
async fn the_same_user_again_keeps_the_data() {
    let site = Site::new();
    let alice = site.logged_in_with("alice", "secret", "alice's").await;
    let again = log_in(&site, &alice, "alice").await;
    assert_eq!(site.holds(&again, "secret").await.as_deref(), Some("alice's"));
    assert_eq!(site.who(&alice).await, "nobody");
}

#[tokio::test]
async fn another_user_in_the_same_browser_sees_nothing_of_the_first() {
    let site = Site::new();
    let alice = site.logged_in_with("alice", "secret", "alice's").await;
    let bob = log_in(&site, &alice, "bob").await;
    assert_eq!(site.who(&bob).await, "bob");
    assert_eq!(site.holds(&bob, "secret").await, None);
    assert_eq!(site.sessions_of("alice").await, 0);
}

#[tokio::test]
async fn data_kept_by_a_logout_is_the_same_users_at_the_next_login() {
    let site = Site::new();
    let kept = after_alice(&site).await;
    let again = log_in(&site, &kept, "alice").await;
    assert_eq!(site.holds(&again, "secret").await.as_deref(), Some("alice's"));
}

#[tokio::test]
async fn data_kept_by_a_logout_is_not_the_next_users() {
    let site = Site::new();
    let kept = after_alice(&site).await;
    assert_eq!(site.holds(&kept, "secret").await.as_deref(), Some("alice's"));
    let bob = log_in(&site, &kept, "bob").await;
    assert_eq!(site.holds(&bob, "secret").await, None);
}

#[tokio::test]
async fn data_of_two_former_users_is_neithers() {
    let site = Site::new();
    let kept = after_alice(&site).await;
    let visit = site.visit(&kept);
    visit.put("more", "nobody's");
    visit.end().await;
    let bob = log_in(&site, &kept, "bob").await;
    let visit = site.visit(&bob);
    visit.put("mine", "bob's");
    visit.auth().logout_with(Logout::here().keep_data()).await.unwrap();
    let kept = visit.end().await.cookie();
    let alice = log_in(&site, &kept, "alice").await;
    for key in ["secret", "more", "mine"] {
        assert_eq!(site.holds(&alice, key).await, None, "{key}");
    }
}

#[tokio::test]
async fn data_belongs_to_the_first_realms_user_while_the_second_one_logs_in_and_out() {
    let site = SiteBuilder::new().two_realms();
    let alice = site.logged_in_with("alice", "secret", "alice's").await;
    let visit = site.visit(&alice);
    visit.login_admin("root").await;
    let both = visit.end().await.cookie();
    assert_eq!(site.holds(&both, "secret").await.as_deref(), Some("alice's"));
    assert_eq!(site.visit(&both).which_admin().await, "root");
    let visit = site.visit(&both);
    visit.auth().logout().await.unwrap();
    let admin = visit.end().await.cookie();
    assert_eq!(site.holds(&admin, "secret").await, None, "it went with its user");
    assert_eq!(site.visit(&admin).which_admin().await, "root");
}

#[tokio::test]
async fn a_realm_that_stays_logged_in_does_not_hand_the_first_users_data_to_the_next() {
    let site = SiteBuilder::new().two_realms();
    let visit = site.visit("");
    visit.login("alice").await;
    visit.login_admin("root").await;
    visit.put("secret", "alice's");
    let both = visit.end().await.cookie();
    let visit = site.visit(&both);
    visit.auth().logout_with(Logout::here().keep_data()).await.unwrap();
    let root = visit.end().await.cookie();
    assert_eq!(site.holds(&root, "secret").await.as_deref(), Some("alice's"), "as was asked for");
    let bob = log_in(&site, &root, "bob").await;
    let visit = site.visit(&bob);
    assert_eq!((visit.who().await.as_str(), visit.which_admin().await.as_str()), ("bob", "root"));
    assert_eq!(visit.get("secret").await, None);
}

#[tokio::test]
async fn data_of_a_login_whose_time_is_over_is_not_the_next_users() {
    let site = SiteBuilder::new().two_realms();
    let visit = site.visit("");
    visit.login("alice").await;
    let success = passport_core::Success::new(site.admins.get("root")).remember(30);
    visit.admin().login(success).await.unwrap();
    visit.put("secret", "alice's");
    let both = visit.end().await.cookie();
    site.clock.advance(Duration::from_secs(31 * 60));
    let visit = site.visit(&both);
    assert_eq!((visit.who().await.as_str(), visit.which_admin().await.as_str()), ("nobody", "root"));
    visit.login("bob").await;
    let bob = visit.end().await.cookie();
    assert_eq!(site.holds(&bob, "secret").await, None);
}
