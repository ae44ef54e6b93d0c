//! A cookie that opens nothing: told to the application, and taken away by a logout.

use std::time::Duration;

use crate::support::{Fault, Site};

const HOUR: Duration = Duration::from_secs(60 * 60);

async fn lapsed(site: &Site, cookies: &str) -> bool {
    site.visit(cookies).session().lapsed().await.unwrap()
}

#[tokio::test]
async fn a_session_that_has_expired_is_told_from_a_visitor_who_never_had_one() {
    let site = Site::new();
    let alice = site.logged_in("alice").await;
    assert!(!lapsed(&site, &alice).await);
    site.clock.advance(HOUR);
    assert!(lapsed(&site, &alice).await);
    assert!(!lapsed(&site, "").await);
    assert!(!lapsed(&site, "theme=dark").await);
}

#[tokio::test]
async fn garbage_in_the_cookie_is_told_and_a_logout_takes_it_away() {
    let site = Site::new();
    for garbage in ["session=", "session=garbage", "session=%7B%22token%22%3A%22x%22%7D", "session=\"\""] {
        assert!(lapsed(&site, garbage).await, "{garbage}");
        let visit = site.visit(garbage);
        visit.session().logout().await.unwrap();
        assert!(!visit.session().lapsed().await.unwrap(), "once is enough");
        assert!(visit.end().await.takes_the_cookie_away(), "{garbage}");
    }
    assert!(site.store.calls().is_empty(), "nothing of it reaches the store");
}

#[tokio::test]
async fn asking_alone_changes_no_cookie() {
    let site = Site::new();
    let visit = site.visit("session=garbage");
    assert!(visit.session().lapsed().await.unwrap());
    let answer = visit.end().await;
    assert!(answer.sets_no_cookie());
    assert_eq!(answer.header(&http::header::VARY), Some("Cookie"));
}

#[tokio::test]
async fn a_request_beside_a_logout_or_a_login_has_nothing_to_take_away() {
    let site = Site::new();
    let alice = site.logged_in("alice").await;
    let visit = site.visit(&alice);
    visit.session().logout().await.unwrap();
    drop(visit.end().await);
    assert!(!lapsed(&site, &alice).await, "the next login may be under way");
    let visit = site.visit("session=garbage");
    visit.login("bob").await;
    assert!(!visit.session().lapsed().await.unwrap());
}

#[tokio::test]
async fn of_several_cookies_none_is_called_lapsed() {
    let site = Site::new();
    let (alice, bob) = (site.logged_in("alice").await, site.logged_in("bob").await);
    assert!(!lapsed(&site, &format!("{alice}; {bob}")).await);
    assert!(!lapsed(&site, &format!("session=garbage; {alice}")).await);
}

#[tokio::test]
async fn a_store_that_cannot_be_asked_knows_of_nothing_that_lapsed() {
    let site = Site::new();
    let alice = site.logged_in("alice").await;
    site.store.arm("load", Fault::Fail);
    assert!(site.visit(&alice).session().lapsed().await.is_err());
}
