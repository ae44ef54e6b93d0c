//! Routes that only logged-in users may use.

use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response, StatusCode, header, request::Parts};
use passport_core::{Guard, Verdict};

use super::{
    says::{basic, key, local},
    stage::{Stage, bare, get, post},
};
use crate::support::{Fault, Person};

/// Two guards, one after the other.
#[derive(Clone)]
pub(crate) struct Both<A, B>(pub(crate) A, pub(crate) B);

impl<A: Guard, B: Guard> Guard for Both<A, B> {
    fn prepare(&self, req: &Parts) -> Result<Option<usize>, Box<Response<Bytes>>> {
        let first = self.0.prepare(req)?;
        Ok(first.or(self.1.prepare(req)?))
    }

    async fn run(&self, req: &Request<Bytes>) -> Verdict {
        match self.0.run(req).await {
            std::ops::ControlFlow::Continue(()) => self.1.run(req).await,
            refused @ std::ops::ControlFlow::Break(_) => refused,
        }
    }
}

#[tokio::test]
async fn a_user_gets_in_and_a_visitor_does_not() {
    let stage = Stage::with(local());
    let alice = stage.logged_in("alice").await;
    let guard = || stage.passport.require_login();
    assert!(stage.send(guard(), bare(get("/").header(header::COOKIE, &alice))).await.is_for("alice"));
    let reply = stage.send(guard(), bare(get("/"))).await;
    assert_eq!((reply.status, reply.body.as_str()), (StatusCode::UNAUTHORIZED, "Unauthorized"));
    assert!(reply.reached.is_none());
}

#[tokio::test]
async fn a_browser_is_sent_to_the_login_page_and_brought_back() {
    let stage = Stage::new(|builder| builder.strategy("it", local()).login_page("/login"));
    let guard = || stage.passport.require_login();
    let reply = stage.send(guard(), bare(get("/profile?tab=1"))).await;
    assert_eq!(reply.status, StatusCode::SEE_OTHER);
    assert_eq!(reply.location(), Some("/login?return_to=%2Fprofile%3Ftab%3D1"));
    assert_eq!(reply.cookie(), None, "a bot makes no sessions");
    let form = stage.send(guard(), bare(post("/profile"))).await;
    assert_eq!(form.location(), Some("/login"), "only a page can be returned to");
    let script = get("/profile").header("sec-fetch-mode", "cors");
    assert_eq!(stage.send(guard(), bare(script)).await.location(), Some("/login"));
}

#[tokio::test]
async fn a_program_gets_a_problem_document_instead_of_the_login_page() {
    let stage = Stage::new(|builder| builder.strategy("it", basic()).login_page("/login"));
    let req = bare(get("/profile").header(header::ACCEPT, "application/json"));
    let reply = stage.send(stage.passport.require_login(), req).await;
    assert_eq!(reply.json()["status"], 401);
    assert_eq!(reply.challenges(), ["Session"], "no strategy runs here: it would not look at a password");
}

#[tokio::test]
async fn a_program_is_asked_for_what_another_guard_has_looked_for() {
    let stage =
        Stage::new(|builder| builder.strategy("basic", basic()).strategy("key", key().challenge("Key")));
    let optional = stage.passport.authenticate("basic").unwrap().optional();
    let reply = stage.send(Both(optional, stage.passport.require_login()), bare(get("/"))).await;
    assert_eq!(reply.status, StatusCode::UNAUTHORIZED);
    assert_eq!(reply.challenges(), ["Basic realm=\"all\""]);
}

#[tokio::test]
async fn a_login_page_that_is_guarded_by_mistake_does_not_grow_by_itself() {
    let stage = Stage::new(|builder| builder.login_page("/login"));
    let reply = stage.send(stage.passport.require_login(), bare(get("/login"))).await;
    assert_eq!(reply.location(), Some("/login"));
}

#[tokio::test]
async fn a_recent_login_is_asked_for_exactly() {
    let stage = Stage::with(local());
    let alice = stage.logged_in("alice").await;
    let guard = || stage.passport.require_login().within(Duration::from_secs(300));
    let req = || bare(get("/").header(header::COOKIE, &alice));
    stage.clock.advance(Duration::from_secs(300));
    assert!(stage.send(guard(), req()).await.is_for("alice"));
    stage.clock.advance(Duration::from_millis(1));
    assert_eq!(stage.send(guard(), req()).await.status, StatusCode::UNAUTHORIZED);
    assert!(stage.send(stage.passport.require_login(), req()).await.is_for("alice"));
}

#[tokio::test]
async fn a_rotation_makes_a_login_no_younger() {
    let stage = Stage::with(local());
    let alice = stage.logged_in("alice").await;
    stage.clock.advance(Duration::from_secs(301));
    let visit = stage.visit(&alice);
    visit.session().rotate().await.unwrap();
    let cookie = visit.end().await.cookie();
    let guard = stage.passport.require_login().within(Duration::from_secs(300));
    let reply = stage.send(guard, bare(get("/").header(header::COOKIE, cookie))).await;
    assert_eq!(reply.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn who_does_not_meet_a_condition_is_forbidden() {
    let stage = Stage::with(local());
    let (alice, bob) = (stage.logged_in("alice").await, stage.logged_in("bob").await);
    let guard =
        || stage.passport.require_login().and(|user| user.name() == "alice").and(|user| user.epoch() == 0);
    assert!(stage.send(guard(), bare(get("/").header(header::COOKIE, alice))).await.is_for("alice"));
    let reply = stage.send(guard(), bare(get("/").header(header::COOKIE, bob))).await;
    assert_eq!(reply.status, StatusCode::FORBIDDEN);
    assert!(reply.reached.is_none());
}

#[tokio::test]
async fn a_foreign_form_in_the_users_name_is_refused() {
    let stage = Stage::with(local());
    let alice = stage.logged_in("alice").await;
    let foreign = || bare(post("/").header(header::COOKIE, &alice).header("sec-fetch-site", "cross-site"));
    let reply = stage.send(stage.passport.require_login(), foreign()).await;
    assert_eq!(reply.status, StatusCode::FORBIDDEN);
    let open = stage.passport.require_login().dangerous_allow_foreign();
    assert!(stage.send(open, foreign()).await.is_for("alice"));
}

#[tokio::test]
async fn a_store_that_cannot_be_reached_is_503_and_not_the_login_page() {
    let stage = Stage::new(|builder| builder.login_page("/login"));
    let alice = stage.logged_in("alice").await;
    stage.store.arm("load", Fault::Fail);
    let reply =
        stage.send(stage.passport.require_login(), bare(get("/").header(header::COOKIE, alice))).await;
    assert_eq!(reply.status, StatusCode::SERVICE_UNAVAILABLE);
}
