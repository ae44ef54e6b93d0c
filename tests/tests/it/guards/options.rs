//! What a guard does with success: a session, this request alone, a second account.

use std::{convert::Infallible, sync::Arc, task::Poll, time::Duration};

use axum::body::Body;
use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response, StatusCode, header};
use passport_core::{
    BoxError, Credential, Guard, Outcome, Passport, PassportExt, Strategy, Success, async_trait,
};
use passport_session::{FakeClock, Sessions};
use passport_tower::{GuardLayer, PassportLayer};
use tower::{Layer, ServiceExt, service_fn};

use super::{
    says::{hangs, key, local, says},
    stage::{Stage, bare, form, get, post},
};
use crate::support::{Admin, Person, User, Users, poll, polled, who};

#[tokio::test]
pub(crate) async fn without_a_session_the_user_is_there_for_this_request_alone() {
    let stage = Stage::with(local());
    let reply = stage.send(stage.guard().stateless(), form(post("/"), "user=alice")).await;
    assert!(reply.is_for("alice"));
    assert_eq!(reply.cookie(), None);
    assert!(stage.store.calls().is_empty());
    assert_eq!(stage.users.asked(), 0);
}

#[tokio::test]
pub(crate) async fn an_api_key_makes_no_session_and_is_asked_for_every_time() {
    let stage = Stage::with(key());
    let reply = stage.send(stage.guard(), bare(get("/").header("x-key", "bob"))).await;
    assert!(reply.is_for("bob"));
    assert_eq!(reply.cookie(), None);
    assert!(stage.store.calls().is_empty());
    assert!(stage.send(stage.guard(), bare(get("/"))).await.reached.is_none());
}

#[tokio::test]
async fn an_api_key_leaves_the_session_of_the_browser_as_it_is() {
    let stage = Stage::with(key());
    let alice = stage.logged_in("alice").await;
    let reply =
        stage.send(stage.guard(), bare(get("/").header("x-key", "bob").header(header::COOKIE, &alice))).await;
    assert!(reply.is_for("bob"));
    assert_eq!(reply.cookie(), None);
    assert_eq!(stage.who(&alice).await, "alice");
}

#[tokio::test]
pub(crate) async fn the_handler_reads_what_the_strategy_had_to_say() {
    let talking =
        || says(|_| Outcome::Success(Success::new(User::of("alice", 0)).info("by token 7".to_owned())));
    let stage = Stage::with(talking());
    let reply = stage.send(stage.guard(), bare(post("/"))).await;
    assert_eq!(reply.reached.unwrap().info.as_deref(), Some("by token 7"));
    let reply = stage.send(stage.guard().stateless(), bare(post("/"))).await;
    assert_eq!(reply.reached.unwrap().info.as_deref(), Some("by token 7"));
}

#[tokio::test]
pub(crate) async fn a_strategy_that_says_nothing_leaves_nothing() {
    let stage = Stage::with(local());
    let reply = stage.send(stage.guard(), form(post("/"), "user=alice")).await;
    assert!(reply.is_for("alice"));
    assert_eq!(reply.reached.unwrap().info, None);
}

#[tokio::test]
pub(crate) async fn what_a_strategy_had_to_say_is_gone_at_the_next_request() {
    let stage = Stage::new(|builder| {
        let talking = says(|_| Outcome::Success(Success::new(User::of("alice", 0)).info("once".to_owned())));
        builder.strategy("it", talking).strategy("session", passport_session::SessionStrategy::new())
    });
    let alice = stage.send(stage.guard(), bare(post("/"))).await.cookie().unwrap();
    let guard = stage.passport.authenticate("session").unwrap();
    let reply = stage.send(guard, bare(get("/").header(header::COOKIE, &alice))).await;
    assert!(reply.is_for("alice"));
    assert_eq!(reply.reached.unwrap().info, None);
}

#[tokio::test]
pub(crate) async fn a_login_by_a_guard_keeps_the_cart_and_changes_the_id() {
    let stage = Stage::with(local());
    let before = stage.anonymous().await;
    let reply =
        stage.send(stage.guard(), form(post("/").header(header::COOKIE, &before), "user=alice")).await;
    let after = reply.cookie().unwrap();
    assert_eq!(stage.holds(&after, "cart").await.as_deref(), Some("tea"));
    assert_ne!(before, after);
}

/// Every request is an admin's.
struct Everybody;

#[async_trait]
impl Strategy for Everybody {
    type User = Admin;

    fn credential(&self) -> Credential {
        Credential::Header
    }

    async fn authenticate(&self, _: &Request<Bytes>) -> Result<Outcome<Admin>, BoxError> {
        Ok(Outcome::success(Admin::of("root", 0)))
    }
}

#[tokio::test]
async fn asking_the_session_again_forgets_nobody_who_came_by_a_key() {
    let sessions = Sessions::in_memory();
    let users = Passport::builder(Users::<User>::new(), &sessions).build().unwrap();
    let admins = Passport::builder(Users::<Admin>::new(), &sessions).realm("admin");
    let admins = admins.strategy("key", Everybody).build().unwrap();
    let outer = users.begin(&Method::GET, None, &HeaderMap::new(), None);
    let inner = admins.begin(&Method::GET, None, &HeaderMap::new(), Some(outer.session().clone()));
    let mut req = Request::new(Bytes::new());
    req.extensions_mut().insert(inner.session().clone());
    assert!(admins.authenticate("key").unwrap().run(&req).await.is_continue());
    let (user, admin) = (inner.session().auth::<User>().unwrap(), inner.session().auth::<Admin>().unwrap());
    assert_eq!(who(&admin).await, "root");
    assert!(user.recheck().await.unwrap().is_none());
    assert_eq!(who(&admin).await, "root");
    assert!(admin.recheck().await.unwrap().is_some(), "nor by asking for the admin itself");
}

#[tokio::test]
async fn an_api_without_sessions_goes_by_its_keys_and_by_the_clock_it_was_given() {
    let clock = FakeClock::new();
    let builder = Passport::<User>::stateless().strategy("key", key()).strategy("slow", hangs());
    let passport = builder.build().unwrap();
    passport.provide_clock(Arc::new(clock.clone()));
    let layer = PassportLayer::new(passport.clone());
    let send = async |name: &str| {
        let handler = service_fn(async |req: Request<Body>| {
            let name = req.user::<User>().await.unwrap().unwrap().name().to_owned();
            Ok::<_, Infallible>(Response::new(Body::from(name)))
        });
        let guard = GuardLayer::new(passport.authenticate(name).unwrap());
        layer.layer(guard.layer(handler)).oneshot(bare(get("/").header("x-key", "bob"))).await.unwrap()
    };
    let reply = send("key").await;
    assert!(reply.status().is_success());
    assert!(!reply.headers().contains_key(header::SET_COOKIE) && !reply.headers().contains_key(header::VARY));
    let mut slow = polled(send("slow"));
    clock.advance(Duration::from_secs(30));
    let Poll::Ready(reply) = poll(&mut slow) else { panic!("the deadline has passed") };
    assert_eq!(reply.status(), StatusCode::SERVICE_UNAVAILABLE);
}
