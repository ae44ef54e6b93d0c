//! Credentials that a browser attaches on its own: the session, Basic, a client certificate.

use http::{StatusCode, header, request::Builder as Head};
use passport_session::SessionStrategy;

use super::{
    says::basic,
    stage::{Stage, bare, get, post},
};

fn stage() -> Stage {
    Stage::new(|builder| builder.strategy("it", basic()).strategy("session", SessionStrategy::new()))
}

fn bob(head: Head) -> Head {
    head.header(header::AUTHORIZATION, "Basic bob")
}

fn foreign(head: Head) -> Head {
    head.header("sec-fetch-site", "cross-site")
}

#[tokio::test]
async fn an_ambient_credential_admits_this_request_alone() {
    let stage = stage();
    let reply = stage.send(stage.guard(), bare(bob(post("/")))).await;
    assert!(reply.is_for("bob"));
    assert_eq!(reply.cookie(), None);
}

#[tokio::test]
async fn a_foreign_request_that_may_change_something_is_refused() {
    let stage = stage();
    for head in [post("/"), get("/ws").header(header::UPGRADE, "websocket")] {
        let reply = stage.send(stage.guard(), bare(foreign(bob(head)))).await;
        assert_eq!(reply.status, StatusCode::FORBIDDEN);
        assert!(reply.reached.is_none());
    }
}

#[tokio::test]
async fn a_foreign_link_may_be_followed() {
    let stage = stage();
    assert!(stage.send(stage.guard(), bare(foreign(bob(get("/"))))).await.is_for("bob"));
}

#[tokio::test]
async fn a_foreign_request_by_the_session_is_refused_likewise() {
    let stage = stage();
    let alice = stage.logged_in("alice").await;
    let guard = || stage.passport.authenticate("session").unwrap();
    let reply = stage.send(guard(), bare(foreign(post("/").header(header::COOKIE, &alice)))).await;
    assert_eq!(reply.status, StatusCode::FORBIDDEN);
    assert!(
        stage.send(guard(), bare(foreign(get("/").header(header::COOKIE, &alice)))).await.is_for("alice")
    );
}

#[tokio::test]
async fn a_route_that_defends_itself_may_allow_foreign_requests() {
    let stage = stage();
    let guard = stage.guard().dangerous_allow_foreign();
    assert!(stage.send(guard, bare(foreign(bob(post("/"))))).await.is_for("bob"));
}
