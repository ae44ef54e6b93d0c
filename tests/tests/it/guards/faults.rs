//! Strategies that err, panic or hang: that request fails closed, and all others live on.

use std::{sync::atomic::Ordering::Relaxed, task::Poll, time::Duration};

use http::StatusCode;
use passport_core::Outcome;

use super::{
    says::{errs, hangs, local, says},
    stage::{Reply, Stage, bare, form, get, post},
};
use crate::support::{Fault, Person, User, poll, polled};

#[tokio::test]
pub(crate) async fn an_error_in_a_strategy_ends_the_chain_and_nobody_is_logged_in() {
    let second = says(|_| Outcome::success(User::of("alice", 0)));
    let calls = second.calls();
    let first = errs(|_| Err("the database password is hunter2".into()));
    let stage = Stage::new(|builder| builder.strategy("first", first).strategy("second", second));
    let guard = stage.passport.authenticate(["first", "second"]).unwrap();
    let reply = stage.send(guard.optional(), bare(post("/"))).await;
    assert_eq!(reply.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(reply.reached.is_none() && reply.cookie().is_none());
    assert_eq!(calls.load(Relaxed), 0);
    assert!(!reply.body.contains("hunter2"), "the caller learns the status alone");
}

#[tokio::test]
pub(crate) async fn a_panic_in_a_strategy_is_an_error_of_that_request_alone() {
    let stage = Stage::with(says(|req| match req.body().as_ref() {
        b"boom" => panic!("this strategy panics"),
        _ => Outcome::success(User::of("alice", 0)),
    }));
    let reply = stage.send(stage.guard(), form(post("/"), "boom")).await;
    assert_eq!(reply.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(reply.reached.is_none());
    assert!(stage.send(stage.guard(), form(post("/"), "x")).await.is_for("alice"));
}

/// What a request gets whose strategy hangs, after this much time.
fn after(stage: &Stage, time: Duration) -> Option<Reply> {
    let mut waiting = polled(stage.send(stage.guard(), bare(post("/"))));
    stage.clock.advance(time);
    match poll(&mut waiting) {
        Poll::Ready(reply) => Some(reply),
        Poll::Pending => None,
    }
}

#[tokio::test]
pub(crate) async fn a_strategy_that_hangs_is_given_up_after_half_a_minute() {
    let stage = Stage::with(hangs());
    assert!(after(&stage, Duration::from_millis(29_999)).is_none());
    let reply = after(&stage, Duration::from_secs(30)).unwrap();
    assert_eq!(reply.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(reply.reached.is_none());
}

#[tokio::test]
async fn the_deadline_of_strategies_can_be_set() {
    let stage =
        Stage::new(|builder| builder.strategy("it", hangs()).strategy_deadline(Duration::from_secs(2)));
    assert!(after(&stage, Duration::from_secs(1)).is_none());
    assert!(after(&stage, Duration::from_secs(2)).is_some());
}

#[tokio::test]
pub(crate) async fn a_login_that_cannot_be_stored_is_an_error_and_nobody_is_logged_in() {
    let stage = Stage::with(local());
    stage.store.arm("create", Fault::Fail);
    let reply = stage.send(stage.guard(), form(post("/login"), "user=alice")).await;
    assert_eq!(reply.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(reply.reached.is_none() && reply.cookie().is_none());
}

#[tokio::test]
pub(crate) async fn a_guard_outside_of_the_passport_layer_says_which_layer_is_missing() {
    use passport_core::Guard;
    let stage = Stage::with(local());
    let (parts, ()) = get("/").body(()).unwrap().into_parts();
    let answer = stage.guard().prepare(&parts).unwrap_err();
    assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
    assert!(stage.passport.require_login().prepare(&parts).is_err());
    assert!(passport_core::same_origin().prepare(&parts).is_err());
}

#[tokio::test]
async fn a_guard_of_another_passport_for_the_same_kind_of_user_lets_nobody_in() {
    // Its strategies would log people into the realm of the one that is installed.
    let (installed, other) =
        (Stage::with(local()), Stage::with(says(|_| Outcome::success(User::of("root", 0)))));
    let reply = installed.send(other.guard(), bare(post("/"))).await;
    assert_eq!(reply.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(reply.reached.is_none() && reply.cookie().is_none());
}
