//! What a request wrote, and nobody will store any more: that is an error in the log, once.

use std::{
    io,
    sync::{Arc, Mutex},
};

use tracing_subscriber::util::SubscriberInitExt;

use crate::support::{Fault, Site, Visit, dropped};

/// What is logged meanwhile.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// How often that says that something is lost.
async fn losses(end: impl AsyncFnOnce(Visit), written: bool, fault: Fault) -> usize {
    let site = Site::new();
    let cookie = site.anonymous().await;
    let visit = site.visit(&cookie);
    if written {
        visit.put("page", "7");
    }
    site.store.arm("update", fault);
    let lines = Lines::default();
    let writer = lines.clone();
    let logging = tracing_subscriber::fmt().with_writer(move || writer.clone()).set_default();
    end(visit).await;
    drop(logging);
    let lines = lines.0.lock().unwrap();
    str::from_utf8(&lines).unwrap().matches("session_lost").count()
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
