//! A database that stops, stands still, and comes back.

use std::{
    thread,
    time::{Duration, Instant},
};

use passport_tests::client::Visitor;

use super::{super::site::Site, database::Database};

/// How soon the app must be itself again after the database is; twice the promised time, for machines that are busy.
const RECOVERY: Duration = Duration::from_secs(10);

/// What is asked while the database is away: never somebody else's answer, never "nobody".
fn is_away(site: &Site, alice: &mut Visitor) {
    alice.get("/me").is_error(503).without_cookie();
    alice.post("/logout", "").is_error(503).without_cookie();
    let begun = Instant::now();
    alice.get("/public").says(200, "ok").without_cookie();
    site.visitor().get("/bare").says(200, "ok");
    site.visitor().get("/me").is_error(401);
    // Who asked it would get a 503; and would have waited, even on a machine that is quick.
    assert!(begun.elapsed() < RECOVERY, "what asks nothing does not wait for the database");
}

/// Asks until it answers again: who that is.
fn comes_back(alice: &mut Visitor) {
    let begun = Instant::now();
    loop {
        let answer = alice.get("/me");
        if answer.status == 200 {
            assert_eq!(answer.json()["username"], "alice");
            break;
        }
        answer.is_error(503);
        assert!(begun.elapsed() < RECOVERY, "the app does not recover");
        thread::sleep(Duration::from_millis(20));
    }
    println!("itself again after {:?}", begun.elapsed());
}

/// Requests of two users all the time, while `meanwhile` runs: whoever is answered is who asked.
fn under_load(site: &Site, alice: &Visitor, bob: &Visitor, meanwhile: impl FnOnce()) {
    let stop = std::sync::atomic::AtomicBool::new(false);
    let stop = &stop;
    thread::scope(|scope| {
        for (visitor, name) in [(alice, "alice"), (bob, "bob"), (alice, "alice"), (bob, "bob")] {
            let mut visitor = visitor.clone();
            scope.spawn(move || {
                while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                    let answer = visitor.get("/me");
                    match answer.status {
                        200 => assert_eq!(answer.json()["username"], name),
                        _ => drop(answer.is_error(503)),
                    }
                }
            });
        }
        // Also if it panics.
        let _stops = Stops(stop);
        meanwhile();
    });
    site.visitor().get("/public").is(200);
}

struct Stops<'a>(&'a std::sync::atomic::AtomicBool);

impl Drop for Stops<'_> {
    fn drop(&mut self) {
        self.0.store(true, std::sync::atomic::Ordering::Relaxed);
    }
}

fn a_database_that_goes_away_is_503_until_it_is_back(database: Option<Database>) {
    let Some(database) = database else { return };
    let (site, other) = database.pair();
    for site in [&site, &other] {
        let (mut alice, bob) = (site.alice(), site.bob());
        under_load(site, &alice.clone(), &bob, || {
            database.kill();
            is_away(site, &mut alice);
            database.restart();
            comes_back(&mut alice);
            database.pause();
            is_away(site, &mut alice);
            database.resume();
            comes_back(&mut alice);
        });
        alice.post("/logout", "").is(204);
        alice.get("/me").is_error(401);
    }
}

#[test]
fn redis_that_goes_away_is_503_until_it_is_back() {
    a_database_that_goes_away_is_503_until_it_is_back(Database::redis());
}

#[test]
fn postgres_that_goes_away_is_503_until_it_is_back() {
    a_database_that_goes_away_is_503_until_it_is_back(Database::postgres());
}
