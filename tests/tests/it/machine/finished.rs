//! After the answer is on its way, nothing more can be changed.

use std::{task::Poll, time::Duration};

use http::{Method, StatusCode, header::CACHE_CONTROL};
use passport_core::{Error, Message};

use crate::support::{Fault, Site, poll, polled};

#[tokio::test]
pub(crate) async fn after_the_answer_every_call_says_that_it_is_too_late() {
    let site = Site::new();
    let alice = site.logged_in("alice").await;
    for asked in [false, true] {
        let visit = site.visit(&alice);
        if asked {
            assert_eq!(visit.who().await, "alice");
        }
        let (late, session) = (visit.auth(), visit.session().clone());
        visit.end().await;
        site.store.calls();
        let mut errors = vec![
            late.user().await.err(),
            late.recheck().await.err(),
            late.login(site.users.get("bob")).await.err(),
            late.refresh(site.users.get("alice")).await.err(),
            late.sessions().await.err(),
            late.logout().await.err(),
            session.logout().await.err(),
        ];
        errors.extend([
            session.insert("a", 1).err(),
            session.remove("a").err(),
            session.add_message(&Message::new("bye", "Bye.")).err(),
            session.get::<u8>("a").await.err(),
            session.take::<u8>("a").await.err(),
            session.update("a", |_: Option<u8>| 1).await.err(),
            session.save().await.err(),
            session.rotate().await.err(),
        ]);
        for (at, error) in errors.iter().enumerate() {
            assert!(matches!(error, Some(Error::Finished)), "call {at}: {error:?}");
        }
        assert!(site.store.calls().is_empty());
        assert_eq!(site.who(&alice).await, "alice");
    }
}

#[tokio::test]
async fn the_end_of_a_request_that_needs_no_store_needs_no_future() {
    let site = Site::new();
    let headers = http::HeaderMap::new();
    let pending = site.passport.begin(&Method::GET, None, &headers, None);
    assert!(pending.finish_now().unwrap().is_empty());
    let pending = site.passport.begin(&Method::GET, None, &headers, None);
    pending.session().insert("a", 1).unwrap();
    let busy = pending.finish_now().unwrap_err();
    assert!(!busy.await.unwrap().is_empty());
}

#[tokio::test]
pub(crate) async fn two_requests_through_one_passport_never_share_a_user() {
    let site = Site::new();
    let (alice, bob) = (site.logged_in("alice").await, site.logged_in("bob").await);
    let (one, two) = (site.visit(&alice), site.visit(&bob));
    let (a, b) = tokio::join!(one.who(), two.who());
    assert_eq!((a.as_str(), b.as_str()), ("alice", "bob"));
}

#[tokio::test]
pub(crate) async fn beginning_and_ending_a_request_leaves_the_session_untouched() {
    let site = Site::new();
    let (alice, cart) = (site.logged_in_with("alice", "a", "1").await, site.anonymous().await);
    site.store.calls();
    for cookie in ["", &cart, &alice] {
        let answer = site.visit(cookie).end().await;
        assert!(answer.failed.is_none() && answer.headers.is_empty());
    }
    assert!(site.store.calls().is_empty());
    assert_eq!(site.holds(&cart, "cart").await.as_deref(), Some("tea"));
    assert_eq!(site.holds(&alice, "a").await.as_deref(), Some("1"));
}

#[tokio::test]
async fn a_question_that_nobody_goes_on_with_holds_up_neither_the_next_one_nor_the_end_for_ever() {
    let site = Site::new();
    let alice = site.logged_in("alice").await;
    let visit = site.visit(&alice);
    let (auth, session) = (visit.auth(), visit.session().clone());
    site.store.arm("load", Fault::HangBefore);
    let begun = polled(auth.user());
    site.store.heal();

    let mut next = polled(auth.user());
    site.clock.advance(Duration::from_mins(1));
    let Poll::Ready(Err(error)) = poll(&mut next) else { panic!("it still waits") };
    assert!(matches!(error, Error::Stuck), "{error}");

    let mut end = polled(visit.end());
    site.clock.advance(Duration::from_mins(1));
    let Poll::Ready(answer) = poll(&mut end) else { panic!("it still waits") };
    assert_eq!(answer.failed, Some(StatusCode::INTERNAL_SERVER_ERROR));
    assert_eq!(answer.header(&CACHE_CONTROL), Some("private, no-store"));
    assert!(matches!(session.insert("a", 1), Err(Error::Finished)));
    drop(begun);
}
