//! A second account, without touching who is logged in.

use http::{StatusCode, header};
use passport_core::{Outcome, Success};

use super::{
    says::{local, says},
    stage::{Stage, bare, form, post},
};
use crate::support::{Person, User};

#[tokio::test]
pub(crate) async fn a_second_account_is_there_and_the_first_stays_logged_in() {
    let stage = Stage::with(local());
    let alice = stage.logged_in("alice").await;
    stage.store.calls();
    let guard = stage.passport.authorize("it").unwrap();
    let reply = stage.send(guard, form(post("/connect").header(header::COOKIE, &alice), "user=bob")).await;
    let reached = reply.reached.as_ref().unwrap();
    assert_eq!((reached.who.as_str(), reached.account.as_str()), ("alice", "bob"));
    assert_eq!(reply.cookie(), None);
    assert_eq!(stage.store.calls(), ["load"], "only the handler asked");
}

#[tokio::test]
pub(crate) async fn a_second_account_logs_nobody_in() {
    let stage = Stage::with(local());
    let guard = stage.passport.authorize("it").unwrap();
    let reply = stage.send(guard, form(post("/connect"), "user=bob")).await;
    let reached = reply.reached.as_ref().unwrap();
    assert_eq!((reached.who.as_str(), reached.account.as_str()), ("nobody", "bob"));
    assert_eq!(reply.cookie(), None);
}

#[tokio::test]
pub(crate) async fn what_the_strategy_had_to_say_comes_with_the_second_account() {
    let connected = says(|_| Outcome::Success(Success::new(User::of("bob", 0)).info("token 7".to_owned())));
    let stage = Stage::with(connected);
    let reply = stage.send(stage.passport.authorize("it").unwrap(), bare(post("/connect"))).await;
    assert_eq!(reply.reached.unwrap().info.as_deref(), Some("token 7"));
}

#[tokio::test]
pub(crate) async fn a_wrong_second_account_is_refused_like_a_wrong_login() {
    let stage = Stage::with(local());
    let alice = stage.logged_in("alice").await;
    let guard = stage.passport.authorize("it").unwrap();
    let reply = stage.send(guard, form(post("/connect").header(header::COOKIE, &alice), "user=x")).await;
    assert_eq!(reply.status, StatusCode::UNAUTHORIZED);
    assert_eq!(stage.who(&alice).await, "alice");
}
