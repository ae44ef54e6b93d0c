//! What the application wants to know of, and may refuse.

use std::sync::{Arc, Mutex};

use http::{StatusCode, header};
use passport_core::{Client, Failure, LoginRefused, Logout, Outcome, Subject};

use super::{
    says::{key, local, says},
    stage::{Stage, bare, form, get, post},
};
use crate::support::{Fault, Person, request};

type Log = Arc<Mutex<Vec<String>>>;

fn note(log: &Log, what: impl Into<String>) {
    log.lock().unwrap().push(what.into());
}

fn told(log: &Log) -> Vec<String> {
    std::mem::take(&mut log.lock().unwrap())
}

#[tokio::test]
async fn hooks_are_called_in_the_order_of_registration_before_and_after() {
    let log = Log::default();
    let stage = Stage::new(|mut builder| {
        for number in [1, 2] {
            let (before, after) = (log.clone(), log.clone());
            builder = builder
                .after_login(move |login| {
                    note(&after, format!("after {number} {} {}", login.user.name(), login.strategy));
                    async { Ok(()) }
                })
                .before_login(move |login| {
                    note(&before, format!("before {number} {}", login.realm));
                    async { Ok(()) }
                });
        }
        builder.strategy("it", local())
    });
    stage.send(stage.guard(), form(post("/login"), "user=alice")).await;
    assert_eq!(told(&log), ["before 1 user", "before 2 user", "after 1 alice it", "after 2 alice it"]);
}

#[tokio::test]
async fn a_hook_refuses_a_login_with_a_reason_and_nothing_is_written() {
    let stage = Stage::new(|builder| {
        builder.strategy("it", local()).before_login(|login| async move {
            match login.user.name() {
                "alice" => Err(LoginRefused::because("Confirm your address first.")),
                _ => Ok(()),
            }
        })
    });
    let req = form(post("/login").header(header::ACCEPT, "application/json"), "user=alice");
    let reply = stage.send(stage.guard(), req).await;
    assert_eq!(reply.status, StatusCode::FORBIDDEN);
    assert_eq!(reply.json()["detail"], "Confirm your address first.");
    assert!(reply.cookie().is_none() && stage.store.calls().is_empty());
    assert!(stage.send(stage.guard(), form(post("/login"), "user=bob")).await.is_for("bob"));
}

#[tokio::test]
async fn a_hook_that_panics_before_a_login_refuses_it() {
    let stage = Stage::new(|builder| {
        builder.strategy("it", local()).before_login(|login| async move {
            assert_ne!(login.user.name(), "alice", "this hook panics");
            Ok(())
        })
    });
    let reply = stage.send(stage.guard(), form(post("/login"), "user=alice")).await;
    assert_eq!(reply.status, StatusCode::FORBIDDEN);
    assert!(stage.store.calls().is_empty());
}

#[tokio::test]
async fn errors_and_panics_after_a_login_change_nothing() {
    let log = Log::default();
    let stage = Stage::new(|builder| {
        let log = log.clone();
        builder
            .strategy("it", local())
            .after_login(|_| async { Err("the mail server is down".into()) })
            .after_login(|_| async { panic!("this hook panics") })
            .after_login(move |_| {
                note(&log, "the third is called all the same");
                async { Ok(()) }
            })
    });
    let reply = stage.send(stage.guard(), form(post("/login"), "user=alice")).await;
    assert!(reply.is_for("alice"));
    assert_eq!(stage.who(&reply.cookie().unwrap()).await, "alice");
    assert_eq!(told(&log).len(), 1);
}

#[tokio::test]
async fn a_hook_after_a_logout_is_told_who_and_how_and_cannot_undo_it() {
    let log = Log::default();
    let stage = Stage::new(|builder| {
        let log = log.clone();
        builder
            .strategy("it", local())
            .after_logout(move |login| {
                let key: Option<String> = login.key();
                note(
                    &log,
                    format!("{} {} {} {:?}", login.realm(), key.unwrap(), login.strategy(), login.scope()),
                );
                async { Err("too late".into()) }
            })
            .after_logout(|_| async { panic!("this hook panics") })
    });
    let alice = stage.send(stage.guard(), form(post("/login"), "user=alice")).await.cookie().unwrap();
    assert_eq!(stage.visit(&alice).auth().logout_with(Logout::here()).await.unwrap().ended, 1);
    assert_eq!(told(&log), ["user alice it Here"]);
    assert_eq!(stage.who(&alice).await, "nobody");
}

#[tokio::test]
async fn a_failed_logout_tells_nobody() {
    let log = Log::default();
    let stage = Stage::new(|builder| {
        let log = log.clone();
        builder.after_logout(move |_| {
            note(&log, "told");
            async { Ok(()) }
        })
    });
    let alice = stage.logged_in("alice").await;
    stage.store.arm("delete", Fault::Fail);
    assert!(stage.visit(&alice).session().logout().await.is_err());
    assert!(told(&log).is_empty());
}

#[tokio::test]
async fn a_login_that_could_not_be_stored_tells_nobody() {
    let log = Log::default();
    let stage = Stage::new(|builder| {
        let log = log.clone();
        builder.strategy("it", local()).after_login(move |_| {
            note(&log, "told");
            async { Ok(()) }
        })
    });
    stage.store.arm("create", Fault::Fail);
    stage.send(stage.guard(), form(post("/login"), "user=alice")).await;
    assert!(told(&log).is_empty());
}

#[tokio::test]
async fn every_refused_credential_is_told_with_its_subject_and_none_that_was_absent() {
    let log = Log::default();
    let stage = Stage::new(|builder| {
        let log = log.clone();
        let first = says(|_| {
            let failure = Failure::new("no").status(StatusCode::FORBIDDEN);
            Outcome::Fail(failure.about(Subject::Known("7".to_owned())))
        });
        builder.strategy("first", first).strategy("key", key()).on_failed_attempt(move |attempt| {
            let status = attempt.status.map(|status| status.as_u16());
            note(&log, format!("{} {} {:?} {status:?}", attempt.realm, attempt.strategy, attempt.subject));
            async { Err("nobody listens".into()) }
        })
    });
    let guard = stage.passport.authenticate(["first", "key"]).unwrap();
    assert_eq!(stage.send(guard, bare(post("/"))).await.status, StatusCode::FORBIDDEN);
    assert_eq!(told(&log), ["user first Some(Known(\"7\")) Some(403)"]);
}

#[tokio::test]
async fn hooks_know_the_clients_address_and_user_agent() {
    let log = Log::default();
    let stage = Stage::new(|builder| {
        let log = log.clone();
        builder.strategy("it", local()).before_login(move |login| {
            let (address, agent) = (login.client.address(), login.client.user_agent().map(str::to_owned));
            note(&log, format!("{address:?} {agent:?}"));
            async { Ok(()) }
        })
    });
    let visit = stage.begin(request("").header(header::USER_AGENT, "Phone"));
    visit.session().set_client(Client::new().with_address("192.0.2.7".parse().unwrap()));
    visit.login("alice").await;
    assert_eq!(told(&log), ["Some(192.0.2.7) Some(\"Phone\")"]);
    // By a guard, also for a login by GET: a provider's answer.
    for head in [post("/login"), get("/login?code=1")] {
        let reply =
            stage.send(stage.guard(), form(head.header(header::USER_AGENT, "Desk"), "user=alice")).await;
        assert!(reply.is_for("alice"));
        assert_eq!(told(&log), ["None Some(\"Desk\")"]);
    }
}

#[tokio::test]
async fn a_key_and_a_success_by_session_are_no_logins_and_call_no_hook() {
    let log = Log::default();
    let stage = Stage::new(|builder| {
        let log = log.clone();
        builder.strategy("it", key()).after_login(move |_| {
            note(&log, "told");
            async { Ok(()) }
        })
    });
    assert!(stage.send(stage.guard(), bare(get("/").header("x-key", "bob"))).await.is_for("bob"));
    assert!(told(&log).is_empty());
}
