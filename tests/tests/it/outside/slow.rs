//! Requests in flight while their session ends: the end stays, no cookie is sent, the handler's own answer arrives.

use std::time::{Duration, Instant};

use passport_tests::client::{InFlight, Visitor};

use super::site::{ALICE, BOB, Site, alone, everywhere};

/// How long the slow requests wait, in milliseconds: what ends the session hashes two passwords at the most. Where a
/// machine is too busy for that, they wait longer the next time.
const WAITS: [u64; 3] = [2_000, 8_000, 40_000];
const CHANGE: &str = r#"{"current":"correct horse battery staple","new":"correct horse battery staple"}"#;

struct Slow {
    what: String,
    request: InFlight,
    status: u16,
}

/// One of each kind.
fn slow(visitor: &Visitor, is_logged_in: bool, wait: u64) -> Vec<Slow> {
    let mut kinds = vec![
        ("PUT", format!("/notes/late?read_then_wait_ms={wait}"), 204),
        ("PUT", format!("/notes/late?wait_ms={wait}"), 204),
        ("DELETE", format!("/notes/early?read_then_wait_ms={wait}"), 204),
        ("DELETE", format!("/notes/early?wait_ms={wait}"), 204),
    ];
    if is_logged_in {
        kinds.push(("GET", format!("/slow?ms={wait}"), 200));
    }
    let begun = kinds.into_iter().map(|(method, path, status)| {
        let request = visitor.begin(method, &path, &[], "late");
        Slow { what: format!("{method} {path}"), request, status }
    });
    begun.collect()
}

/// Waits for what is in flight, and looks whether the old id is dead.
fn is_over(old: &Visitor, in_flight: Vec<Slow>) {
    for Slow { what, request, status } in in_flight {
        let answer = old.clone().finish(request).without_cookie();
        assert_eq!(answer.status, status, "{what}: {answer}");
    }
    old.clone().get("/me").is_error(401).without_cookie();
    old.clone().get("/notes").says(200, "{}").without_cookie();
}

/// Lets every kind of slow request run while `end` ends the session that `start` began.
fn across(site: &Site, start: impl Fn() -> Visitor, end: impl Fn(&mut Visitor)) {
    for wait in WAITS {
        let mut browser = start();
        browser.put("/notes/early", "early").is(204);
        let is_logged_in = browser.get("/me").status == 200;
        // Due to be noted: requests that only read write too.
        site.advance(120);
        let old = browser.clone();
        let begun = Instant::now();
        let in_flight = slow(&old, is_logged_in, wait);
        arrive();
        end(&mut browser);
        let took = begun.elapsed();
        is_over(&old, in_flight);
        if took < Duration::from_millis(wait - 200) {
            return;
        }
    }
    panic!("too slow a machine: what ends a session takes longer than a slow request");
}

/// What was sent is being handled after that.
fn arrive() {
    std::thread::sleep(Duration::from_millis(300));
}

#[test]
fn a_logout_survives_slow_requests() {
    alone(&[], |site| {
        across(site, || site.alice(), |browser| drop(browser.post("/logout", "").is(204)));
        across(site, || site.alice(), |browser| drop(browser.delete("/logout").is(200)));
        across(site, || site.alice(), |browser| drop(browser.post("/logout/everywhere", "").is(200)));
    });
}

#[test]
fn the_logout_of_an_anonymous_visitor_survives_slow_requests() {
    alone(&[], |site| across(site, || site.visitor(), |browser| drop(browser.post("/logout", "").is(204))));
}

#[test]
fn a_login_survives_slow_requests_of_the_anonymous_session() {
    alone(&[], |site| {
        across(
            site,
            || site.visitor(),
            |browser| {
                browser.post("/login", ALICE).is(200);
                browser.get("/me").is(200);
            },
        );
    });
}

#[test]
fn a_login_over_a_login_survives_slow_requests() {
    alone(&[], |site| {
        for credentials in [ALICE, BOB] {
            across(
                site,
                || site.alice(),
                |browser| {
                    browser.post("/login", credentials).is(200);
                    browser.get("/me").is(200);
                },
            );
        }
    });
}

#[test]
fn a_rotation_survives_slow_requests() {
    alone(&[], |site| {
        across(
            site,
            || site.alice(),
            |browser| {
                browser.post("/logout/keep", "").is(204);
                assert_eq!(browser.get("/notes").is(200).json()["early"], "early");
            },
        );
    });
}

#[test]
fn a_password_change_survives_slow_requests_of_its_own_session() {
    alone(&[], |site| {
        across(
            site,
            || site.alice(),
            |browser| {
                browser.post_json("/password", CHANGE).is(204);
                browser.get("/me").is(200);
            },
        );
    });
}

#[test]
fn what_another_session_of_the_user_ends_stays_ended() {
    alone(&[], |site| {
        for path in ["/logout/everywhere", "/logout/others"] {
            across(site, || site.alice(), |_| drop(site.alice().post(path, "").is(200)));
        }
        across(site, || site.alice(), |_| drop(site.alice().post_json("/password", CHANGE).is(204)));
        across(
            site,
            || site.alice(),
            |browser| {
                let mut other = browser.clone();
                other.post("/logout/others", "").is(200);
                let mut other = site.alice();
                let sessions = other.get("/sessions").is(200).json();
                let found = sessions.as_array().into_iter().flatten().find(|one| one["current"] == false);
                let handle = found.and_then(|one| one["handle"].as_str()).unwrap_or_default().to_owned();
                other.delete(&format!("/sessions/{handle}")).says(204, "");
            },
        );
    });
}

#[test]
fn a_thief_in_flight_is_out_with_the_logout() {
    alone(&[], |site| {
        let mut victim = site.alice();
        let mut thief = victim.clone();
        thief.post("/login", ALICE).is(200);
        thief.put("/notes/early", "early").is(204);
        let in_flight = slow(&thief, true, WAITS[0]);
        arrive();
        victim.post("/logout", "").is(204);
        is_over(&thief, in_flight);
    });
}

#[test]
fn a_request_in_flight_keeps_its_own_idea_of_the_user() {
    everywhere(|site| {
        let mut alice = site.alice();
        let old = alice.clone();
        let request = old.begin("GET", "/slow?ms=1000", &[], "");
        arrive();
        alice.post("/logout", "").is(204);
        let answer = old.clone().finish(request).is(200).without_cookie();
        assert_eq!(answer.json()["username"], "alice", "{answer}");
        old.clone().get("/me").is_error(401);
    });
}

#[test]
fn a_logout_or_login_that_another_one_overtook_is_fine() {
    everywhere(|site| {
        for _ in 0..5 {
            let alice = site.alice();
            let requests = [
                alice.begin("POST", "/logout", &[], ""),
                alice.begin("DELETE", "/logout", &[], ""),
                alice.begin("POST", "/logout/keep", &[], ""),
                alice.begin("POST", "/logout", &[], ""),
            ];
            for request in requests {
                let answer = alice.clone().finish(request);
                assert!(matches!(answer.status, 200 | 204), "{answer}");
            }
            alice.clone().get("/me").is_error(401);
        }
    });
}

#[test]
fn rotations_at_once_leave_no_old_id_alive() {
    alone(&[], |site| {
        let alice = site.alice();
        let requests: Vec<_> = (0..5).map(|_| alice.begin_post("/login", ALICE)).collect();
        let mut moved = Vec::new();
        for request in requests {
            let mut browser = alice.clone();
            browser.finish(request).is(200);
            moved.push(browser);
        }
        alice.clone().get("/me").is_error(401);
        for browser in &mut moved {
            browser.get("/me").is(200);
        }
        moved[0].post("/logout/everywhere", "").is(200);
        for browser in &mut moved {
            browser.get("/me").is_error(401);
        }
    });
}
