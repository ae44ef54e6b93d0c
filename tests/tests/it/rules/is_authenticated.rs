//! Whether somebody is logged in.

use crate::support::{Site, SiteBuilder};

#[tokio::test]
pub(crate) async fn it_is_true_for_a_user() {
    let site = Site::new();
    let alice = site.logged_in("alice").await;
    assert!(site.visit(&alice).auth().is_authenticated().await.unwrap());
}

#[tokio::test]
pub(crate) async fn it_is_true_for_each_kind_of_user_by_itself() {
    let site = SiteBuilder::new().two_realms();
    let visit = site.visit("");
    visit.login_admin("root").await;
    let root = visit.end().await.cookie();
    let visit = site.visit(&root);
    assert!(visit.admin().is_authenticated().await.unwrap());
    assert!(!visit.auth().is_authenticated().await.unwrap());
}

#[tokio::test]
pub(crate) async fn it_is_false_for_a_visitor() {
    let site = Site::new();
    let cart = site.anonymous().await;
    for cookie in ["", &cart] {
        assert!(!site.visit(cookie).auth().is_authenticated().await.unwrap());
    }
}

#[tokio::test]
pub(crate) async fn it_is_false_for_a_user_who_is_gone() {
    let site = Site::new();
    let alice = site.logged_in("alice").await;
    site.users.remove("alice");
    assert!(!site.visit(&alice).auth().is_authenticated().await.unwrap());
}
