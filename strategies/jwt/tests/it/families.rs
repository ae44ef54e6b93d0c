//! Refresh tokens: each once, and all of a family together.

use std::sync::Arc;

use passport_core::{Auth, Logout, Success};

use crate::stage::{Customer, HOUR, Stage};

#[tokio::test]
async fn a_refresh_token_is_exchanged_for_the_next_pair_again_and_again() {
    let stage = Stage::new();
    let mut pair = stage.pair("alice").await;
    for _ in 0..50 {
        stage.clock.advance(HOUR);
        let next = stage.refresh(pair.refresh()).await.unwrap();
        assert_ne!(next.refresh(), pair.refresh());
        assert_eq!(stage.who(next.access()).await, "alice");
        pair = next;
    }
}

#[tokio::test]
async fn a_refresh_token_that_comes_twice_ends_its_family() {
    let stage = Stage::new();
    let stolen = stage.pair("alice").await;
    let bystander = stage.pair("alice").await;
    let next = stage.refresh(stolen.refresh()).await.unwrap();
    assert_eq!(stage.refresh(stolen.refresh()).await.unwrap_err(), "Reused");
    assert_eq!(stage.refresh(next.refresh()).await.unwrap_err(), "Ended", "whoever was first");
    assert_eq!(stage.refresh(stolen.refresh()).await.unwrap_err(), "Ended");
    assert_eq!(stage.who_asking(next.access()).await, "Invalid token");
    assert_eq!(stage.who(next.access()).await, "alice", "until it expires");
    stage.clock.advance(HOUR / 4);
    assert_eq!(stage.who(next.access()).await, "Token has expired");
    assert!(stage.refresh(bystander.refresh()).await.is_ok(), "another login of the same user goes on");
}

#[tokio::test]
async fn a_very_old_refresh_token_ends_its_family_too() {
    let stage = Stage::new();
    let first = stage.pair("alice").await;
    let mut pair = stage.refresh(first.refresh()).await.unwrap();
    for _ in 0..30 {
        pair = stage.refresh(pair.refresh()).await.unwrap();
    }
    assert_eq!(stage.refresh(first.refresh()).await.unwrap_err(), "Reused");
    assert_eq!(stage.refresh(pair.refresh()).await.unwrap_err(), "Ended");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_twenty_exchanges_at_once_one_gets_a_pair_and_the_family_ends() {
    let stage = Arc::new(Stage::new());
    let pair = Arc::new(stage.pair("alice").await);
    let tries = (0..20).map(|_| {
        let (stage, pair) = (stage.clone(), pair.clone());
        tokio::spawn(async move { stage.refresh(pair.refresh()).await })
    });
    let (mut pairs, mut reasons) = (Vec::new(), Vec::new());
    for tried in tries.collect::<Vec<_>>() {
        match tried.await.unwrap() {
            Ok(pair) => pairs.push(pair),
            Err(reason) => reasons.push(reason),
        }
    }
    assert_eq!(pairs.len(), 1);
    assert!(reasons.iter().any(|reason| reason == "Reused"), "{reasons:?}");
    assert!(reasons.iter().all(|reason| reason == "Reused" || reason == "Ended"), "{reasons:?}");
    assert_eq!(stage.refresh(pairs[0].refresh()).await.unwrap_err(), "Ended");
}

#[tokio::test]
async fn whatever_ends_the_users_sessions_ends_the_families() {
    let stage = Stage::new();
    for how in ["everywhere", "end_sessions", "change", "remove"] {
        let (alice, bob) = (stage.pair("alice").await, stage.pair("bob").await);
        let admin = stage.office_pair("alice").await;
        match how {
            "everywhere" => {
                let (pending, _) = Stage::begin(&stage.shop, "");
                let auth: Auth<Customer> = pending.session().auth().unwrap();
                auth.login(stage.users.get::<false>("alice")).await.unwrap();
                auth.logout_with(Logout::everywhere()).await.unwrap();
            }
            "end_sessions" => assert!(stage.shop.end_sessions("alice").await.unwrap() > 0),
            "change" => stage.users.change("alice"),
            _ => stage.users.remove("alice"),
        }
        assert_eq!(stage.refresh(alice.refresh()).await.unwrap_err(), "Ended", "{how}");
        assert_eq!(stage.who_asking(alice.access()).await, "Invalid token", "{how}");
        // Who is gone or has changed is noticed without the store.
        let noticed = matches!(how, "change" | "remove");
        assert_eq!(stage.who(alice.access()).await == "Invalid token", noticed, "{how}");
        assert!(stage.refresh(bob.refresh()).await.is_ok(), "{how}");
        if !noticed {
            assert!(stage.office_tokens.refresh(admin.refresh()).await.is_ok(), "{how}: another realm");
        }
    }
}

#[tokio::test]
async fn a_family_is_on_the_list_of_the_users_sessions() {
    let stage = Stage::new();
    let pair = stage.pair("alice").await;
    let (pending, _) = Stage::begin(&stage.shop, "");
    let auth: Auth<Customer> = pending.session().auth().unwrap();
    auth.login(stage.users.get::<false>("alice")).await.unwrap();
    let all = auth.sessions().await.unwrap();
    assert_eq!(all.len(), 2);
    let family = all.iter().find(|info| !info.current).unwrap().handle;
    assert!(auth.end_session(family).await.unwrap());
    assert_eq!(stage.refresh(pair.refresh()).await.unwrap_err(), "Ended");
}

#[tokio::test]
async fn a_program_logs_out_with_any_refresh_token_of_its_family() {
    let stage = Stage::new();
    let old = stage.pair("alice").await;
    let new = stage.refresh(old.refresh()).await.unwrap();
    assert!(stage.tokens.revoke(old.refresh()).await.unwrap());
    assert!(!stage.tokens.revoke(new.refresh()).await.unwrap(), "once");
    assert_eq!(stage.refresh(new.refresh()).await.unwrap_err(), "Ended");
    assert!(stage.tokens.revoke("garbage").await.is_err());
    assert!(stage.tokens.revoke(new.access()).await.is_err());
}

#[tokio::test]
async fn a_store_that_fails_says_nothing_about_the_token_and_uses_nothing_up() {
    let stage = Stage::new();
    let pair = stage.pair("alice").await;
    for operation in ["load", "update"] {
        stage.store.fail(operation);
        assert_eq!(stage.refresh(pair.refresh()).await.unwrap_err(), "503", "{operation}");
    }
    stage.store.fail("");
    stage.users.fail(true);
    assert_eq!(stage.refresh(pair.refresh()).await.unwrap_err(), "503");
    stage.users.fail(false);
    let next = stage.refresh(pair.refresh()).await.unwrap();

    stage.store.fail("delete");
    assert_eq!(stage.refresh(pair.refresh()).await.unwrap_err(), "503", "the family could not be ended");
    assert_eq!(crate::stage::name(&stage.tokens.revoke(next.refresh()).await.unwrap_err()), "503");
    stage.store.fail("");
    assert_eq!(stage.refresh(pair.refresh()).await.unwrap_err(), "Reused", "and is, as soon as it can be");

    stage.store.fail("create");
    let (pending, _) = Stage::begin(&stage.shop, "");
    let auth: Auth<Customer> = pending.session().auth().unwrap();
    let failed = stage.tokens.issue(&auth, Success::new(stage.users.get::<false>("bob"))).await.unwrap_err();
    assert_eq!(failed.status().as_u16(), 503);
}

#[tokio::test]
async fn a_user_whose_key_is_too_long_for_a_token_leaves_no_family_behind() {
    let (stage, name) = (Stage::new(), "x".repeat(4_000));
    stage.users.add(&name);
    let (pending, _) = Stage::begin(&stage.shop, "");
    let auth: Auth<Customer> = pending.session().auth().unwrap();
    let failed = stage.tokens.issue(&auth, stage.users.get::<false>(&name)).await.unwrap_err();
    assert!(failed.to_string().contains("too long"), "{failed}");
    assert_eq!(stage.shop.end_sessions(&name).await.unwrap(), 0, "nobody has its tokens");
}
