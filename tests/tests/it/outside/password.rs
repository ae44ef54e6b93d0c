//! Changing the password.

use super::site::{ALICE, BOB, alone, everywhere};

const CHANGE: &str = r#"{"current":"correct horse battery staple","new":"the new one"}"#;

#[test]
fn a_new_password_replaces_the_old_one() {
    alone(&[], |site| {
        site.alice().post_json("/password", CHANGE).says(204, "");
        site.visitor().post("/login", ALICE).is_error(401);
        site.visitor().post("/login", "username=alice&password=the+new+one").is(200);
        site.visitor().post("/login", BOB).is(200);
    });
}

#[test]
fn every_other_session_ends_and_this_one_moves() {
    alone(&[], |site| {
        let (mut alice, mut other, mut third, mut bob) =
            (site.alice(), site.alice(), site.alice(), site.bob());
        alice.put("/notes/kept", "note").is(204);
        let mut copy = alice.clone();
        let answer = alice.post_json("/password", CHANGE).says(204, "");
        assert_ne!(answer.cookie("session"), copy.cookies["session"], "{answer}");
        alice.get("/me").is(200);
        assert_eq!(alice.get("/notes").is(200).json()["kept"], "note");
        for dead in [&mut other, &mut third, &mut copy] {
            dead.get("/me").is_error(401);
            dead.get("/notes").says(200, "{}");
        }
        bob.get("/me").is(200);
        assert_eq!(alice.get("/sessions").is(200).json().as_array().map(Vec::len), Some(1));
    });
}

#[test]
fn a_wrong_current_password_is_403_and_changes_nothing() {
    alone(&[], |site| {
        let (mut alice, mut other) = (site.alice(), site.alice());
        let endless = format!(r#"{{"current":"{}","new":"the new one"}}"#, "x".repeat(2_000));
        for body in [r#"{"current":"wrong","new":"the new one"}"#, &endless] {
            alice.post_json("/password", body).is_error(403).without_cookie();
        }
        alice.get("/me").is(200);
        other.get("/me").is(200);
        site.alice();
    });
}

#[test]
fn a_body_that_is_not_as_described_is_400() {
    everywhere(|site| {
        let mut alice = site.alice();
        for body in [
            "",
            "{",
            "[]",
            "null",
            "{}",
            r#"{"current":"correct horse battery staple"}"#,
            r#"{"new":"the new one"}"#,
            r#"{"current":"correct horse battery staple","new":""}"#,
            r#"{"current":"","new":"the new one"}"#,
            r#"{"current":"correct horse battery staple","new":null}"#,
            r#"{"current":"correct horse battery staple","new":7}"#,
            r#"{"current":["correct horse battery staple"],"new":"the new one"}"#,
        ] {
            alice.post_json("/password", body).is_error(400).without_cookie();
        }
        let big = format!(r#"{{"current":"{}","new":"x"}}"#, "x".repeat(70_000));
        alice.post_json("/password", &big).is_error(413).without_cookie();
        alice.get("/me").is(200);
    });
}

#[test]
fn nobody_changes_the_password_of_nobody() {
    everywhere(|site| {
        for body in ["", "{}", CHANGE] {
            site.visitor().post_json("/password", body).is_error(401).without_cookie();
        }
    });
}
