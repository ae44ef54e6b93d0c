//! A request that is dropped while the store works: it knows nothing any more, and asks again.

use passport_core::Logout;

use crate::support::{Fault, Site, Visit, dropped, poll, polled};

#[tokio::test]
async fn a_login_dropped_before_the_store_did_it_leaves_the_visitor_as_before() {
    let site = Site::new();
    let cookie = site.anonymous().await;
    let visit = site.visit(&cookie);
    visit.put("page", "7");
    site.store.arm("rotate", Fault::HangBefore);
    dropped(visit.auth().login(site.users.get("alice")));
    site.store.heal();
    assert_eq!(visit.who().await, "nobody");
    assert!(visit.end().await.sets_no_cookie());
    assert_eq!(site.holds(&cookie, "cart").await.as_deref(), Some("tea"));
    assert_eq!(site.holds(&cookie, "page").await.as_deref(), Some("7"), "what was gathered is not lost");
    assert_eq!(site.sessions_of("alice").await, 0);
}

#[tokio::test]
async fn a_login_dropped_after_the_store_did_it_is_known_to_nobody() {
    let site = Site::new();
    let cookie = site.anonymous().await;
    let visit = site.visit(&cookie);
    site.store.arm("rotate", Fault::HangAfter);
    dropped(visit.auth().login(site.users.get("alice")));
    site.store.heal();
    site.store.calls();
    assert_eq!(visit.who().await, "nobody");
    assert_eq!(site.store.calls(), ["load"], "it asks again");
    assert!(visit.end().await.sets_no_cookie());
    assert_eq!(site.who(&cookie).await, "nobody");
}

#[tokio::test]
async fn a_login_can_be_tried_again_after_it_was_dropped() {
    let site = Site::new();
    for fault in [Fault::HangBefore, Fault::HangAfter] {
        let cookie = site.anonymous().await;
        let visit = site.visit(&cookie);
        site.store.arm("rotate", fault);
        dropped(visit.auth().login(site.users.get("bob")));
        site.store.heal();
        visit.login("bob").await;
        let after = visit.end().await.cookie();
        assert_eq!(site.who(&after).await, "bob", "{fault:?}");
        assert_eq!(site.who(&cookie).await, "nobody", "{fault:?}");
    }
}

#[tokio::test]
async fn a_first_login_dropped_half_way_sets_no_cookie() {
    let site = Site::new();
    for fault in [Fault::HangBefore, Fault::HangAfter] {
        let visit = site.visit("");
        visit.put("cart", "tea");
        site.store.arm("create", fault);
        dropped(visit.auth().login(site.users.get("alice")));
        site.store.heal();
        assert_eq!(visit.who().await, "nobody", "{fault:?}");
        let cookie = visit.end().await.cookie();
        assert_eq!(site.who(&cookie).await, "nobody", "{fault:?}");
        assert_eq!(site.holds(&cookie, "cart").await.as_deref(), Some("tea"), "{fault:?}");
    }
}

#[tokio::test]
async fn a_login_dropped_while_the_session_is_read_asks_again() {
    let site = Site::new();
    let cookie = site.anonymous().await;
    let visit = site.visit(&cookie);
    visit.put("page", "7");
    site.store.arm("load", Fault::HangBefore);
    dropped(visit.auth().login(site.users.get("alice")));
    site.store.heal();
    visit.login("alice").await;
    let after = visit.end().await.cookie();
    assert_eq!(site.holds(&after, "cart").await.as_deref(), Some("tea"));
    assert_eq!(site.holds(&after, "page").await.as_deref(), Some("7"));
}

#[tokio::test]
async fn a_logout_dropped_half_way_can_be_repeated_in_the_same_request() {
    let site = Site::new();
    for fault in [Fault::HangBefore, Fault::HangAfter] {
        let alice = site.logged_in("alice").await;
        let visit = site.visit(&alice);
        assert_eq!(visit.who().await, "alice");
        site.store.arm("delete", fault);
        dropped(visit.auth().logout());
        site.store.heal();
        visit.auth().logout().await.unwrap();
        assert!(visit.end().await.takes_the_cookie_away(), "{fault:?}");
        assert_eq!(site.who(&alice).await, "nobody", "{fault:?}");
    }
}

/// The store answers again: it says who is there, and no cookie tells of what was dropped.
async fn asks_again(site: &Site, visit: Visit, then: &str, fault: Fault) {
    site.store.heal();
    assert_eq!(visit.who().await, then, "{fault:?}");
    assert!(visit.end().await.sets_no_cookie(), "{fault:?}");
}

#[tokio::test]
async fn after_a_logout_dropped_half_way_it_is_asked_again_who_is_there() {
    let site = Site::new();
    for (fault, then) in [(Fault::HangBefore, "alice"), (Fault::HangAfter, "nobody")] {
        for policy in [Logout::here(), Logout::everywhere(), Logout::here().keep_data()] {
            let alice = site.logged_in_with("alice", "cart", "tea").await;
            let visit = site.visit(&alice);
            assert_eq!(visit.who().await, "alice");
            for operation in ["delete", "delete_all", "rotate"] {
                site.store.arm(operation, fault);
            }
            dropped(visit.auth().logout_with(policy));
            asks_again(&site, visit, then, fault).await;
        }
    }
}

#[tokio::test]
async fn after_a_rotation_dropped_half_way_it_is_asked_again_who_is_there() {
    let site = Site::new();
    for (fault, then) in [(Fault::HangBefore, "alice"), (Fault::HangAfter, "nobody")] {
        for logs_in in [true, false] {
            let alice = site.logged_in("alice").await;
            let visit = site.visit(&alice);
            assert_eq!(visit.who().await, "alice");
            site.store.arm("rotate", fault);
            if logs_in {
                dropped(visit.auth().login(site.users.get("bob")));
            } else {
                dropped(visit.session().rotate());
            }
            asks_again(&site, visit, then, fault).await;
        }
    }
}

#[tokio::test]
async fn a_logout_dropped_half_way_sends_no_cookie() {
    let site = Site::new();
    for (fault, then) in [(Fault::HangBefore, "alice"), (Fault::HangAfter, "nobody")] {
        let alice = site.logged_in("alice").await;
        let visit = site.visit(&alice);
        visit.put("a", "1");
        site.store.arm("delete", fault);
        dropped(visit.session().logout());
        site.store.heal();
        assert!(visit.end().await.sets_no_cookie(), "{fault:?}");
        assert_eq!(site.who(&alice).await, then, "{fault:?}");
    }
}

#[tokio::test]
async fn a_save_dropped_half_way_is_made_up_for_at_the_end() {
    let site = Site::new();
    for fault in [Fault::HangBefore, Fault::HangAfter] {
        let cookie = site.anonymous().await;
        let visit = site.visit(&cookie);
        visit.put("page", "7");
        site.store.arm("update", fault);
        dropped(visit.session().save());
        site.store.heal();
        visit.put("more", "8");
        assert!(visit.end().await.sets_no_cookie());
        assert_eq!(site.holds(&cookie, "page").await.as_deref(), Some("7"), "{fault:?}");
        assert_eq!(site.holds(&cookie, "more").await.as_deref(), Some("8"), "{fault:?}");
    }
}

#[tokio::test]
async fn a_newer_value_is_not_replaced_by_one_whose_save_was_dropped() {
    let site = Site::new();
    let cookie = site.anonymous().await;
    let visit = site.visit(&cookie);
    visit.put("page", "old");
    site.store.arm("update", Fault::HangBefore);
    let saving = visit.auth();
    let hanging = polled(saving.session().save());
    visit.put("page", "new");
    drop(hanging);
    site.store.heal();
    visit.end().await;
    assert_eq!(site.holds(&cookie, "page").await.as_deref(), Some("new"));
}

#[tokio::test]
async fn an_increment_dropped_half_way_happened_once_or_not_at_all() {
    let site = Site::new();
    for (fault, then) in [(Fault::HangBefore, None), (Fault::HangAfter, Some(1))] {
        let cookie = site.anonymous().await;
        let visit = site.visit(&cookie);
        site.store.arm("update", fault);
        dropped(visit.session().update("n", |n: Option<u32>| n.unwrap_or(0) + 1));
        site.store.heal();
        assert_eq!(visit.session().get::<u32>("n").await.unwrap(), then, "{fault:?}");
        visit.end().await;
        assert_eq!(site.visit(&cookie).session().get::<u32>("n").await.unwrap(), then, "{fault:?}");
    }
}

#[tokio::test]
async fn a_take_dropped_half_way_leaves_the_value_or_has_taken_it() {
    let site = Site::new();
    for (fault, then) in [(Fault::HangBefore, Some("tea")), (Fault::HangAfter, None)] {
        let cookie = site.anonymous().await;
        let visit = site.visit(&cookie);
        site.store.arm("update", fault);
        dropped(visit.session().take::<String>("cart"));
        site.store.heal();
        let again = visit.session().take::<String>("cart").await.unwrap();
        assert_eq!(again.as_deref(), then, "{fault:?}");
    }
}

#[tokio::test]
async fn a_rotation_dropped_half_way_leaves_one_id_and_never_two() {
    let site = Site::new();
    for fault in [Fault::HangBefore, Fault::HangAfter] {
        site.passport.end_sessions("alice").await.unwrap();
        let alice = site.logged_in("alice").await;
        let visit = site.visit(&alice);
        site.store.arm("rotate", fault);
        dropped(visit.session().rotate());
        site.store.heal();
        assert!(visit.end().await.sets_no_cookie(), "{fault:?}");
        assert_eq!(site.sessions_of("alice").await, 1, "{fault:?}");
    }
}

#[tokio::test]
async fn a_question_dropped_half_way_is_asked_again() {
    let site = Site::new();
    let alice = site.logged_in("alice").await;
    let visit = site.visit(&alice);
    site.store.arm("load", Fault::HangBefore);
    dropped(visit.auth().user());
    site.store.heal();
    assert_eq!(visit.who().await, "alice");
}

#[tokio::test]
async fn one_who_waits_behind_a_dropped_task_gets_its_turn() {
    let site = Site::new();
    let alice = site.logged_in("alice").await;
    let visit = site.visit(&alice);
    site.store.arm_once("load", Fault::HangBefore);
    let (first, second) = (visit.auth(), visit.auth());
    let hanging = polled(first.user());
    let mut waiting = polled(second.user());
    drop(hanging);
    assert!(matches!(poll(&mut waiting), std::task::Poll::Ready(Ok(Some(_)))));
}

#[tokio::test]
async fn an_end_that_is_dropped_half_way_wrote_all_or_nothing() {
    let site = Site::new();
    for (fault, then) in [(Fault::HangBefore, None), (Fault::HangAfter, Some("7"))] {
        let cookie = site.anonymous().await;
        let visit = site.visit(&cookie);
        visit.put("page", "7");
        site.store.arm("update", fault);
        dropped(visit.end());
        site.store.heal();
        assert_eq!(site.holds(&cookie, "page").await.as_deref(), then, "{fault:?}");
        assert_eq!(site.holds(&cookie, "cart").await.as_deref(), Some("tea"), "{fault:?}");
    }
}
