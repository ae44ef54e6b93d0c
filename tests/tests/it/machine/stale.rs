//! Users who are gone, or are not who they were when they logged in.

use http::Uri;
use passport_core::{Error, Message};

use crate::support::{Fault, Site, SiteBuilder, Visit, dropped};

/// A visit that has asked who is there, and was told that it is nobody.
async fn found_nobody(site: &Site, cookies: &str) -> Visit {
    let visit = site.visit(cookies);
    assert_eq!(visit.who().await, "nobody");
    visit
}

#[tokio::test]
pub(crate) async fn a_user_who_is_gone_is_nobody_and_the_session_ends_with_its_data() {
    let site = Site::new();
    let alice = site.logged_in_with("alice", "secret", "1").await;
    site.users.remove("alice");
    let visit = found_nobody(&site, &alice).await;
    assert!(visit.end().await.takes_the_cookie_away());
    assert_eq!(site.holds(&alice, "secret").await, None);
    assert_eq!(site.sessions_of("alice").await, 0);
}

#[tokio::test]
async fn a_changed_password_ends_the_session_at_its_next_request() {
    let site = Site::new();
    let alice = site.logged_in_with("alice", "secret", "1").await;
    site.users.change("alice");
    let visit = found_nobody(&site, &alice).await;
    assert!(visit.end().await.takes_the_cookie_away());
    assert_eq!(site.holds(&alice, "secret").await, None);
}

#[tokio::test]
async fn a_user_who_is_gone_costs_at_most_two_calls_besides_the_load() {
    let site = Site::new();
    let alice = site.logged_in("alice").await;
    site.users.remove("alice");
    site.store.calls();
    let visit = site.visit(&alice);
    visit.who().await;
    visit.end().await;
    let calls = site.store.calls();
    assert!(calls.len() <= 3 && calls[0] == "load", "{calls:?}");
}

#[tokio::test]
async fn of_two_realms_only_the_one_whose_user_is_gone_ends() {
    let site = SiteBuilder::new().two_realms();
    let visit = site.visit("");
    visit.login("alice").await;
    visit.login_admin("root").await;
    visit.put("secret", "1");
    let both = visit.end().await.cookie();
    site.users.remove("alice");
    let visit = site.visit(&both);
    assert_eq!((visit.who().await.as_str(), visit.which_admin().await.as_str()), ("nobody", "root"));
    let after = visit.end().await.cookie();
    assert_eq!(site.visit(&after).which_admin().await, "root");
    assert_eq!(site.holds(&after, "secret").await, None);
    assert_eq!(site.visit(&both).which_admin().await, "nobody");
}

/// Who asks again, and gets no answer, knows what was known before.
#[tokio::test]
async fn a_recheck_without_an_answer_does_not_bring_a_user_back_who_is_gone() {
    for (fault, dropped_half_way) in [(Fault::Fail, false), (Fault::HangBefore, true)] {
        let site = Site::new();
        let alice = site.logged_in_with("alice", "secret", "1").await;
        site.users.remove("alice");
        let visit = found_nobody(&site, &alice).await;
        site.store.arm("load", fault);
        match dropped_half_way {
            true => dropped(visit.auth().recheck()),
            false => assert!(visit.auth().recheck().await.is_err()),
        }
        site.store.heal();
        assert_eq!(visit.get("secret").await, None);
        visit.put("note", "for nobody");
        assert!(visit.end().await.takes_the_cookie_away());
        assert_eq!(site.holds(&alice, "secret").await, None);
        assert_eq!(site.sessions_of("alice").await, 0);
    }
}

#[tokio::test]
async fn a_recheck_brings_a_user_back_who_has_come_back() {
    let site = Site::new();
    let alice = site.logged_in_with("alice", "secret", "1").await;
    site.users.remove("alice");
    let visit = found_nobody(&site, &alice).await;
    site.users.restore("alice");
    assert!(visit.auth().recheck().await.unwrap().is_some());
    assert_eq!(visit.get("secret").await.as_deref(), Some("1"));
    assert!(visit.end().await.sets_no_cookie());
    assert_eq!(site.who(&alice).await, "alice");
}

#[tokio::test]
async fn a_login_in_the_request_that_found_the_user_changed_stays() {
    let site = Site::new();
    let alice = site.logged_in_with("alice", "cart", "tea").await;
    site.users.change("alice");
    let visit = found_nobody(&site, &alice).await;
    visit.login("alice").await;
    let again = visit.end().await.cookie();
    assert_eq!(site.who(&again).await, "alice");
    assert_eq!(site.holds(&again, "cart").await.as_deref(), Some("tea"), "it is the same user again");
}

#[tokio::test]
async fn the_next_user_sees_nothing_of_one_who_is_gone() {
    let site = Site::new();
    let alice = site.logged_in_with("alice", "secret", "1").await;
    site.users.remove("alice");
    let visit = found_nobody(&site, &alice).await;
    visit.login("bob").await;
    let bob = visit.end().await.cookie();
    assert_eq!(site.holds(&bob, "secret").await, None);
}

#[tokio::test]
async fn nothing_is_taken_from_one_who_is_gone_and_nothing_written_that_would_be_lost() {
    let site = Site::new();
    let alice = site.logged_in_with("alice", "secret", "1").await;
    let visit = site.visit(&alice);
    visit.session().add_message(&Message::new("hello", "Welcome back, Alice.")).unwrap();
    visit.end().await;
    site.users.remove("alice");
    let visit = found_nobody(&site, &alice).await;
    let session = visit.session();
    assert_eq!(session.take::<String>("secret").await.unwrap(), None);
    assert!(session.messages(&Uri::from_static("/"), &[]).await.unwrap().is_empty());
    let updated = session.update("secret", |old: Option<String>| old.unwrap_or_default()).await;
    assert!(matches!(updated, Err(Error::Ended)), "{updated:?}");
    visit.put("page", "7");
    let saved = session.save().await;
    assert!(matches!(saved, Err(Error::Ended)), "{saved:?}");
    assert!(visit.end().await.takes_the_cookie_away());
}

#[tokio::test]
async fn what_is_written_after_the_next_login_stays() {
    let site = Site::new();
    let alice = site.logged_in_with("alice", "secret", "1").await;
    site.users.remove("alice");
    let visit = found_nobody(&site, &alice).await;
    visit.login("bob").await;
    visit.session().update("n", |n: Option<u32>| n.unwrap_or(0) + 1).await.unwrap();
    let bob = visit.end().await.cookie();
    assert_eq!(site.visit(&bob).session().get::<u32>("n").await.unwrap(), Some(1));
}

#[tokio::test]
async fn a_login_beside_one_who_is_gone_is_a_session_of_its_own() {
    let site = SiteBuilder::new().two_realms();
    let visit = site.visit("");
    visit.login_admin("root").await;
    visit.put("secret", "1");
    let root = visit.end().await.cookie();
    site.admins.remove("root");
    let visit = site.visit(&root);
    visit.put("page", "6");
    assert_eq!(visit.which_admin().await, "nobody");
    visit.login("alice").await;
    visit.put("page", "7");
    visit.session().update("n", |n: Option<u32>| n.unwrap_or(0) + 1).await.unwrap();
    assert_eq!(visit.get("page").await.as_deref(), Some("7"));
    let alice = visit.end().await.cookie();
    assert_eq!(site.who(&alice).await, "alice");
    assert_eq!(site.holds(&alice, "page").await.as_deref(), Some("7"), "it is hers");
    assert_eq!(site.visit(&alice).session().get::<u32>("n").await.unwrap(), Some(1));
    assert_eq!(site.holds(&alice, "secret").await, None, "it was root's");
    assert_eq!(site.who(&root).await, "nobody");
}

#[tokio::test]
async fn whoever_is_back_when_asked_again_stays() {
    let site = SiteBuilder::new().two_realms();
    let visit = site.visit("");
    visit.login("alice").await;
    visit.login_admin("root").await;
    let both = visit.end().await.cookie();
    let visit = site.visit(&both);
    site.users.remove("alice");
    assert_eq!(visit.who().await, "nobody");
    site.users.restore("alice");
    assert!(visit.admin().recheck().await.unwrap().is_some());
    assert_eq!(visit.who().await, "alice");
    assert!(visit.end().await.sets_no_cookie());
    assert_eq!(site.who(&both).await, "alice");
}

#[tokio::test]
async fn what_is_put_after_logging_out_somebody_who_is_gone_is_kept() {
    let site = SiteBuilder::new().two_realms();
    let both = site.logged_in_twice().await.cookies();
    site.users.remove("alice");
    let visit = site.visit(&both);
    assert_eq!(visit.who().await, "nobody");
    visit.auth().logout().await.unwrap();
    visit.put("page", "7");
    let after = visit.end().await.cookie();
    assert_eq!(site.visit(&after).which_admin().await, "root");
    assert_eq!(site.holds(&after, "page").await.as_deref(), Some("7"));
}

#[tokio::test]
async fn a_user_who_comes_back_unchanged_is_still_logged_in_if_nobody_had_looked() {
    let site = Site::new();
    let alice = site.logged_in("alice").await;
    site.users.fail(true);
    assert!(site.visit(&alice).auth().user().await.is_err());
    site.users.fail(false);
    assert_eq!(site.who(&alice).await, "alice");
}

#[tokio::test]
async fn a_recheck_sees_that_the_user_changed_meanwhile() {
    let site = Site::new();
    let alice = site.logged_in("alice").await;
    let visit = site.visit(&alice);
    assert_eq!(visit.who().await, "alice");
    site.users.change("alice");
    assert_eq!(visit.who().await, "alice", "remembered for the rest of the request");
    assert!(visit.auth().recheck().await.unwrap().is_none());
    assert!(visit.end().await.takes_the_cookie_away());
}

#[tokio::test]
async fn ending_a_users_sessions_ends_all_of_them_at_once() {
    let site = Site::new();
    let (one, two) = (site.logged_in("alice").await, site.logged_in("alice").await);
    let bob = site.logged_in("bob").await;
    assert_eq!(site.passport.end_sessions("alice").await.unwrap(), 2);
    assert_eq!((site.who(&one).await.as_str(), site.who(&two).await.as_str()), ("nobody", "nobody"));
    assert_eq!(site.who(&bob).await, "bob");
    assert_eq!(site.passport.end_sessions("alice").await.unwrap(), 0);
}

#[tokio::test]
async fn ending_sessions_takes_the_key_in_any_form_that_is_written_alike() {
    let site = Site::new();
    site.logged_in("alice").await;
    assert_eq!(site.passport.end_sessions(&"alice".to_owned()).await.unwrap(), 1);
}

#[tokio::test]
async fn a_key_of_another_type_is_an_error_and_not_a_user_without_sessions() {
    let site = Site::new();
    let alice = site.logged_in("alice").await;
    assert!(matches!(site.passport.end_sessions(&7).await, Err(Error::Key(_))));
    assert!(matches!(site.passport.end_sessions(&["alice"]).await, Err(Error::Key(_))));
    assert_eq!(site.who(&alice).await, "alice");
}

#[tokio::test]
async fn what_a_request_wrote_for_a_user_who_is_gone_is_not_kept_though_the_store_fails() {
    let site = Site::new();
    let alice = site.logged_in("alice").await;
    site.users.remove("alice");
    let visit = found_nobody(&site, &alice).await;
    visit.put("note", "1");
    site.store.arm_once("update", Fault::Fail);
    drop(visit.end().await);
    site.users.restore("alice");
    assert_eq!((site.who(&alice).await.as_str(), site.holds(&alice, "note").await), ("alice", None));
}
