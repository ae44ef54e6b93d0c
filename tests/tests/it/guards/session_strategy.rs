//! The session as a strategy among others.

use std::time::Duration;

use http::{StatusCode, header};
use passport_session::SessionStrategy;

use super::{
    says::key,
    stage::{Stage, bare, get},
};
use crate::support::Fault;

fn stage() -> Stage {
    Stage::new(|builder| builder.strategy("session", SessionStrategy::new()).strategy("api-key", key()))
}

fn either(stage: &Stage) -> passport_core::Authenticate<crate::support::User> {
    stage.passport.authenticate(["session", "api-key"]).unwrap()
}

#[tokio::test]
pub(crate) async fn a_login_in_the_session_gets_in_and_the_session_stays_as_it_is() {
    let stage = stage();
    let alice = stage.logged_in("alice").await;
    stage.store.calls();
    let reply = stage.send(either(&stage), bare(get("/").header(header::COOKIE, &alice))).await;
    assert!(reply.is_for("alice"));
    assert_eq!(reply.cookie(), None);
    assert_eq!(stage.store.calls(), ["load"], "the guard and the handler ask once");
    assert_eq!(stage.users.asked(), 1);
}

#[tokio::test]
pub(crate) async fn without_a_login_the_session_passes_and_the_next_strategy_decides() {
    let stage = stage();
    let cart = stage.anonymous().await;
    let reply =
        stage.send(either(&stage), bare(get("/").header("x-key", "bob").header(header::COOKIE, &cart))).await;
    assert!(reply.is_for("bob"));
    assert_eq!(reply.cookie(), None);
}

#[tokio::test]
pub(crate) async fn the_session_alone_never_refuses_by_itself() {
    let stage = stage();
    let guard = || stage.passport.authenticate("session").unwrap();
    assert!(stage.send(guard().optional(), bare(get("/"))).await.is_for("nobody"));
    assert_eq!(stage.send(guard(), bare(get("/"))).await.status, StatusCode::UNAUTHORIZED, "the guard does");
}

#[tokio::test]
pub(crate) async fn a_user_who_is_gone_passes_and_the_login_is_removed() {
    let stage = stage();
    let alice = stage.logged_in("alice").await;
    stage.users.remove("alice");
    let guard = stage.passport.authenticate("session").unwrap().optional();
    let reply = stage.send(guard, bare(get("/").header(header::COOKIE, &alice))).await;
    assert!(reply.is_for("nobody"));
    assert_eq!(reply.cookie().as_deref(), Some("session="));
}

#[tokio::test]
pub(crate) async fn users_that_cannot_be_reached_are_an_error_and_the_session_stays() {
    let stage = stage();
    let alice = stage.logged_in("alice").await;
    stage.users.fail(true);
    let req = || bare(get("/").header(header::COOKIE, &alice));
    let reply = stage.send(either(&stage).optional(), req()).await;
    assert_eq!(reply.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(reply.reached.is_none() && reply.cookie().is_none());
    stage.users.fail(false);
    assert!(stage.send(either(&stage), req()).await.is_for("alice"));
}

#[tokio::test]
async fn a_store_that_cannot_be_reached_is_503_and_not_an_anonymous_visitor() {
    let stage = stage();
    let alice = stage.logged_in("alice").await;
    stage.store.arm("load", Fault::Fail);
    let reply = stage.send(either(&stage).optional(), bare(get("/").header(header::COOKIE, &alice))).await;
    assert_eq!(reply.status, StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test]
async fn getting_in_by_the_session_is_no_recent_login() {
    // `Authenticate` first, then a handler that asks for a recent login.
    let stage = stage();
    let alice = stage.logged_in("alice").await;
    stage.clock.advance(Duration::from_secs(600));
    let recent = stage.passport.require_login().within(Duration::from_secs(300));
    let both = super::require_login::Both(either(&stage), recent);
    let reply = stage.send(both.clone(), bare(get("/").header(header::COOKIE, &alice))).await;
    assert_eq!(reply.status, StatusCode::UNAUTHORIZED);
    let reply = stage.send(both, bare(get("/").header("x-key", "bob"))).await;
    assert!(reply.is_for("bob"), "a key is presented now");
}
