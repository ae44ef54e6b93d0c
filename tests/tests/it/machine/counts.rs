//! What each kind of request costs: calls of the store, and nothing for a question that nobody asked.

use std::{sync::Arc, time::Duration};

use http::header;
use passport_core::Logout;

use crate::support::{Site, SiteBuilder};

#[tokio::test]
async fn a_page_that_asks_nothing_calls_nobody_and_says_nothing() {
    let site = Site::new();
    let alice = site.logged_in("alice").await;
    site.store.calls();
    let answer = site.visit(&alice).end().await;
    assert!(site.store.calls().is_empty());
    assert!(answer.headers.is_empty());
    assert_eq!(site.users.asked(), 0);
}

#[tokio::test]
async fn who_is_there_is_asked_once_a_request() {
    let site = Site::new();
    let alice = site.logged_in("alice").await;
    site.store.calls();
    let visit = site.visit(&alice);
    for _ in 0..3 {
        assert_eq!(visit.who().await, "alice");
    }
    visit.end().await;
    assert_eq!((site.store.calls(), site.users.asked()), (vec!["load"], 1));
}

/// Whether the store answers at once or not.
#[tokio::test]
async fn users_who_have_to_be_waited_for_are_asked_once() {
    for at_once in [true, false] {
        let site = Site::new();
        if at_once {
            site.store.answer_at_once();
        }
        let alice = site.logged_in("alice").await;
        site.users.far_away(true);
        let visit = site.visit(&alice);
        assert_eq!((visit.who().await.as_str(), site.users.asked()), ("alice", 1));
        assert!(visit.auth().recheck().await.unwrap().is_some());
        assert_eq!(site.users.asked(), 2);
    }
}

#[tokio::test]
async fn two_tasks_that_ask_at_once_make_one_question_and_get_one_user() {
    let site = Site::new();
    let alice = site.logged_in("alice").await;
    site.store.calls();
    let (one, two) = (site.visit(&alice), site.visit(&alice));
    let other = one.auth().clone();
    let (a, b) = tokio::join!(async { one.auth().user().await.unwrap().unwrap() }, async {
        other.user().await.unwrap().unwrap()
    });
    assert!(Arc::ptr_eq(&a, &b));
    assert_eq!(site.store.calls(), ["load"]);
    drop(two);
}

#[tokio::test]
async fn a_visitor_without_a_cookie_costs_nothing() {
    let site = Site::new();
    let visit = site.visit("");
    assert_eq!(visit.who().await, "nobody");
    let answer = visit.end().await;
    assert!(site.store.calls().is_empty());
    assert_eq!(answer.header(&header::VARY), Some("Cookie"), "the answer depends on the cookie all the same");
}

#[tokio::test]
async fn a_cookie_that_cannot_be_ours_costs_nothing() {
    let site = Site::new();
    for cookie in ["session=", "session=short", "session=####", "session", "other=x; ;;="] {
        let visit = site.visit(cookie);
        assert_eq!(visit.who().await, "nobody");
        visit.auth().logout().await.unwrap();
        visit.end().await;
    }
    assert!(site.store.calls().is_empty());
}

#[tokio::test]
async fn a_first_login_is_one_call() {
    let site = Site::new();
    site.logged_in("alice").await;
    assert_eq!(site.store.calls(), ["create"]);
}

#[tokio::test]
async fn a_login_in_a_session_is_two_calls() {
    let site = Site::new();
    let cookie = site.anonymous().await;
    site.store.calls();
    let visit = site.visit(&cookie);
    visit.login("alice").await;
    visit.end().await;
    assert_eq!(site.store.calls(), ["load", "rotate"]);
}

#[tokio::test]
async fn logging_everybody_out_is_one_call_if_nobody_listens() {
    let site = Site::new();
    let alice = site.logged_in("alice").await;
    site.store.calls();
    let visit = site.visit(&alice);
    assert_eq!(visit.session().logout().await.unwrap().ended, 1);
    assert!(visit.end().await.takes_the_cookie_away());
    assert_eq!(site.store.calls(), ["delete"]);
}

#[tokio::test]
async fn a_logout_that_somebody_listens_to_is_two_calls() {
    let site = SiteBuilder::new().site_with(|builder| builder.after_logout(|_| async { Ok(()) }));
    let alice = site.logged_in("alice").await;
    site.store.calls();
    let visit = site.visit(&alice);
    visit.session().logout().await.unwrap();
    visit.end().await;
    assert_eq!(site.store.calls(), ["load", "delete"]);
}

#[tokio::test]
async fn a_logout_of_one_realm_is_two_calls() {
    let site = Site::new();
    let alice = site.logged_in("alice").await;
    site.store.calls();
    let visit = site.visit(&alice);
    visit.auth().logout().await.unwrap();
    visit.end().await;
    assert_eq!(site.store.calls(), ["load", "delete"]);
}

#[tokio::test]
async fn a_logout_beside_another_realm_is_two_calls() {
    let site = SiteBuilder::new().two_realms();
    let both = site.logged_in_twice().await.cookies();
    site.store.calls();
    let visit = site.visit(&both);
    visit.auth().logout().await.unwrap();
    visit.end().await;
    assert_eq!(site.store.calls(), ["load", "rotate"]);
}

#[tokio::test]
async fn logging_out_elsewhere_is_two_calls_and_everywhere_three() {
    let site = Site::new();
    // This browser's own session may be another user's by then, and ends all the same.
    let everywhere = vec!["load", "delete_all", "delete"];
    for (policy, calls) in
        [(Logout::others(), vec!["load", "delete_all"]), (Logout::everywhere(), everywhere)]
    {
        let alice = site.logged_in("alice").await;
        site.store.calls();
        let visit = site.visit(&alice);
        visit.auth().logout_with(policy).await.unwrap();
        visit.end().await;
        assert_eq!(site.store.calls(), calls);
    }
}

#[tokio::test]
async fn a_write_into_a_session_is_two_calls() {
    let site = Site::new();
    let cookie = site.anonymous().await;
    site.store.calls();
    let visit = site.visit(&cookie);
    visit.put("a", "1");
    visit.put("b", "2");
    visit.end().await;
    assert_eq!(site.store.calls(), ["load", "update"]);
}

#[tokio::test]
async fn taking_and_updating_are_two_calls() {
    let site = Site::new();
    let cookie = site.anonymous().await;
    site.store.calls();
    let visit = site.visit(&cookie);
    visit.session().take::<String>("cart").await.unwrap();
    visit.end().await;
    assert_eq!(site.store.calls(), ["load", "update"]);
    let visit = site.visit(&cookie);
    visit.session().update("n", |n: Option<u32>| n.unwrap_or(0) + 1).await.unwrap();
    visit.end().await;
    assert_eq!(site.store.calls(), ["load", "update"]);
}

#[tokio::test]
async fn reading_is_noted_after_a_minute_and_not_before() {
    let site = Site::new();
    let alice = site.logged_in("alice").await;
    for (seconds, calls) in [(59, vec!["load"]), (1, vec!["load", "touch"]), (59, vec!["load"])] {
        site.clock.advance(Duration::from_secs(seconds));
        site.store.calls();
        let visit = site.visit(&alice);
        assert_eq!(visit.who().await, "alice");
        assert!(visit.end().await.sets_no_cookie());
        assert_eq!(site.store.calls(), calls, "{seconds} s later");
    }
}

#[tokio::test]
async fn an_answer_that_found_a_session_is_for_this_visitor_alone() {
    let site = Site::new();
    let alice = site.logged_in("alice").await;
    let visit = site.visit(&alice);
    visit.who().await;
    let answer = visit.end().await;
    assert_eq!(answer.header(&header::CACHE_CONTROL), Some("private, no-store"));
    assert_eq!(answer.header(&header::VARY), Some("Cookie"));
}

#[tokio::test]
async fn answers_that_set_or_take_the_cookie_are_kept_by_no_cache() {
    let site = Site::new();
    let visit = site.visit("");
    visit.login("alice").await;
    let login = visit.end().await;
    let visit = site.visit(&login.cookie());
    visit.session().logout().await.unwrap();
    for answer in [login, visit.end().await] {
        assert_eq!(answer.header(&header::CACHE_CONTROL), Some("no-store"));
        assert_eq!(answer.header(&header::VARY), Some("Cookie"));
    }
}
