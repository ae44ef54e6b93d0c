//! What a request wrote, and nobody will store any more: that is an error in the log, once.

use crate::support::{Fault, Site, Visit, dropped, logged};

/// How often that says that something is lost.
async fn losses(end: impl AsyncFnOnce(Visit), written: bool, fault: Fault) -> usize {
    let site = Site::new();
    let cookie = site.anonymous().await;
    let visit = site.visit(&cookie);
    if written {
        visit.put("page", "7");
    }
    site.store.arm("update", fault);
    logged(end(visit)).await.matches("session_lost").count()
}

#[tokio::test]
async fn a_request_that_is_not_ended_says_that_it_loses_something() {
    assert_eq!(losses(async |visit| drop(visit), true, Fault::HangBefore).await, 1);
    assert_eq!(losses(async |visit| drop(visit), false, Fault::HangBefore).await, 0);
}

#[tokio::test]
async fn an_end_that_nobody_awaits_says_so() {
    assert_eq!(losses(async |visit| drop(visit.ending()), true, Fault::HangBefore).await, 1);
    assert_eq!(losses(async |visit| drop(visit.ending()), false, Fault::HangBefore).await, 0);
}

#[tokio::test]
async fn an_end_that_is_dropped_while_the_store_writes_says_so() {
    assert_eq!(losses(async |visit| dropped(visit.ending()), true, Fault::HangBefore).await, 1);
}

/// It answers with an error, and that is logged.
#[tokio::test]
async fn an_end_whose_store_fails_does_not_say_so() {
    assert_eq!(losses(async |visit| assert!(visit.end().await.failed.is_some()), true, Fault::Fail).await, 0);
}
