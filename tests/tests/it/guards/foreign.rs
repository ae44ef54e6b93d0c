//! Foreign requests: refused before anything is read or run.

use std::sync::atomic::Ordering::Relaxed;

use http::{StatusCode, header};
use passport_core::same_origin;

use super::{
    says::{key, local},
    stage::{Stage, bare, get, post, watched},
};

#[tokio::test]
async fn a_foreign_login_is_refused_before_the_body_is_read_or_a_strategy_runs() {
    let strategy = local();
    let calls = strategy.calls();
    let stage = Stage::with(strategy);
    let mut replies = Vec::new();
    for form in ["user=alice", "user=mallory"] {
        let (body, reads) = watched(form);
        let req = post("/login").header("sec-fetch-site", "cross-site").body(body).unwrap();
        let reply = stage.send(stage.guard(), req).await;
        assert_eq!(reply.status, StatusCode::FORBIDDEN);
        assert_eq!(reads.load(Relaxed), 0);
        replies.push((reply.body, format!("{:?}", reply.headers)));
    }
    assert_eq!(calls.load(Relaxed), 0);
    assert_eq!(replies[0], replies[1], "right and wrong passwords look alike");
    assert!(stage.store.calls().is_empty());
}

#[tokio::test]
async fn a_foreign_second_account_is_refused_too() {
    for strategy in [local(), key()] {
        let calls = strategy.calls();
        let stage = Stage::with(strategy);
        let req = bare(post("/").header("sec-fetch-site", "cross-site").header("x-key", "bob"));
        let reply = stage.send(stage.passport.authorize("it").unwrap(), req).await;
        assert_eq!((reply.status, calls.load(Relaxed)), (StatusCode::FORBIDDEN, 0));
    }
}

#[tokio::test]
async fn a_foreign_get_that_would_log_in_is_refused_as_well() {
    let stage = Stage::with(local());
    let reply = stage.send(stage.guard(), bare(get("/login").header("sec-fetch-site", "cross-site"))).await;
    assert_eq!(reply.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn an_api_key_works_from_anywhere() {
    let stage = Stage::with(key());
    let req = bare(post("/").header("origin", "https://elsewhere.example").header("x-key", "bob"));
    assert!(stage.send(stage.guard(), req).await.is_for("bob"));
}

#[tokio::test]
async fn a_route_for_this_site_alone_refuses_all_others() {
    let stage = Stage::with(local());
    for req in [post("/"), get("/ws").header(header::UPGRADE, "websocket")] {
        let reply = stage.send(same_origin(), bare(req.header("origin", "https://evil.example"))).await;
        assert_eq!(reply.status, StatusCode::FORBIDDEN);
        assert!(reply.reached.is_none());
    }
    let own = bare(post("/").header("origin", "http://example.com"));
    assert!(stage.send(same_origin(), own).await.reached.is_some());
    assert!(stage.send(same_origin(), bare(post("/"))).await.reached.is_some(), "curl passes");
}

#[tokio::test]
async fn a_trusted_origin_passes_every_guard() {
    let stage = Stage::new(|builder| builder.strategy("it", local()).trust_origin("https://app.example.org"));
    let trusted =
        || post("/login").header("origin", "https://app.example.org").header("sec-fetch-site", "cross-site");
    assert!(stage.send(stage.guard(), super::stage::form(trusted(), "user=alice")).await.is_for("alice"));
    assert!(stage.send(same_origin(), bare(trusted())).await.reached.is_some());
}
