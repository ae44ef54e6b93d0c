//! Many requests that write a session, each at the very moment at which it ends.

use std::{thread, time::Duration};

use passport_tests::client::Visitor;
use serde_json::json;

use super::site::{BOB, Site, alone};
use crate::support::number;

const WORKERS: usize = 8;
/// Requests that write a session, some of them long after they came.
pub(super) const WRITERS: [(&str, &str); 6] = [
    ("PUT", "/notes/late"),
    ("PUT", "/notes/late?wait_ms=1"),
    ("PUT", "/notes/late?read_then_wait_ms=1"),
    ("DELETE", "/notes/early"),
    ("DELETE", "/notes/early?wait_ms=2"),
    ("PUT", "/notes/late?read_then_wait_ms=3"),
];

/// How often each race is run: 200 times, or what `RACES` says.
fn races() -> usize {
    number("RACES").map_or(200, |races| usize::try_from(races).unwrap())
}

/// Races two clients with one cookie: one writes, the other `ends`.
fn race(rounds: usize, ends: impl Fn(&mut Visitor) + Sync, start: impl Fn(&Site) -> Visitor + Sync) {
    alone(&[], |site| {
        let (ends, start) = (&ends, &start);
        thread::scope(|scope| {
            for worker in 0..WORKERS {
                scope.spawn(move || {
                    for round in (worker..rounds).step_by(WORKERS) {
                        one_race(&start(site), round, ends);
                    }
                });
            }
        });
    });
}

fn one_race(old: &Visitor, round: usize, ends: impl Fn(&mut Visitor) + Sync) {
    let mut browser = old.clone();
    browser.put("/notes/early", "early").is(204);
    let old = browser.clone();
    let (method, path) = WRITERS[round % WRITERS.len()];
    let writer = || old.begin(method, path, &[], "late");
    let pause =
        || thread::sleep(Duration::from_micros(u64::try_from(round / 2 % 8).unwrap_or_default() * 300));
    let in_flight = if round.is_multiple_of(2) {
        let in_flight = writer();
        pause();
        ends(&mut browser);
        in_flight
    } else {
        thread::scope(|scope| {
            let ending = scope.spawn(|| ends(&mut browser));
            pause();
            let in_flight = writer();
            assert!(ending.join().is_ok(), "round {round}");
            in_flight
        })
    };
    old.clone().finish(in_flight).says(204, "").without_cookie();
    old.clone().get("/me").is_error(401).without_cookie();
    old.clone().get("/notes").says(200, "{}").without_cookie();
}

#[test]
fn a_logout_wins_against_every_writer() {
    race(
        races(),
        |browser| {
            browser.post("/logout", "").says(204, "");
        },
        Site::alice,
    );
}

#[test]
fn the_logout_of_an_anonymous_visitor_wins_against_every_writer() {
    let start = |site: &Site| {
        let mut visitor = site.visitor();
        visitor.put("/notes/a", "b").is(204);
        visitor
    };
    race(races(), |browser| drop(browser.delete("/logout").is(200)), start);
}

#[test]
fn a_rotation_wins_against_every_writer() {
    race(
        races() / 4,
        |browser| {
            browser.post("/logout/keep", "").says(204, "");
            // Either order is right: the note moved along, or it came too late.
            let notes = browser.get("/notes").is(200).json();
            assert!([json!("early"), json!(null)].contains(&notes["early"]), "{notes}");
            browser.get("/me").is_error(401);
        },
        Site::alice,
    );
}

#[test]
fn another_users_login_wins_against_every_writer() {
    race(
        races() / 4,
        |browser| {
            browser.post("/login", BOB).is(200);
            browser.get("/notes").says(200, "{}");
            browser.post("/logout", "").is(204);
        },
        Site::alice,
    );
}

#[test]
fn the_end_by_a_handle_wins_against_every_writer() {
    race(
        races() / 4,
        |browser| {
            let sessions = browser.get("/sessions").is(200).json();
            let own = sessions.as_array().into_iter().flatten().find(|one| one["current"] == true);
            let handle = own.and_then(|one| one["handle"].as_str()).unwrap_or_default().to_owned();
            browser.delete(&format!("/sessions/{handle}")).says(204, "");
        },
        Site::bob,
    );
}

#[test]
fn a_login_and_a_logout_at_once_have_one_legal_outcome() {
    alone(&[], |site| {
        for _ in 0..races() / 20 {
            let old = site.alice();
            let (login, logout) = (old.begin_post("/login", BOB), old.begin("POST", "/logout", &[], ""));
            let mut browser = old.clone();
            let login = browser.finish(login).is(200);
            old.clone().finish(logout).is(204);
            old.clone().get("/me").is_error(401);
            // Bob is logged in by a session of his own, or the logout followed him.
            let me = site.visitor().with_cookie("session", &login.cookie("session")).get("/me");
            assert!(me.status == 401 || me.json()["username"] == "bob", "{me}");
        }
    });
}

#[test]
fn clients_that_hang_up_in_the_middle_break_nothing() {
    alone(&[], |site| {
        for round in 0..races() / 10 {
            let mut alice = site.alice();
            alice.put("/notes/early", "early").is(204);
            let kinds = [
                ("PUT", "/notes/late"),
                ("PUT", "/notes/late?read_then_wait_ms=5"),
                ("GET", "/slow?ms=5"),
                ("POST", "/logout/keep"),
                ("POST", "/logout"),
            ];
            for (method, path) in kinds.iter().take(1 + round % kinds.len()) {
                let in_flight = alice.begin(method, path, &[], "late");
                thread::sleep(Duration::from_micros(u64::try_from(round % 7).unwrap_or_default() * 200));
                drop(in_flight);
            }
            drop(alice.begin_post("/login", BOB));
            for path in ["/me", "/notes", "/sessions"] {
                let answer = alice.get(path);
                assert!(matches!(answer.status, 200 | 401), "{answer}");
            }
            alice.post("/logout", "").is(204);
            alice.get("/me").is_error(401);
        }
    });
}
