//! Waiting for the end of a session, as a WebSocket does.

use std::{pin::Pin, sync::mpsc, task::Poll, thread, time::Duration};

use passport_core::Logout;

use crate::support::{Fault, Site, poll};

type Waiting = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A socket that was opened by a request that has long been answered.
async fn socket(site: &Site, cookie: &str) -> Waiting {
    let visit = site.visit(cookie);
    let mut waiting: Waiting = Box::pin(visit.session().ended());
    visit.end().await;
    assert!(is_open(&mut waiting), "it lives");
    waiting
}

fn is_open(waiting: &mut Waiting) -> bool {
    (0..4).all(|_| matches!(poll(waiting), Poll::Pending))
}

/// Whether it hears of it within a second.
fn closes(site: &Site, mut waiting: Waiting) -> bool {
    site.clock.advance(Duration::from_secs(1));
    !is_open(&mut waiting)
}

#[tokio::test]
async fn a_logout_closes_a_socket() {
    let site = Site::new();
    let alice = site.logged_in("alice").await;
    let waiting = socket(&site, &alice).await;
    site.visit(&alice).session().logout().await.unwrap();
    assert!(closes(&site, waiting));
}

#[tokio::test]
async fn a_logout_from_elsewhere_a_changed_password_and_a_removed_user_close_a_socket() {
    for how in 0..4 {
        let site = Site::new();
        let (here, there) = (site.logged_in("alice").await, site.logged_in("alice").await);
        let waiting = socket(&site, &here).await;
        match how {
            0 => drop(site.visit(&there).auth().logout_with(Logout::others()).await.unwrap()),
            1 => site.users.change("alice"),
            2 => site.users.remove("alice"),
            _ => drop(site.passport.end_sessions("alice").await.unwrap()),
        }
        assert!(closes(&site, waiting), "way {how}");
    }
}

#[tokio::test]
async fn another_login_and_a_rotation_close_a_socket() {
    for rotates in [true, false] {
        let site = Site::new();
        let alice = site.logged_in("alice").await;
        let waiting = socket(&site, &alice).await;
        let visit = site.visit(&alice);
        if rotates {
            visit.session().rotate().await.unwrap();
        } else {
            visit.login("bob").await;
        }
        assert!(closes(&site, waiting));
    }
}

#[tokio::test]
async fn an_open_socket_is_no_activity() {
    let site = Site::new();
    let alice = site.logged_in("alice").await;
    let mut waiting = socket(&site, &alice).await;
    site.store.calls();
    for _ in 0..29 {
        site.clock.advance(Duration::from_secs(60));
        assert!(is_open(&mut waiting));
    }
    assert!(site.store.calls().iter().all(|call| *call == "load"), "it extends nothing");
    site.clock.advance(Duration::from_secs(60));
    assert!(!is_open(&mut waiting), "half an hour is over");
}

#[tokio::test]
async fn a_socket_asks_at_most_once_a_second() {
    let site = Site::new();
    let alice = site.logged_in("alice").await;
    let mut waiting = socket(&site, &alice).await;
    site.store.calls();
    for _ in 0..10 {
        site.clock.advance(Duration::from_millis(100));
        assert!(is_open(&mut waiting));
    }
    assert_eq!(site.store.calls(), ["load"]);
}

#[tokio::test]
async fn a_store_that_cannot_be_reached_closes_no_socket() {
    let site = Site::new();
    let alice = site.logged_in("alice").await;
    let mut waiting = socket(&site, &alice).await;
    site.store.arm("load", Fault::Fail);
    site.users.fail(true);
    for _ in 0..5 {
        site.clock.advance(Duration::from_secs(1));
        assert!(is_open(&mut waiting));
    }
    site.store.heal();
    site.users.fail(false);
    site.visit(&alice).session().logout().await.unwrap();
    assert!(closes(&site, waiting));
}

#[tokio::test]
async fn a_store_that_tells_of_the_end_and_cannot_be_asked_is_asked_no_more_often() {
    let site = Site::new();
    let alice = site.logged_in("alice").await;
    let mut waiting = socket(&site, &alice).await;
    site.passport.end_sessions("alice").await.unwrap();
    site.store.arm("load", Fault::Fail);
    site.store.calls();
    let (done, polled) = mpsc::channel();
    thread::spawn(move || done.send((is_open(&mut waiting), waiting)));
    let polled = polled.recv_timeout(Duration::from_secs(60));
    let (open, mut waiting) = polled.expect("it asks without a pause, and holds up its thread");
    assert!(open);
    assert_eq!(site.store.calls(), ["load"], "as soon as it is told");
    for _ in 0..5 {
        site.clock.advance(Duration::from_secs(1));
        assert!(is_open(&mut waiting));
        assert_eq!(site.store.calls(), ["load"]);
    }
    site.store.heal();
    assert!(closes(&site, waiting));
}

#[tokio::test]
async fn where_there_is_no_session_the_end_is_now() {
    let site = Site::new();
    let visit = site.visit("");
    let mut waiting: Waiting = Box::pin(visit.session().ended());
    assert!(!is_open(&mut waiting));
}

#[tokio::test]
async fn a_socket_opened_by_the_request_that_logs_in_goes_by_the_new_session() {
    let site = Site::new();
    let cart = site.anonymous().await;
    let visit = site.visit(&cart);
    visit.login("alice").await;
    let mut waiting: Waiting = Box::pin(visit.session().ended());
    let alice = visit.end().await.cookie();
    assert!(is_open(&mut waiting));
    site.visit(&alice).session().logout().await.unwrap();
    assert!(closes(&site, waiting));
}
