//! Bodies that strategies read, and what the handler gets of them.

use std::sync::atomic::Ordering::Relaxed;

use axum::body::Body;
use http::{StatusCode, header};
use http_body_util::{Full, Limited};

use super::{
    says::{key, local},
    stage::{Stage, form, post, watched},
};

#[tokio::test]
async fn the_handler_gets_the_body_that_a_strategy_has_read() {
    let stage = Stage::with(local());
    let reply = stage.send(stage.guard(), form(post("/login"), "user=alice&more=1")).await;
    assert_eq!(reply.reached.unwrap().body, "user=alice&more=1");
}

#[tokio::test]
pub(crate) async fn a_strategy_that_reads_only_headers_leaves_the_body_alone() {
    let stage = Stage::with(key());
    let (body, reads) = watched("a long upload");
    let reply = stage.send(stage.guard(), post("/").body(body).unwrap()).await;
    assert_eq!((reply.status, reads.load(Relaxed)), (StatusCode::UNAUTHORIZED, 0));
    let (body, _) = watched("a long upload");
    let reply = stage.send(stage.guard(), post("/").header("x-key", "bob").body(body).unwrap()).await;
    assert_eq!(reply.reached.unwrap().body, "a long upload");
}

#[tokio::test]
async fn a_body_beyond_the_limit_is_413_and_no_strategy_runs() {
    let strategy = local();
    let calls = strategy.calls();
    let stage = Stage::new(|builder| builder.strategy("it", strategy).body_limit(10));
    let reply = stage.send(stage.guard(), form(post("/login"), "user=alice1")).await;
    assert_eq!((reply.status, calls.load(Relaxed)), (StatusCode::PAYLOAD_TOO_LARGE, 0));
    assert!(
        stage.send(stage.guard(), form(post("/login"), "user=alice")).await.is_for("alice"),
        "exactly ten"
    );
}

#[tokio::test]
async fn the_limit_is_64_kib_unless_set() {
    let stage = Stage::with(local());
    for (len, status) in [(64 * 1024, StatusCode::OK), (64 * 1024 + 1, StatusCode::PAYLOAD_TOO_LARGE)] {
        let body = format!("user=alice&x={}", "x".repeat(len - 13));
        assert_eq!(body.len(), len);
        let reply = stage.send(stage.guard(), post("/").body(Body::from(body)).unwrap()).await;
        assert_eq!(reply.status, status);
    }
}

#[tokio::test]
async fn a_program_is_told_of_a_body_that_is_too_large_as_of_everything_else() {
    let stage = Stage::new(|builder| builder.strategy("it", local()).body_limit(1));
    let req = form(post("/login").header(header::ACCEPT, "application/json"), "user=alice");
    assert_eq!(stage.send(stage.guard(), req).await.json()["status"], 413);
}

#[tokio::test]
async fn a_client_that_breaks_off_in_the_middle_logs_nobody_in() {
    let strategy = local();
    let calls = strategy.calls();
    let stage = Stage::with(strategy);
    let broken = Body::new(Limited::new(Full::new(bytes::Bytes::from_static(b"user=alice")), 4));
    let reply = stage.send(stage.guard(), post("/login").body(broken).unwrap()).await;
    assert_eq!((reply.status, calls.load(Relaxed)), (StatusCode::BAD_REQUEST, 0));
}
