//! What was done in which order, in one request.

use crate::support::Site;

#[tokio::test]
async fn a_cart_and_a_login_are_one_write_and_both_are_kept() {
    let site = Site::new();
    let before = site.anonymous().await;
    site.store.calls();
    let visit = site.visit(&before);
    visit.put("page", "7");
    visit.login("alice").await;
    assert_eq!(site.store.calls(), ["load", "rotate"]);
    let after = visit.end().await.cookie();
    assert!(site.store.calls().is_empty(), "the end has nothing left to write");
    assert_eq!(site.who(&after).await, "alice");
    assert_eq!(site.holds(&after, "cart").await.as_deref(), Some("tea"));
    assert_eq!(site.holds(&after, "page").await.as_deref(), Some("7"));
}

#[tokio::test]
pub(crate) async fn a_login_changes_the_session_id() {
    let site = Site::new();
    let before = site.anonymous().await;
    let visit = site.visit(&before);
    visit.login("alice").await;
    let after = visit.end().await.cookie();
    assert_ne!(before, after);
    assert_eq!(site.who(&after).await, "alice");
}

#[tokio::test]
pub(crate) async fn the_id_from_before_a_login_is_nobody_and_holds_nothing() {
    let site = Site::new();
    let before = site.anonymous().await;
    let visit = site.visit(&before);
    visit.login("alice").await;
    visit.end().await;
    assert_eq!(site.who(&before).await, "nobody");
    assert_eq!(site.holds(&before, "cart").await, None);
}

#[tokio::test]
async fn what_is_put_after_a_login_is_a_second_write() {
    let site = Site::new();
    let visit = site.visit("");
    visit.login("alice").await;
    visit.put("page", "7");
    let cookie = visit.end().await.cookie();
    assert_eq!(site.store.calls(), ["create", "update"]);
    assert_eq!(site.who(&cookie).await, "alice");
    assert_eq!(site.holds(&cookie, "page").await.as_deref(), Some("7"));
}

#[tokio::test]
async fn what_is_put_after_a_logout_is_a_fresh_anonymous_session() {
    let site = Site::new();
    let alice = site.logged_in_with("alice", "secret", "1").await;
    let visit = site.visit(&alice);
    visit.put("lost", "2");
    visit.auth().logout().await.unwrap();
    visit.put("bye", "see you");
    let after = visit.end().await.cookie();
    assert_ne!(after, alice);
    assert_eq!(site.who(&after).await, "nobody");
    assert_eq!(site.holds(&after, "bye").await.as_deref(), Some("see you"));
    assert_eq!((site.holds(&after, "secret").await, site.holds(&after, "lost").await), (None, None));
}

#[tokio::test]
async fn what_is_put_before_a_logout_is_gone() {
    let site = Site::new();
    let alice = site.logged_in("alice").await;
    site.store.calls();
    let visit = site.visit(&alice);
    visit.put("lost", "1");
    visit.auth().logout().await.unwrap();
    assert!(visit.end().await.takes_the_cookie_away());
    assert_eq!(site.store.calls(), ["load", "delete"]);
    assert_eq!(site.holds(&alice, "lost").await, None);
}

#[tokio::test]
async fn a_login_and_a_logout_in_one_request_send_no_cookie_and_leave_nothing() {
    let site = Site::new();
    let visit = site.visit("");
    visit.login("alice").await;
    visit.auth().logout().await.unwrap();
    assert_eq!(visit.who().await, "nobody");
    assert!(visit.end().await.sets_no_cookie());
    assert_eq!(site.sessions_of("alice").await, 0);
}

#[tokio::test]
async fn a_logout_and_a_login_in_one_request_are_a_session_without_the_old_data() {
    let site = Site::new();
    let alice = site.logged_in_with("alice", "secret", "1").await;
    let visit = site.visit(&alice);
    visit.auth().logout().await.unwrap();
    visit.login("alice").await;
    let after = visit.end().await.cookie();
    assert_eq!(site.who(&after).await, "alice");
    assert_eq!(site.holds(&after, "secret").await, None);
    assert_eq!(site.who(&alice).await, "nobody");
}

#[tokio::test]
async fn alice_then_bob_in_one_request_keeps_only_what_was_put_for_bob() {
    let site = Site::new();
    let visit = site.visit("");
    visit.login("alice").await;
    visit.put("before", "alice's");
    visit.login("bob").await;
    visit.put("after", "bob's");
    let cookie = visit.end().await.cookie();
    assert_eq!(site.who(&cookie).await, "bob");
    assert_eq!(site.holds(&cookie, "before").await, None);
    assert_eq!(site.holds(&cookie, "after").await.as_deref(), Some("bob's"));
    assert_eq!(site.sessions_of("alice").await, 0);
}

#[tokio::test]
async fn a_rotation_moves_everything_to_a_new_id_and_ends_the_old_one() {
    let site = Site::new();
    let before = site.logged_in_with("alice", "cart", "tea").await;
    let visit = site.visit(&before);
    visit.put("page", "7");
    visit.session().rotate().await.unwrap();
    let after = visit.end().await.cookie();
    assert_ne!(before, after);
    assert_eq!(site.who(&after).await, "alice");
    assert_eq!(site.holds(&after, "cart").await.as_deref(), Some("tea"));
    assert_eq!(site.holds(&after, "page").await.as_deref(), Some("7"));
    assert_eq!(site.who(&before).await, "nobody");
}

#[tokio::test]
async fn rotating_where_there_is_no_session_makes_none() {
    let site = Site::new();
    let visit = site.visit("");
    visit.session().rotate().await.unwrap();
    assert!(visit.end().await.sets_no_cookie());
    assert!(site.store.calls().is_empty());
}

#[tokio::test]
async fn a_request_reads_its_own_writes() {
    let site = Site::new();
    let cookie = site.anonymous().await;
    let visit = site.visit(&cookie);
    visit.put("cart", "coffee");
    visit.put("page", "7");
    assert_eq!(visit.get("cart").await.as_deref(), Some("coffee"));
    visit.session().remove("cart").unwrap();
    assert_eq!(visit.get("cart").await, None);
    assert_eq!(visit.session().keys().await.unwrap(), ["page"]);
}

#[tokio::test]
async fn the_last_of_several_writes_wins() {
    let site = Site::new();
    let visit = site.visit("");
    visit.put("n", "1");
    visit.session().remove("n").unwrap();
    visit.put("n", "3");
    let cookie = visit.end().await.cookie();
    assert_eq!(site.store.calls(), ["create"]);
    assert_eq!(site.holds(&cookie, "n").await.as_deref(), Some("3"));
}

#[tokio::test]
async fn removing_what_was_never_there_makes_no_session() {
    let site = Site::new();
    let visit = site.visit("");
    visit.session().remove("cart").unwrap();
    assert!(visit.end().await.sets_no_cookie());
    assert!(site.store.calls().is_empty());
}

#[tokio::test]
async fn what_is_put_and_removed_in_one_request_makes_no_session() {
    let site = Site::new();
    let visit = site.visit("");
    visit.put("cart", "tea");
    visit.session().remove("cart").unwrap();
    assert!(visit.end().await.sets_no_cookie());
    assert!(site.store.calls().is_empty());
}

#[tokio::test]
async fn what_is_put_and_taken_in_one_request_makes_no_session() {
    let site = Site::new();
    let visit = site.visit("");
    visit.put("cart", "tea");
    assert_eq!(visit.session().take::<String>("cart").await.unwrap().as_deref(), Some("tea"));
    assert!(visit.end().await.sets_no_cookie());
    assert!(site.store.calls().is_empty());
}

#[tokio::test]
async fn saving_early_leaves_nothing_for_the_end() {
    let site = Site::new();
    let visit = site.visit("");
    visit.put("cart", "tea");
    visit.session().save().await.unwrap();
    assert_eq!(site.store.calls(), ["create"]);
    let cookie = visit.end().await.cookie();
    assert!(site.store.calls().is_empty());
    assert_eq!(site.holds(&cookie, "cart").await.as_deref(), Some("tea"));
}

#[tokio::test]
async fn a_taken_value_is_there_once() {
    let site = Site::new();
    let cookie = site.anonymous().await;
    let (one, two) = (site.visit(&cookie), site.visit(&cookie));
    // Both have seen it.
    assert!(one.get("cart").await.is_some() && two.get("cart").await.is_some());
    let (one, two) = (one.session().take::<String>("cart").await, two.session().take::<String>("cart").await);
    assert_eq!((one.unwrap().as_deref(), two.unwrap()), (Some("tea"), None));
}

#[tokio::test]
async fn increments_of_two_requests_that_both_have_read_add_up() {
    let site = Site::new();
    let cookie = site.anonymous().await;
    let (one, two) = (site.visit(&cookie), site.visit(&cookie));
    assert!(one.get("cart").await.is_some() && two.get("cart").await.is_some());
    for visit in [one, two] {
        visit.session().update("n", |n: Option<u32>| n.unwrap_or(0) + 1).await.unwrap();
    }
    assert_eq!(site.visit(&cookie).session().get::<u32>("n").await.unwrap(), Some(2));
}

#[tokio::test]
async fn different_keys_of_two_requests_both_survive() {
    let site = Site::new();
    let cookie = site.anonymous().await;
    let (one, two) = (site.visit(&cookie), site.visit(&cookie));
    assert!(one.get("cart").await.is_some() && two.get("cart").await.is_some());
    one.put("a", "1");
    two.put("b", "2");
    assert!(one.end().await.sets_no_cookie() && two.end().await.sets_no_cookie());
    assert_eq!(site.holds(&cookie, "a").await.as_deref(), Some("1"));
    assert_eq!(site.holds(&cookie, "b").await.as_deref(), Some("2"));
}
