//! Users who are at hand: nobody is waited for, and everything else is as it is with those who are asked for.

use passport_core::Error;

use crate::support::{Site, SiteBuilder, Visit};

/// One whose store has to be waited for, and one whose store answers at once.
fn sites() -> [Site; 2] {
    let at_once = Site::new();
    at_once.store.answer_at_once();
    [Site::new(), at_once]
}

/// A visit that is this one's, and had to ask the user store for that.
async fn asked_for(site: &Site, cookies: &str, who: &str) -> Visit {
    let before = site.users.asked();
    let visit = site.visit(cookies);
    assert_eq!((visit.who().await.as_str(), site.users.asked()), (who, before + 1));
    visit
}

#[tokio::test]
async fn who_is_at_hand_is_not_asked_for() {
    for site in sites() {
        let alice = site.logged_in("alice").await;
        site.users.cache(true);
        let before = site.users.asked();
        let visit = site.visit(&alice);
        assert_eq!((visit.who().await.as_str(), visit.who().await.as_str()), ("alice", "alice"));
        assert_eq!(site.users.asked(), before);
        site.users.cache(false);
        assert_eq!((site.who(&alice).await.as_str(), site.users.asked()), ("alice", before + 1));
    }
}

#[tokio::test]
async fn a_request_keeps_to_whom_it_found() {
    for site in sites() {
        let alice = site.logged_in("alice").await;
        site.users.cache(true);
        let visit = site.visit(&alice);
        assert_eq!(visit.who().await, "alice");
        site.users.change("alice");
        assert_eq!(visit.who().await, "alice");
        assert!(visit.auth().recheck().await.unwrap().is_none(), "unless it asks again");
    }
}

#[tokio::test]
async fn a_recheck_believes_no_cache() {
    for site in sites() {
        let alice = site.logged_in("alice").await;
        site.users.cache(true);
        let visit = site.visit(&alice);
        let before = site.users.asked();
        assert!(visit.auth().recheck().await.unwrap().is_some());
        assert_eq!(site.users.asked(), before + 1);
    }
}

#[tokio::test]
async fn who_has_changed_in_the_cache_is_logged_out() {
    for site in sites() {
        let alice = site.logged_in_with("alice", "secret", "1").await;
        site.users.cache(true);
        site.users.change("alice");
        let visit = site.visit(&alice);
        assert_eq!(visit.who().await, "nobody");
        assert!(visit.end().await.takes_the_cookie_away());
        assert_eq!(site.holds(&alice, "secret").await, None);
        assert_eq!(site.sessions_of("alice").await, 0);
    }
}

/// One that another server has not told of a new password, say.
#[tokio::test]
async fn a_cache_that_is_older_than_the_login_logs_nobody_out() {
    for site in sites() {
        site.users.keep_cache();
        site.users.change("alice");
        let alice = site.logged_in("alice").await;
        let visit = asked_for(&site, &alice, "alice").await;
        assert!(visit.end().await.sets_no_cookie());
        assert_eq!(site.sessions_of("alice").await, 1);
    }
}

/// A cache knows who is there, and not who is gone.
#[tokio::test]
async fn who_is_not_in_the_cache_is_asked_for() {
    for site in sites() {
        let alice = site.logged_in("alice").await;
        site.users.cache(true);
        site.users.remove("alice");
        let visit = asked_for(&site, &alice, "nobody").await;
        assert!(visit.end().await.takes_the_cookie_away());
        assert_eq!(site.sessions_of("alice").await, 0);
    }
}

/// Once the user store has said that somebody is gone, no cache brings that one back within the request.
#[tokio::test]
async fn who_was_found_to_be_gone_is_not_believed_to_be_there() {
    let site = SiteBuilder::new().two_realms();
    let visit = site.visit(&site.logged_in("alice").await);
    visit.login_admin("root").await;
    let both = visit.end().await.cookie();
    site.users.keep_cache();
    site.users.remove("alice");
    let visit = site.visit(&both);
    assert_eq!(visit.who().await, "alice", "the cache does not know yet");
    assert!(visit.auth().recheck().await.unwrap().is_none());
    assert!(visit.admin().recheck().await.unwrap().is_some(), "which forgets what the session said of all");
    assert_eq!(visit.who().await, "nobody");
    let cookie = visit.end().await.cookie();
    let visit = site.visit(&cookie);
    assert_eq!((visit.who().await.as_str(), visit.which_admin().await.as_str()), ("nobody", "root"));
}

#[tokio::test]
async fn a_cache_that_panics_is_an_error_and_no_logout() {
    for site in sites() {
        let alice = site.logged_in_with("alice", "secret", "1").await;
        site.users.panic_at_hand(true);
        let visit = site.visit(&alice);
        assert!(matches!(visit.auth().user().await, Err(Error::User(_))));
        site.users.panic_at_hand(false);
        assert_eq!(visit.who().await, "alice", "it is asked again");
        assert!(visit.end().await.sets_no_cookie());
        assert_eq!(site.holds(&alice, "secret").await.as_deref(), Some("1"));
    }
}
