//! The list of a user's own sessions.

use std::collections::BTreeSet;

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use passport_tests::client::Visitor;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::site::{ALICE, alone, everywhere};

#[track_caller]
fn listed(visitor: &mut Visitor) -> Vec<Value> {
    let answer = visitor.get("/sessions").is(200);
    answer.json().as_array().unwrap_or_else(|| panic!("a list: {answer}")).clone()
}

#[track_caller]
fn handle(visitor: &mut Visitor) -> String {
    let own = listed(visitor).into_iter().find(|one| one["current"] == true).expect("this session is listed");
    own["handle"].as_str().expect("a handle is a text").to_owned()
}

/// RFC 3339, section 5.6, in UTC.
fn is_rfc3339(text: &str) -> bool {
    let shape: String = text.chars().map(|one| if one.is_ascii_digit() { '0' } else { one }).collect();
    let (seconds, zone) = shape.split_at(shape.len().min(19));
    let fraction = zone.trim_end_matches("+00:00").trim_end_matches('Z');
    seconds == "0000-00-00T00:00:00"
        && zone != fraction
        && (fraction.is_empty()
            || fraction.strip_prefix('.').is_some_and(|rest| rest.chars().all(|one| one == '0')))
}

#[test]
fn the_list_says_what_a_user_wants_to_know() {
    alone(&[], |site| {
        let mut phone = site.visitor();
        let agent = [("user-agent", "Phone/1.0"), ("content-type", "application/x-www-form-urlencoded")];
        phone.send("POST", "/login", &agent, ALICE).is(200);
        let mut alice = site.alice();
        site.bob();
        let sessions = listed(&mut alice);
        assert_eq!(sessions.len(), 2, "{sessions:?}");
        for one in &sessions {
            let members: BTreeSet<&str> =
                one.as_object().into_iter().flatten().map(|(name, _)| name.as_str()).collect();
            let expected = BTreeSet::from(["handle", "created", "last_seen", "user_agent", "current"]);
            assert_eq!(members, expected);
            for time in ["created", "last_seen"] {
                assert!(one[time].as_str().is_some_and(is_rfc3339), "{one}");
            }
        }
        let current: Vec<bool> = sessions.iter().filter_map(|one| one["current"].as_bool()).collect();
        assert_eq!(current.iter().filter(|current| **current).count(), 1, "{sessions:?}");
        let agents: Vec<_> = sessions.iter().filter(|one| one["user_agent"] == "Phone/1.0").collect();
        assert!(agents.len() == 1 && agents[0]["current"] == false, "{sessions:?}");
        assert_eq!(listed(&mut phone).len(), 2);
    });
}

#[test]
fn the_list_holds_no_session_id_and_no_hash_of_one() {
    alone(&[], |site| {
        let mut alice = site.alice();
        let other = site.alice();
        let body = alice.get("/sessions").is(200).body;
        for id in [&alice.cookies["session"], &other.cookies["session"]] {
            let raw = URL_SAFE_NO_PAD.decode(id).expect("an id is base64url");
            let hashes = [
                Sha256::digest(id).to_vec(),
                Sha256::digest(&raw).to_vec(),
                Sha256::new()
                    .chain_update("session")
                    .chain_update([0])
                    .chain_update(&raw)
                    .finalize()
                    .to_vec(),
                raw,
            ];
            assert!(!body.contains(id.as_str()), "{body}");
            for secret in hashes {
                for length in [8, 16, 32] {
                    let part = &secret[..length];
                    let hex = part.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
                    let texts = [hex, URL_SAFE_NO_PAD.encode(part), STANDARD.encode(part)];
                    // The last characters of a part's base64 depend on what follows it.
                    assert!(texts.iter().all(|text| !body.contains(&text[..text.len() - 3])), "{body}");
                }
            }
        }
    });
}

#[test]
fn a_session_keeps_its_handle_and_time_of_login() {
    alone(&[], |site| {
        let mut alice = site.alice();
        let before = listed(&mut alice);
        site.advance(120);
        alice.get("/me").is(200);
        let after = listed(&mut alice);
        assert_eq!(
            (&before[0]["handle"], &before[0]["created"]),
            (&after[0]["handle"], &after[0]["created"])
        );
        assert!(before[0]["last_seen"].as_str() < after[0]["last_seen"].as_str(), "{before:?} {after:?}");
    });
}

#[test]
fn a_handle_ends_its_session() {
    alone(&[], |site| {
        let (mut alice, mut stolen) = (site.alice(), site.alice());
        let path = format!("/sessions/{}", handle(&mut stolen));
        alice.delete(&path).says(204, "").without_cookie();
        stolen.get("/me").is_error(401);
        stolen.get("/notes").says(200, "{}");
        alice.get("/me").is(200);
        assert_eq!(listed(&mut alice).len(), 1);
        alice.delete(&path).is_error(404);
    });
}

#[test]
fn the_own_handle_is_a_logout() {
    alone(&[], |site| {
        let mut alice = site.alice();
        let mut copy = alice.clone();
        let path = format!("/sessions/{}", handle(&mut alice));
        let answer = alice.delete(&path).says(204, "");
        assert!(answer.expires("session"), "{answer}");
        copy.get("/me").is_error(401);
    });
}

#[test]
fn the_handle_of_another_user_is_unknown() {
    alone(&[], |site| {
        let (mut alice, mut bob) = (site.alice(), site.bob());
        let bobs = handle(&mut bob);
        let other = alice.delete(&format!("/sessions/{bobs}")).is_error(404);
        for unknown in [
            "x",
            "0",
            &"0".repeat(bobs.len()),
            &"f".repeat(32),
            "%00",
            "%ff",
            &bobs[1..],
            &format!("{bobs}0"),
        ] {
            let answer = alice.delete(&format!("/sessions/{unknown}")).is_error(404);
            assert_eq!(answer.without_date(), other.without_date(), "{answer}");
        }
        let id = alice.cookies["session"].clone();
        alice.delete(&format!("/sessions/{id}")).is_error(404);
        bob.get("/me").is(200);
        alice.get("/me").is(200);
    });
}

#[test]
fn an_anonymous_visitor_ends_nobodys_session() {
    everywhere(|site| {
        let mut bob = site.bob();
        let path = format!("/sessions/{}", handle(&mut bob));
        site.visitor().delete(&path).is_error(401);
        let mut visitor = site.visitor();
        visitor.put("/notes/a", "b").is(204);
        visitor.delete(&path).is_error(401);
        bob.get("/me").is(200);
    });
}

#[test]
fn the_hundred_and_first_login_ends_the_oldest() {
    alone(&[], |site| {
        let mut oldest = site.alice();
        let mut second = site.alice();
        let mut bob = site.bob();
        let mut newest = site.visitor();
        for _ in 0..98 {
            newest = site.alice();
        }
        assert_eq!(listed(&mut newest).len(), 100);
        oldest.get("/me").is(200);
        let mut beyond = site.alice();
        assert_eq!(listed(&mut beyond).len(), 100);
        oldest.get("/me").is_error(401);
        for mut alive in [second.clone(), newest, beyond] {
            alive.get("/me").is(200);
        }
        bob.get("/me").is(200);
        // A login in a session that is there adds none.
        second.post("/login", ALICE).is(200);
        assert_eq!(listed(&mut second).len(), 100);
    });
}
