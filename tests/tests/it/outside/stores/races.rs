//! Two clients at two processes with one cookie: one writes at the very moment at which the other logs out.

use std::{thread, time::Duration};

use passport_tests::client::Visitor;

use super::{
    super::{races::WRITERS, site::Site},
    database::{Database, at},
};
use crate::support::number;

const WORKERS: usize = 4;

/// How often each race is run: 60 times, or what `RACES` says.
fn rounds() -> usize {
    number("RACES").map_or(60, |races| usize::try_from(races).unwrap())
}

fn a_logout_wins_against_every_writer(database: Option<Database>) {
    let Some(database) = database else { return };
    let (here, there) = database.pair();
    let (here, there) = (&here, &there);
    thread::scope(|scope| {
        for worker in 0..WORKERS {
            scope.spawn(move || {
                for round in (worker..rounds()).step_by(WORKERS) {
                    one_race(here, there, round);
                }
            });
        }
    });
}

fn one_race(here: &Site, there: &Site, round: usize) {
    let mut browser = here.alice();
    browser.put("/notes/early", "early").is(204);
    let old = at(there, &browser);
    let (method, path) = WRITERS[round % WRITERS.len()];
    let ends = |browser: &mut Visitor| drop(browser.post("/logout", "").says(204, ""));
    let in_flight = thread::scope(|scope| {
        let pause = Duration::from_micros(u64::try_from(round / 2 % 8).unwrap_or_default() * 400);
        if round.is_multiple_of(2) {
            let in_flight = old.begin(method, path, &[], "late");
            thread::sleep(pause);
            ends(&mut browser);
            return in_flight;
        }
        let ending = scope.spawn(|| ends(&mut browser));
        thread::sleep(pause);
        let in_flight = old.begin(method, path, &[], "late");
        assert!(ending.join().is_ok(), "round {round}");
        in_flight
    });
    old.clone().finish(in_flight).says(204, "").without_cookie();
    for site in [here, there] {
        at(site, &old).get("/me").is_error(401).without_cookie();
        at(site, &old).get("/notes").says(200, "{}").without_cookie();
    }
}

#[test]
fn a_logout_wins_against_every_writer_over_sqlite() {
    a_logout_wins_against_every_writer(Some(Database::sqlite()));
}

#[test]
fn a_logout_wins_against_every_writer_over_redis() {
    a_logout_wins_against_every_writer(Database::redis());
}

#[test]
fn a_logout_wins_against_every_writer_over_postgres() {
    a_logout_wins_against_every_writer(Database::postgres());
}
