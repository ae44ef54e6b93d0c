//! The same user again, after a change that ends sessions: this one stays.

use std::time::Duration;

use passport_core::{Error, LoginRefused, Logout, Success};

use crate::support::{Person, Site, SiteBuilder};

#[tokio::test]
async fn after_a_password_change_this_session_lives_under_a_new_id_and_the_others_die() {
    let site = Site::new();
    let (here, there) = (site.logged_in_with("alice", "cart", "tea").await, site.logged_in("alice").await);
    let visit = site.visit(&here);
    assert_eq!(visit.who().await, "alice");
    site.users.change("alice");
    visit.auth().refresh(site.users.get("alice")).await.unwrap();
    visit.auth().logout_with(Logout::others()).await.unwrap();
    let after = visit.end().await.cookie();
    assert_ne!(after, here);
    assert_eq!(site.who(&after).await, "alice");
    assert_eq!(site.holds(&after, "cart").await.as_deref(), Some("tea"));
    assert_eq!((site.who(&here).await.as_str(), site.who(&there).await.as_str()), ("nobody", "nobody"));
}

#[tokio::test]
async fn refreshing_calls_no_hook_and_keeps_the_time_of_the_login() {
    let site = SiteBuilder::new().site_with(|builder| {
        builder.before_login(|login| async move {
            match login.user.epoch() {
                0 => Ok(()),
                _ => Err(LoginRefused::because("a hook was called")),
            }
        })
    });
    let alice = site.logged_in("alice").await;
    site.clock.advance(Duration::from_secs(600));
    let visit = site.visit(&alice);
    let before = visit.auth().sessions().await.unwrap()[0].created;
    site.users.change("alice");
    visit.auth().refresh(site.users.get("alice")).await.unwrap();
    assert_eq!(visit.auth().sessions().await.unwrap()[0].created, before);
}

#[tokio::test]
async fn a_remembered_login_stays_remembered() {
    let site = Site::new();
    let visit = site.visit("");
    visit.auth().login(Success::new(site.users.get("alice")).remember(30)).await.unwrap();
    let alice = visit.end().await.cookie();
    site.clock.advance(Duration::from_secs(10 * 86_400));
    let visit = site.visit(&alice);
    visit.auth().refresh(site.users.get("alice")).await.unwrap();
    assert!(visit.end().await.set_cookies()[0].ends_with("; Max-Age=1728000"));
}

#[tokio::test]
async fn only_the_user_who_is_logged_in_can_be_refreshed() {
    let site = Site::new();
    let alice = site.logged_in("alice").await;
    let visit = site.visit(&alice);
    assert!(matches!(visit.auth().refresh(site.users.get("bob")).await, Err(Error::Ended)));
    assert_eq!(visit.who().await, "alice");
    let nobody = site.visit("");
    let refused = nobody.auth().refresh(site.users.get("alice")).await;
    assert!(matches!(refused, Err(Error::Unauthenticated)));
    assert!(nobody.end().await.sets_no_cookie());
}
