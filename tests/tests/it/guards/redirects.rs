//! Where the browser goes after success and failure.

use http::{StatusCode, header};
use passport_core::{Failure, Message, Outcome, PassportExt, Success};

use super::{
    says::{local, says},
    stage::{Reply, Stage, bare, form, get, post},
};
use crate::support::{Person, User};

const WELCOME: Message = Message::new("welcome", "Welcome back.");
const WRONG: Message = Message::new("wrong", "Wrong username or password.");

/// The messages on the next page of who has this cookie.
async fn messages(stage: &Stage, cookie: &str) -> Vec<String> {
    let shown = stage.visit(cookie).session().messages(&"/".parse().unwrap(), &[]).await.unwrap();
    shown.iter().map(|message| message.text().to_owned()).collect()
}

async fn fails(
    guard: impl FnOnce(passport_core::Authenticate<User>) -> passport_core::Authenticate<User>,
) -> Reply {
    let stage = Stage::with(local());
    stage.send(guard(stage.guard()), form(post("/login"), "user=mallory")).await
}

#[tokio::test]
pub(crate) async fn a_failure_sends_the_browser_to_the_login_page() {
    let reply = fails(|guard| guard.failure_redirect("/login")).await;
    assert_eq!((reply.status, reply.location()), (StatusCode::SEE_OTHER, Some("/login")));
    assert!(reply.reached.is_none() && reply.cookie().is_none() && reply.body.is_empty());
}

#[tokio::test]
async fn a_program_gets_the_refusal_itself() {
    let stage = Stage::with(local());
    let guard = stage.guard().failure_redirect("/login");
    let reply =
        stage.send(guard, form(post("/login").header(header::ACCEPT, "application/json"), "user=x")).await;
    assert_eq!(reply.json()["status"], 401);
}

#[tokio::test]
async fn a_server_that_is_too_busy_is_never_hidden_behind_the_login_page() {
    let failure = Failure::new("Try again later.").status(StatusCode::SERVICE_UNAVAILABLE);
    let stage = Stage::with(says(move |_| Outcome::Fail(failure.clone())));
    let reply = stage.send(stage.guard().failure_redirect("/login"), bare(post("/"))).await;
    assert_eq!(reply.status, StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test]
pub(crate) async fn a_success_sends_the_browser_on_with_the_cookie() {
    let stage = Stage::with(local());
    let reply = stage.send(stage.guard().success_redirect("/home"), form(post("/login"), "user=alice")).await;
    assert_eq!((reply.status, reply.location()), (StatusCode::SEE_OTHER, Some("/home")));
    assert!(reply.reached.is_none());
    assert_eq!(stage.who(&reply.cookie().unwrap()).await, "alice");
}

#[tokio::test]
pub(crate) async fn a_login_returns_to_the_page_that_was_asked_for() {
    let stage = Stage::with(local());
    let guard = || stage.guard().success_return_to_or("/home");
    let by_form = form(post("/login"), "user=alice&return_to=%2Fprofile%3Ftab%3D1");
    assert_eq!(stage.send(guard(), by_form).await.location(), Some("/profile?tab=1"));
    let by_address = form(post("/login?return_to=%2Fprofile"), "user=alice");
    assert_eq!(stage.send(guard(), by_address).await.location(), Some("/profile"));
}

#[tokio::test]
pub(crate) async fn without_a_page_that_was_asked_for_a_login_goes_to_the_default_page() {
    let stage = Stage::with(local());
    let guard = || stage.guard().success_return_to_or("/home");
    assert_eq!(stage.send(guard(), form(post("/login"), "user=alice")).await.location(), Some("/home"));
    for evil in ["user=alice&return_to=%2F%2Fevil.example", "user=alice&return_to=https%3A%2F%2Fevil.example"]
    {
        assert_eq!(stage.send(guard(), form(post("/login"), evil)).await.location(), Some("/home"), "{evil}");
    }
}

#[tokio::test]
async fn a_plain_success_redirect_follows_no_wish() {
    let stage = Stage::with(local());
    let guard = stage.guard().success_redirect("/home");
    let reply = stage.send(guard, form(post("/login"), "user=alice&return_to=%2Fprofile")).await;
    assert_eq!(reply.location(), Some("/home"));
}

#[tokio::test]
pub(crate) async fn the_page_that_was_asked_for_survives_a_wrong_password() {
    let stage = Stage::with(local());
    let guard = stage.guard().success_return_to_or("/home").failure_redirect("/login");
    let reply = stage.send(guard, form(post("/login"), "user=x&return_to=%2Fprofile")).await;
    assert_eq!(reply.location(), Some("/login?return_to=%2Fprofile"));
}

#[tokio::test]
pub(crate) async fn a_failures_message_travels_in_the_address_and_nothing_is_written() {
    let stage = Stage::with(local());
    let cookie = stage.anonymous().await;
    stage.store.calls();
    for head in [post("/login"), post("/login").header(header::COOKIE, &cookie)] {
        let guard = stage.guard().failure_redirect("/login").failure_message(WRONG);
        let reply = stage.send(guard, form(head, "user=x")).await;
        assert_eq!((reply.location(), reply.cookie()), (Some("/login?error=wrong"), None));
    }
    assert!(stage.store.calls().is_empty());
}

#[tokio::test]
pub(crate) async fn a_strategys_own_words_are_shown_if_the_guard_says_so() {
    let stage = Stage::with(says(|req| match req.body().is_empty() {
        true => Outcome::fail("Type your name."),
        false => Outcome::Success(Success::new(User::of("alice", 0)).message("Welcome, alice.")),
    }));
    let cookie = stage.anonymous().await;
    let guard = || stage.guard().failure_redirect("/login").success_redirect("/").strategy_messages();
    stage.send(guard(), bare(post("/login").header(header::COOKIE, &cookie))).await;
    assert_eq!(messages(&stage, &cookie).await, ["Type your name."]);
    let reply = stage.send(guard(), form(post("/login").header(header::COOKIE, &cookie), "x")).await;
    assert_eq!(messages(&stage, &reply.cookie().unwrap()).await, ["Welcome, alice."]);
}

#[tokio::test]
pub(crate) async fn a_strategys_own_words_win_over_the_guards() {
    let stage = Stage::with(local());
    let cookie = stage.anonymous().await;
    let guard = stage.guard().failure_redirect("/login").failure_message(WELCOME).strategy_messages();
    stage.send(guard, form(post("/login").header(header::COOKIE, &cookie), "user=x")).await;
    assert_eq!(messages(&stage, &cookie).await, ["Wrong username or password."]);
}

#[tokio::test]
pub(crate) async fn the_guards_words_are_shown_whatever_the_strategy_said() {
    let stage = Stage::with(says(|req| match req.body().is_empty() {
        true => Outcome::fail("Type your name."),
        false => Outcome::Success(Success::new(User::of("alice", 0)).message("Welcome, alice.")),
    }));
    let guard = || stage.guard().failure_redirect("/login").failure_message(WRONG).success_message(WELCOME);
    let cookie = stage.anonymous().await;
    let reply = stage.send(guard(), bare(post("/login").header(header::COOKIE, &cookie))).await;
    assert_eq!(reply.location(), Some("/login?error=wrong"));
    assert!(messages(&stage, &cookie).await.is_empty());
    let reply = stage.send(guard(), form(post("/login").header(header::COOKIE, &cookie), "x")).await;
    assert_eq!(messages(&stage, &reply.cookie().unwrap()).await, ["Welcome back."]);
}

#[tokio::test]
pub(crate) async fn of_several_failures_the_first_ones_words_are_shown() {
    let stage = Stage::new(|builder| {
        builder
            .strategy("a", says(|_| Outcome::fail("First.")))
            .strategy("b", says(|_| Outcome::fail("Second.")))
    });
    let cookie = stage.anonymous().await;
    let guard =
        stage.passport.authenticate(["a", "b"]).unwrap().failure_redirect("/login").strategy_messages();
    stage.send(guard, bare(post("/login").header(header::COOKIE, &cookie))).await;
    assert_eq!(messages(&stage, &cookie).await, ["First."]);
}

#[tokio::test]
pub(crate) async fn without_any_words_no_message_is_left() {
    let stage = Stage::with(local());
    let cookie = stage.anonymous().await;
    let guard = stage.guard().success_redirect("/").strategy_messages();
    let reply = stage.send(guard, form(post("/login").header(header::COOKIE, &cookie), "user=alice")).await;
    assert!(messages(&stage, &reply.cookie().unwrap()).await.is_empty());
}

#[tokio::test]
pub(crate) async fn a_success_message_is_in_the_new_session() {
    let stage = Stage::with(local());
    let before = stage.anonymous().await;
    let guard = stage.guard().success_redirect("/").success_message(WELCOME);
    let reply = stage.send(guard, form(post("/login").header(header::COOKIE, &before), "user=alice")).await;
    let after = reply.cookie().unwrap();
    assert_ne!(before, after);
    assert_eq!(messages(&stage, &after).await, ["Welcome back."]);
}

#[tokio::test]
async fn a_success_message_reaches_the_new_user_and_not_the_old_ones_data() {
    let stage = Stage::with(local());
    let bob = stage.logged_in("bob").await;
    let guard = stage.guard().success_redirect("/").success_message(WELCOME);
    let reply = stage.send(guard, form(post("/login").header(header::COOKIE, &bob), "user=alice")).await;
    let alice = reply.cookie().unwrap();
    assert_eq!((stage.who(&alice).await.as_str(), stage.who(&bob).await.as_str()), ("alice", "nobody"));
    assert_eq!(messages(&stage, &alice).await, ["Welcome back."]);
}

#[tokio::test]
pub(crate) async fn a_strategy_sends_the_browser_to_a_provider() {
    let to = "https://provider.example/authorize?client_id=1";
    let stage = Stage::with(says(move |_| Outcome::Redirect(to.parse().unwrap())));
    let reply = stage.send(stage.guard(), bare(get("/login/provider"))).await;
    assert_eq!((reply.status, reply.location()), (StatusCode::SEE_OTHER, Some(to)));
    assert!(reply.reached.is_none() && reply.body.is_empty());
}

#[tokio::test]
pub(crate) async fn a_redirect_ends_the_chain() {
    let second = local();
    let calls = second.calls();
    let stage = Stage::new(|builder| {
        let first = says(|_| Outcome::Redirect("https://provider.example/".parse().unwrap()));
        builder.strategy("a", first).strategy("b", second)
    });
    stage.send(stage.passport.authenticate(["a", "b"]).unwrap(), bare(get("/"))).await;
    assert_eq!(calls.load(std::sync::atomic::Ordering::Relaxed), 0);
}

#[test]
pub(crate) fn a_target_that_is_no_header_value_stops_the_application_at_its_start() {
    for evil in ["/a\r\nSet-Cookie: x=y", "/café", ""] {
        let made = std::panic::catch_unwind(|| Stage::with(local()).guard().success_redirect(evil));
        assert!(made.is_err(), "{evil:?}");
    }
}

#[tokio::test]
async fn the_page_after_login_reads_the_wish_from_its_address() {
    let (parts, ()) = get("/login?return_to=%2Fprofile").body(()).unwrap().into_parts();
    assert_eq!(passport_core::ReturnTo::of_parts(&parts).unwrap().as_str(), "/profile");
    assert!(parts.passport_session().is_none());
}
