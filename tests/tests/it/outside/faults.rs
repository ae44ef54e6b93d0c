//! A store that fails or is slow: never a success, never a cookie, and everything as before when it is back.

use std::time::{Duration, Instant};

use passport_tests::client::{Answer, Visitor};
use serde_json::json;

use super::site::{ALICE, BOB, Site, alone};

const OPERATIONS: [&str; 5] = ["load", "create", "update", "delete", "all"];

/// Does something to a session while each operation fails in turn. `needs` are those without which it must fail;
/// then it has changed nothing.
fn while_each_fails(needs: &[&str], start: impl Fn(&Site) -> Visitor, act: impl Fn(&mut Visitor) -> Answer) {
    alone(&[], |site| {
        for operation in OPERATIONS {
            let before = start(site);
            let mut visitor = before.clone();
            site.fail(operation);
            let answer = act(&mut visitor);
            site.fail("none");
            if operation != "all" && !needs.contains(&operation) {
                assert!(answer.status < 500, "`{operation}` is not needed: {answer}");
                continue;
            }
            let words = answer.status == 400 && answer.body == "Unable to log out";
            assert!(answer.status == 503 || words, "while `{operation}` fails: {answer}");
            let answer = if words { answer } else { answer.is_error(503) };
            answer.without_cookie();
            assert_eq!(visitor.cookies, before.cookies);
            assert_eq!(
                visitor.get("/me").status,
                if before.cookies.contains_key("was_alice") { 200 } else { 401 }
            );
        }
    });
}

/// Marks her for the check afterwards; the app does not know that cookie.
fn alice(site: &Site) -> Visitor {
    site.alice().with_cookie("was_alice", "1")
}

fn with_a_note(mut visitor: Visitor) -> Visitor {
    visitor.put("/notes/a", "b").is(204);
    visitor
}

#[test]
fn a_login_that_cannot_be_stored_is_no_login() {
    while_each_fails(&["create"], Site::visitor, |visitor| visitor.post("/login", ALICE));
}

#[test]
fn a_login_that_cannot_replace_the_anonymous_session_is_no_login() {
    let needs = ["load", "create", "update", "delete"];
    while_each_fails(&needs, |site| with_a_note(site.visitor()), |visitor| visitor.post("/login", ALICE));
}

#[test]
fn a_login_that_cannot_replace_another_leaves_that() {
    let needs = ["load", "create", "update", "delete"];
    while_each_fails(&needs, alice, |visitor| visitor.post("/login", BOB));
}

#[test]
fn a_failed_login_leaves_no_record() {
    alone(&[], |site| {
        let mut alice = site.alice();
        for operation in ["create", "all"] {
            site.fail(operation);
            site.visitor().post("/login", ALICE).is_error(503);
        }
        site.control("store", r#"{"fail":"none","delay_ms":3000}"#);
        let late: Vec<_> = (0..3).map(|_| site.visitor().begin_post("/login", ALICE)).collect();
        for login in late {
            site.visitor().finish(login).is_error(503).without_cookie();
        }
        site.fail("none");
        assert_eq!(alice.get("/sessions").is(200).json().as_array().map(Vec::len), Some(1));
    });
}

#[test]
fn a_wrong_password_is_wrong_whatever_the_store_does() {
    alone(&[], |site| {
        site.fail("all");
        site.visitor().post("/login", "username=alice&password=wrong").is_error(401).without_cookie();
    });
}

#[test]
fn a_logout_that_the_store_did_not_hear_of_is_none() {
    while_each_fails(&["load", "delete"], alice, |visitor| visitor.post("/logout", ""));
}

#[test]
fn a_logout_by_delete_says_that_it_failed() {
    while_each_fails(&["load", "delete"], alice, |visitor| visitor.delete("/logout"));
}

#[test]
fn a_logout_that_failed_can_be_repeated() {
    alone(&[], |site| {
        let mut alice = site.alice();
        let mut copy = alice.clone();
        site.fail("delete");
        alice.post("/logout", "").is_error(503).without_cookie();
        alice.delete("/logout").says(400, "Unable to log out").without_cookie();
        copy.get("/me").is(200);
        site.fail("none");
        alice.post("/logout", "").says(204, "");
        copy.get("/me").is_error(401);
    });
}

#[test]
fn a_logout_that_keeps_needs_all_of_the_store() {
    let needs = ["load", "create", "update", "delete"];
    while_each_fails(&needs, |site| with_a_note(alice(site)), |visitor| visitor.post("/logout/keep", ""));
}

#[test]
fn a_logout_elsewhere_that_failed_is_no_success() {
    for path in ["/logout/others", "/logout/everywhere"] {
        while_each_fails(&["load", "delete"], alice, |visitor| visitor.post(path, ""));
    }
}

#[test]
fn a_session_that_could_not_be_ended_by_its_handle_lives() {
    alone(&[], |site| {
        let (mut alice, mut other) = (site.alice(), site.alice());
        let sessions = alice.get("/sessions").is(200).json();
        let found = sessions.as_array().into_iter().flatten().find(|one| one["current"] == false);
        let path = format!("/sessions/{}", found.and_then(|one| one["handle"].as_str()).unwrap_or_default());
        for operation in ["load", "delete", "all"] {
            site.fail(operation);
            alice.delete(&path).is_error(503).without_cookie();
            site.fail("none");
            other.get("/me").is(200);
        }
        alice.delete(&path).says(204, "");
        other.get("/me").is_error(401);
    });
}

#[test]
fn whoever_cannot_be_looked_up_is_not_anonymous() {
    for path in ["/me", "/slow?ms=5", "/sessions", "/notes"] {
        while_each_fails(&["load"], |site| with_a_note(alice(site)), |visitor| visitor.get(path));
    }
}

#[test]
fn a_socket_needs_to_know_who_opens_it() {
    alone(&[], |site| {
        let alice = site.alice();
        site.fail("load");
        match alice.open("/ws", &[]) {
            Ok(_) => panic!("a socket for whoever it is"),
            Err(answer) => drop(answer.is_error(503).without_cookie()),
        }
    });
}

#[test]
fn a_write_that_failed_is_no_success() {
    for path in ["/notes/a", "/notes/a?wait_ms=5", "/notes/a?read_then_wait_ms=5"] {
        while_each_fails(
            &["load", "update"],
            |site| with_a_note(alice(site)),
            |visitor| visitor.put(path, "c"),
        );
        while_each_fails(
            &["load", "update"],
            |site| with_a_note(alice(site)),
            |visitor| visitor.delete(path),
        );
    }
    while_each_fails(&["create"], Site::visitor, |visitor| visitor.put("/notes/a", "b"));
}

#[test]
fn a_write_that_failed_changes_nothing() {
    alone(&[], |site| {
        let mut visitor = with_a_note(site.visitor());
        for operation in ["load", "update", "all"] {
            site.fail(operation);
            visitor.put("/notes/a", "c").is_error(503);
            visitor.delete("/notes/a").is_error(503);
            site.fail("none");
            assert_eq!(visitor.get("/notes").is(200).json(), json!({ "a": "b" }));
        }
    });
}

#[test]
fn a_password_that_changed_without_the_store_is_no_success() {
    alone(&[], |site| {
        let change = r#"{"current":"correct horse battery staple","new":"correct horse battery staple"}"#;
        for operation in OPERATIONS {
            let mut alice = site.alice();
            let mut other = site.alice();
            site.fail(operation);
            alice.post_json("/password", change).is_error(503).without_cookie();
            site.fail("none");
            // The store of users may know the new password already: then no old session lives.
            let status = other.get("/me").status;
            assert_eq!(alice.get("/me").status, status);
        }
    });
}

#[test]
fn a_slow_store_is_waited_for_and_not_for_ever() {
    alone(&[], |site| {
        let mut alice = with_a_note(site.alice());
        site.control("store", r#"{"fail":"none","delay_ms":300}"#);
        let begun = Instant::now();
        alice.get("/me").is(200);
        assert!(begun.elapsed() >= Duration::from_millis(300));

        site.control("store", r#"{"fail":"none","delay_ms":60000}"#);
        let begun = Instant::now();
        let in_flight = [
            alice.begin("GET", "/me", &[], ""),
            alice.begin("GET", "/notes", &[], ""),
            alice.begin("PUT", "/notes/a", &[], "c"),
            alice.begin("POST", "/logout", &[], ""),
            alice.begin("POST", "/logout/everywhere", &[], ""),
            alice.begin_post("/login", BOB),
            site.visitor().begin_post("/login", BOB),
        ];
        for request in in_flight {
            alice.clone().finish(request).is_error(503).without_cookie();
        }
        let took = begun.elapsed();
        assert!((Duration::from_secs(2)..Duration::from_secs(8)).contains(&took), "{took:?}");
        alice.get("/public").is(200);
        site.fail("none");
        alice.get("/me").is(200);
        assert_eq!(alice.get("/notes").json(), json!({ "a": "b" }));
    });
}

#[test]
fn a_slow_store_and_a_failing_operation_go_together() {
    alone(&[], |site| {
        let mut alice = site.alice();
        site.control("store", r#"{"fail":"delete","delay_ms":100}"#);
        let begun = Instant::now();
        alice.post("/logout", "").is_error(503);
        assert!(begun.elapsed() >= Duration::from_millis(100));
        alice.get("/me").is(200);
        site.fail("none");
    });
}
