//! Strategies in order, until one decides.

use std::sync::atomic::Ordering::Relaxed;

use http::StatusCode;
use passport_core::{Error, Outcome};

use super::{
    says::{Says, hangs, key, local, says},
    stage::{Stage, bare, form, get, post},
};
use crate::support::{Person, User};

fn alice() -> Says {
    says(|_| Outcome::success(User::of("alice", 0)))
}

fn two(first: Says, second: Says) -> Stage {
    Stage::new(|builder| builder.strategy("first", first).strategy("second", second))
}

fn both(stage: &Stage) -> passport_core::Authenticate<User> {
    stage.passport.authenticate(["first", "second"]).unwrap()
}

#[tokio::test]
pub(crate) async fn success_logs_in_and_goes_on_to_the_handler() {
    let stage = Stage::with(local());
    let reply = stage.send(stage.guard(), form(post("/login"), "user=alice")).await;
    assert_eq!(reply.status, StatusCode::OK);
    assert!(reply.is_for("alice"));
    assert_eq!(stage.who(&reply.cookie().unwrap()).await, "alice");
}

#[tokio::test]
pub(crate) async fn failure_answers_instead_of_the_handler_and_nobody_is_logged_in() {
    let stage = Stage::with(local());
    let reply = stage.send(stage.guard(), form(post("/login"), "user=mallory")).await;
    assert_eq!(reply.status, StatusCode::UNAUTHORIZED);
    assert!(reply.reached.is_none());
    assert_eq!(reply.cookie(), None);
    assert!(stage.store.calls().is_empty());
}

#[tokio::test]
pub(crate) async fn if_every_strategy_passed_nobody_gets_in() {
    let stage = two(says(|_| Outcome::Pass), says(|_| Outcome::Pass));
    let reply = stage.send(both(&stage), bare(get("/"))).await;
    assert_eq!(reply.status, StatusCode::UNAUTHORIZED);
    assert!(reply.reached.is_none());
}

#[tokio::test]
pub(crate) async fn an_optional_guard_lets_through_who_presents_nothing() {
    let stage = Stage::with(key());
    let reply = stage.send(stage.guard().optional(), bare(get("/"))).await;
    assert!(reply.is_for("nobody"));
    assert_eq!(reply.cookie(), None);
}

#[tokio::test]
pub(crate) async fn an_optional_guard_still_refuses_what_is_wrong() {
    let stage = Stage::with(key());
    let reply = stage.send(stage.guard().optional(), bare(get("/").header("x-key", "wrong"))).await;
    assert_eq!(reply.status, StatusCode::UNAUTHORIZED);
    assert!(reply.reached.is_none());
}

#[tokio::test]
pub(crate) async fn after_a_success_no_other_strategy_runs() {
    let second = alice();
    let calls = second.calls();
    let stage = two(alice(), second);
    assert!(stage.send(both(&stage), bare(post("/"))).await.is_for("alice"));
    assert_eq!(calls.load(Relaxed), 0);
}

#[tokio::test]
pub(crate) async fn after_a_failure_the_next_strategy_is_asked() {
    let stage = two(says(|_| Outcome::fail("no")), alice());
    assert!(stage.send(both(&stage), bare(post("/"))).await.is_for("alice"));
}

#[tokio::test]
pub(crate) async fn a_pass_in_the_middle_of_a_chain_goes_on_to_the_next_strategy() {
    let stage = two(says(|_| Outcome::Pass), alice());
    assert!(stage.send(both(&stage), bare(post("/"))).await.is_for("alice"));
}

#[tokio::test]
pub(crate) async fn a_pass_after_a_failure_does_not_undo_the_failure() {
    let stage = two(says(|_| Outcome::fail("no")), says(|_| Outcome::Pass));
    let reply = stage.send(both(&stage).optional(), bare(post("/"))).await;
    assert_eq!(reply.status, StatusCode::UNAUTHORIZED);
    assert!(reply.reached.is_none());
}

#[test]
pub(crate) fn an_unknown_strategy_is_refused_when_the_application_starts() {
    let stage = Stage::with(local());
    let error = stage.passport.authenticate("foo").unwrap_err();
    assert!(matches!(&error, Error::UnknownStrategy { name, .. } if name == "foo"));
    assert!(error.to_string().contains("unknown strategy `foo`: the builder knows `it`"));
}

#[test]
pub(crate) fn an_unknown_strategy_is_found_at_any_place_of_the_list() {
    let stage = Stage::with(local());
    assert!(matches!(stage.passport.authenticate(["it", "foo"]), Err(Error::UnknownStrategy { .. })));
    assert!(matches!(stage.passport.authorize(["it", "foo"]), Err(Error::UnknownStrategy { .. })));
}

#[test]
pub(crate) fn an_empty_list_of_strategies_is_refused_when_the_application_starts() {
    let stage = Stage::with(local());
    assert!(matches!(stage.passport.authenticate([]), Err(Error::Config(_))));
}

#[test]
fn a_strategy_named_twice_is_refused_when_the_application_starts() {
    let stage = Stage::with(local());
    assert!(matches!(stage.passport.authenticate(["it", "it"]), Err(Error::Config(_))));
}

#[test]
pub(crate) fn two_strategies_under_one_name_and_one_without_are_refused() {
    let build = |name: &'static str, other: &'static str| {
        let users = crate::support::Users::<User>::new();
        passport_core::Passport::builder(users, passport_session::Sessions::in_memory())
            .strategy(name, local())
            .strategy(other, local())
            .build()
    };
    assert!(matches!(build("local", "local"), Err(Error::Config(_))));
    assert!(matches!(build("local", ""), Err(Error::Config(_))));
    assert!(build("local", "foo").is_ok());
}

#[test]
pub(crate) fn a_strategy_goes_by_the_name_it_was_given_and_by_no_other() {
    let stage = Stage::new(|builder| builder.strategy("foo", local()).strategy("bar", key()));
    assert!(stage.passport.authenticate("foo").is_ok());
    assert!(stage.passport.authenticate("bar").is_ok());
    assert!(stage.passport.authenticate("local").is_err());
}

#[tokio::test]
pub(crate) async fn two_requests_that_overlap_in_one_strategy_each_get_their_own_user() {
    // Both run in one task, so that the second begins while the first is not done.
    let stage = Stage::with(local());
    let (one, two) = tokio::join!(
        stage.send(stage.guard(), form(post("/login"), "user=alice")),
        stage.send(stage.guard(), form(post("/login"), "user=bob")),
    );
    assert!(one.is_for("alice") && two.is_for("bob"));
    let slow = two_at_once().await;
    assert_eq!(slow, ("alice".to_owned(), "bob".to_owned()));
}

/// The first waits in the middle of its strategy until the second is done.
async fn two_at_once() -> (String, String) {
    use std::sync::Arc;

    use bytes::Bytes;
    use http::Request;
    use passport_core::{BoxError, Strategy, async_trait};
    use tokio::sync::Barrier;

    struct Slow(Arc<Barrier>);

    #[async_trait]
    impl Strategy for Slow {
        type User = User;

        async fn authenticate(&self, req: &Request<Bytes>) -> Result<Outcome<User>, BoxError> {
            let name = String::from_utf8(req.body().to_vec())?;
            self.0.wait().await;
            Ok(Outcome::success(User::of(&name, 0)))
        }
    }

    let stage = Stage::with(Slow(Arc::new(Barrier::new(2))));
    let send = |name: &'static str| stage.send(stage.guard(), form(post("/login"), name));
    let (one, two) = tokio::join!(send("alice"), send("bob"));
    (one.reached.unwrap().who, two.reached.unwrap().who)
}

#[tokio::test]
async fn a_strategy_that_hangs_does_not_hold_up_another_request() {
    let stage = two(hangs(), local());
    let second = stage.passport.authenticate("second").unwrap();
    let guard = both(&stage);
    let hanging = crate::support::polled(stage.send(guard, form(post("/"), "user=alice")));
    assert!(stage.send(second, form(post("/"), "user=bob")).await.is_for("bob"));
    drop(hanging);
}
