//! Handlers that run a strategy themselves: what Passport does with a callback.

use bytes::Bytes;
use http::{Request, StatusCode};
use passport_core::{Error, Failure, Outcome, Success};

use super::{
    says::{Says, errs, local, says},
    stage::Stage,
};
use crate::support::{Person, User, who};

async fn run(strategy: Says) -> (Result<Outcome<User>, Error>, String, bool) {
    let stage = Stage::with(strategy);
    let visit = stage.visit("");
    let auth = visit.auth();
    let outcome = auth.authenticate("it", &Request::new(Bytes::from_static(b"user=alice"))).await;
    let name = who(&auth).await;
    (outcome, name, !visit.end().await.sets_no_cookie())
}

#[tokio::test]
pub(crate) async fn a_handler_gets_the_user_and_nobody_is_logged_in_by_it() {
    let (outcome, name, cookie) =
        run(says(|_| Outcome::Success(Success::new(User::of("alice", 0)).info(7_u32)))).await;
    let Ok(Outcome::Success(success)) = outcome else { panic!("{outcome:?}") };
    assert_eq!(success.user().name(), "alice");
    assert_eq!((name.as_str(), cookie), ("nobody", false));
}

#[tokio::test]
pub(crate) async fn a_handler_gets_the_failure_with_its_message_challenge_and_status() {
    let failure = || {
        Failure::new("No.")
            .status(StatusCode::PAYMENT_REQUIRED)
            .challenge(http::HeaderValue::from_static("MOCK challenge"))
    };
    let (outcome, name, cookie) = run(says(move |_| failure().into())).await;
    let Ok(Outcome::Fail(failure)) = outcome else { panic!("{outcome:?}") };
    assert_eq!(failure.as_message(), "No.");
    assert_eq!(failure.as_status(), Some(StatusCode::PAYMENT_REQUIRED));
    assert_eq!(failure.as_challenge().unwrap(), "MOCK challenge");
    assert_eq!((name.as_str(), cookie), ("nobody", false));
}

#[tokio::test]
pub(crate) async fn a_handler_that_asks_several_strategies_gets_what_each_one_says() {
    let failing = |challenge: Option<&'static str>, status| {
        says(move |_| {
            let failure = Failure::new("No.").status(StatusCode::from_u16(status).unwrap());
            match challenge {
                Some(challenge) => failure.challenge(http::HeaderValue::from_static(challenge)).into(),
                None => failure.into(),
            }
        })
    };
    let stage = Stage::new(|builder| {
        builder
            .strategy("basic", failing(Some("BASIC challenge"), 400))
            .strategy("token", failing(None, 402))
            .strategy("bearer", failing(Some("BEARER challenge"), 403))
    });
    let auth = stage.visit("").auth();
    let mut said = Vec::new();
    for name in ["basic", "token", "bearer"] {
        let outcome = auth.authenticate(name, &Request::new(Bytes::new())).await;
        let Ok(Outcome::Fail(failure)) = outcome else { panic!("{outcome:?}") };
        let challenge = failure.as_challenge().map(|challenge| challenge.to_str().unwrap().to_owned());
        said.push((challenge, failure.as_status().unwrap().as_u16()));
    }
    let own = |text: &str| Some(text.to_owned());
    assert_eq!(said, [(own("BASIC challenge"), 400), (None, 402), (own("BEARER challenge"), 403)]);
}

#[tokio::test]
pub(crate) async fn a_handler_gets_a_failure_without_anything_as_such() {
    let (outcome, ..) = run(says(|_| Outcome::fail("no"))).await;
    let Ok(Outcome::Fail(failure)) = outcome else { panic!("{outcome:?}") };
    assert_eq!((failure.as_status(), failure.as_challenge()), (None, None));
}

#[tokio::test]
pub(crate) async fn a_handler_gets_the_error() {
    let (outcome, name, cookie) = run(errs(|_| Err("the database is down".into()))).await;
    assert!(matches!(outcome, Err(Error::Strategy { name: "it", .. })));
    assert_eq!((name.as_str(), cookie), ("nobody", false));
}

#[tokio::test]
pub(crate) async fn a_handler_gets_redirects_and_passes_too() {
    let (outcome, ..) = run(says(|_| Outcome::Redirect("https://provider.example/".parse().unwrap()))).await;
    assert!(matches!(outcome, Ok(Outcome::Redirect(_))));
    let (outcome, ..) = run(says(|_| Outcome::Pass)).await;
    assert!(matches!(outcome, Ok(Outcome::Pass)));
}

#[tokio::test]
pub(crate) async fn a_handler_logs_in_what_it_got_under_the_strategys_name() {
    let stage = Stage::with(local());
    let visit = stage.visit("");
    let auth = visit.auth();
    let outcome = auth.authenticate("it", &Request::new(Bytes::from_static(b"user=alice"))).await;
    let Ok(Outcome::Success(success)) = outcome else { panic!("{outcome:?}") };
    auth.login(success).await.unwrap();
    assert_eq!(who(&auth).await, "alice");
    assert_eq!(auth.sessions().await.unwrap()[0].strategy, "it");
}

#[tokio::test]
pub(crate) async fn a_handler_that_names_an_unknown_strategy_gets_an_error() {
    let stage = Stage::with(local());
    let auth = stage.visit("").auth();
    let outcome = auth.authenticate("foo", &Request::new(Bytes::new())).await;
    assert!(matches!(outcome, Err(Error::UnknownStrategy { name, .. }) if name == "foo"));
}

#[tokio::test]
async fn a_foreign_request_does_not_even_run_the_strategy() {
    let strategy = local();
    let calls = strategy.calls();
    let stage = Stage::with(strategy);
    let auth = stage.foreign("").auth();
    let outcome = auth.authenticate("it", &Request::new(Bytes::from_static(b"user=alice"))).await;
    assert!(matches!(outcome, Err(Error::CrossSite)));
    assert_eq!(calls.load(std::sync::atomic::Ordering::Relaxed), 0);
}

#[tokio::test]
pub(crate) async fn whatever_may_be_logged_in_is_a_user_an_arc_or_a_success() {
    let stage = Stage::with(local());
    let visit = stage.visit("");
    let auth = visit.auth();
    auth.login(User::of("alice", 0)).await.unwrap();
    auth.login(std::sync::Arc::new(User::of("bob", 0))).await.unwrap();
    assert_eq!(who(&auth).await, "bob");
    auth.login(Success::new(User::of("alice", 0))).await.unwrap();
    assert_eq!(who(&auth).await, "alice");
}

#[tokio::test]
async fn what_a_strategy_said_of_alice_is_not_said_of_bob() {
    let stage = Stage::with(local());
    let visit = stage.visit("");
    let auth = visit.auth();
    auth.login(Success::new(User::of("alice", 0)).info(7_u32)).await.unwrap();
    assert_eq!(auth.info::<u32>().as_deref(), Some(&7));
    auth.login(User::of("bob", 0)).await.unwrap();
    assert_eq!(auth.info::<u32>(), None);
}
