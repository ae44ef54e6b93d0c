//! A login, and then a write of which nobody knows what became: at the end the store is asked, so that the browser gets the
//! cookie of a login that is there, and none of one that is not.

use passport_core::Error;

use crate::support::{Fault, Site, SiteBuilder, Visit, dropped};

/// Logged in, where a cart was filled before.
async fn fresh_login(site: &Site) -> Visit {
    let cookie = site.anonymous().await;
    let visit = site.visit(&cookie);
    visit.login("alice").await;
    visit
}

/// Writes something.
async fn count(visit: &Visit) -> Result<(), Error> {
    visit.session().update("n", |n: Option<u32>| n.unwrap_or_default() + 1).await
}

/// The same after a write that has failed, with a store that works again.
async fn doubtful_login(site: &Site) -> Visit {
    let visit = fresh_login(site).await;
    site.store.arm("update", Fault::Fail);
    assert!(count(&visit).await.is_err());
    site.store.heal();
    visit
}

/// Does something, and is dropped where the store hangs in this call; after that the store works again.
fn dropped_at(site: &Site, (call, fault): (&'static str, Fault), does: impl Future) {
    site.store.arm(call, fault);
    dropped(does);
    site.store.heal();
}

async fn gets_the_cookie(site: &Site, visit: Visit) {
    let answer = visit.end().await;
    assert_eq!(answer.failed, None);
    let cookie = answer.cookie();
    assert_eq!(site.who(&cookie).await, "alice");
    assert_eq!(site.holds(&cookie, "cart").await.as_deref(), Some("tea"));
}

#[tokio::test]
async fn a_value_of_another_type_takes_no_login_away() {
    let site = Site::new();
    let visit = fresh_login(&site).await;
    let error = visit.session().update("cart", |count: Option<u32>| count.unwrap_or_default() + 1).await;
    assert!(matches!(error, Err(Error::Value { .. })), "{error:?}");
    gets_the_cookie(&site, visit).await;
}

#[tokio::test]
async fn a_write_that_fails_takes_no_login_away() {
    let site = Site::new();
    let visit = doubtful_login(&site).await;
    gets_the_cookie(&site, visit).await;
}

#[tokio::test]
async fn a_write_that_is_dropped_takes_no_login_away() {
    for fault in [Fault::HangBefore, Fault::HangAfter] {
        let site = Site::new();
        let visit = fresh_login(&site).await;
        dropped_at(&site, ("update", fault), count(&visit));
        gets_the_cookie(&site, visit).await;
    }
}

/// Does something that fails, because the store does in this call; and the login stays.
async fn fails_and_takes_no_login_away<T>(
    call: &'static str,
    does: impl AsyncFnOnce(&Visit) -> Result<T, Error>,
) {
    let site = Site::new();
    let visit = fresh_login(&site).await;
    site.store.arm(call, Fault::Fail);
    assert!(does(&visit).await.is_err(), "{call}");
    site.store.heal();
    gets_the_cookie(&site, visit).await;
}

#[tokio::test]
async fn a_recheck_that_fails_takes_no_login_away() {
    fails_and_takes_no_login_away("load", async |visit| visit.auth().recheck().await).await;
}

/// As a logout that fails leaves an older login: its handler is told, and can try again.
#[tokio::test]
async fn a_logout_that_fails_takes_no_login_away() {
    fails_and_takes_no_login_away("delete", async |visit| visit.auth().logout().await).await;
}

#[tokio::test]
async fn a_logout_that_is_dropped_takes_a_login_away_if_it_was_written() {
    for fault in [Fault::HangBefore, Fault::HangAfter] {
        let site = Site::new();
        let visit = fresh_login(&site).await;
        dropped_at(&site, ("delete", fault), visit.auth().logout());
        match fault {
            Fault::HangAfter => assert!(visit.end().await.sets_no_cookie()),
            _ => gets_the_cookie(&site, visit).await,
        }
    }
}

#[tokio::test]
async fn another_realms_login_that_cannot_be_ended_takes_no_login_away() {
    let site = SiteBuilder::new().two_realms();
    let alice = site.logged_in("alice").await;
    let visit = site.visit(&alice);
    visit.login_admin("root").await;
    site.users.remove("alice");
    assert_eq!(visit.who().await, "nobody");
    site.store.arm("rotate", Fault::Fail);
    let answer = visit.end().await;
    assert_eq!(answer.failed, None);
    site.store.heal();
    assert_eq!(site.visit(&answer.cookie()).which_admin().await, "root");
}

#[tokio::test]
async fn a_new_id_is_handed_out_whatever_became_of_a_recheck() {
    let site = Site::new();
    let alice = site.logged_in_with("alice", "cart", "tea").await;
    let visit = site.visit(&alice);
    visit.session().rotate().await.unwrap();
    dropped_at(&site, ("load", Fault::HangBefore), visit.auth().recheck());
    gets_the_cookie(&site, visit).await;
}

#[tokio::test]
async fn a_login_that_was_ended_meanwhile_gets_no_cookie() {
    let site = Site::new();
    let visit = doubtful_login(&site).await;
    let elsewhere = site.logged_in("alice").await;
    site.visit(&elsewhere).auth().logout_with(passport_core::Logout::everywhere()).await.unwrap();
    let answer = visit.end().await;
    assert_eq!(answer.failed, None);
    assert!(answer.sets_no_cookie());
}

/// Who cannot find out says so, and does not answer as if all were well.
#[tokio::test]
async fn if_the_store_cannot_be_asked_at_the_end_the_answer_is_an_error() {
    let site = Site::new();
    let visit = doubtful_login(&site).await;
    site.store.arm("load", Fault::Fail);
    let answer = visit.end().await;
    assert_eq!(answer.failed, Some(http::StatusCode::SERVICE_UNAVAILABLE));
    assert!(answer.sets_no_cookie());
}
