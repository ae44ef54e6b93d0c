//! The strategy, with the store and without.

use passport_core::{Auth, Outcome};

use crate::stage::{Customer, Stage};

#[tokio::test]
async fn without_asking_an_access_token_costs_no_call_to_the_store() {
    let stage = Stage::new();
    let pair = stage.pair("alice").await;
    for operation in ["create", "load", "update", "rotate", "touch", "delete", "delete_all"] {
        stage.store.fail(operation);
        assert_eq!(stage.who(pair.access()).await, "alice", "{operation}");
    }
}

#[tokio::test]
async fn a_store_that_fails_is_a_503_and_no_refusal() {
    let stage = Stage::new();
    let pair = stage.pair("alice").await;
    assert_eq!(stage.who_asking(pair.access()).await, "alice");
    stage.store.fail("load");
    assert_eq!(stage.who_asking(pair.access()).await, "503");
    assert_eq!(stage.who_asking("garbage").await, "Invalid token", "what is wrong anyway asks nobody");
    stage.store.fail("");
    stage.users.fail(true);
    assert_eq!(stage.who_asking(pair.access()).await, "503");
    assert_eq!(stage.who(pair.access()).await, "503");
}

#[tokio::test]
async fn asking_notices_a_revoked_family_at_once() {
    let stage = Stage::new();
    let pair = stage.pair("alice").await;
    stage.tokens.revoke(pair.refresh()).await.unwrap();
    assert_eq!(stage.who_asking(pair.access()).await, "Invalid token");
    assert_eq!(stage.who(pair.access()).await, "alice");
}

#[tokio::test]
async fn a_token_logs_nobody_in_and_leaves_no_cookie() {
    let stage = Stage::new();
    let pair = stage.pair("alice").await;
    let (pending, req) = Stage::begin(&stage.shop, pair.access());
    let auth: Auth<Customer> = pending.session().auth().unwrap();
    assert!(matches!(auth.authenticate("jwt", &req).await.unwrap(), Outcome::Success(_)));
    let mut headers = http::HeaderMap::new();
    pending.finish().await.unwrap().apply(&mut headers);
    assert!(!headers.contains_key(http::header::SET_COOKIE));
}

#[tokio::test]
async fn overlapping_requests_each_get_their_own_user() {
    let stage = Stage::new();
    let (alice, bob) = (stage.pair("alice").await, stage.pair("bob").await);
    let kit = passport_core::testing::StrategyKit::new(passport_jwt::Jwt::<Customer>::new(&stage.rules));
    let shop = stage.shop.clone();
    let kit = kit.in_parallel(tokio::spawn).prepare(move |req| {
        let pending = shop.begin(req.method(), None, req.headers(), None);
        req.extensions_mut().insert(pending.session().clone());
    });
    let with = |token: &str| Stage::begin(&stage.shop, token).1;
    let report = kit.abuse(|| with(alice.access()), || with(bob.access()), |user| user.name.clone()).await;
    assert!(report.is_passed(), "{report}");
}
