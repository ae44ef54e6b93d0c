//! What two processes on one database tell their visitors.

use std::{
    thread,
    time::{Duration, Instant},
};

use passport_tests::client::Frame;

use super::{
    super::site::{BOB, Site},
    database::{Database, at},
};

fn a_logout_at_one_is_dead_at_the_other(database: Option<Database>) {
    let Some(database) = database else { return };
    for (here, there) in database.pairs() {
        let mut alice = here.alice();
        alice.put("/notes/a", "b").is(204);
        at(&there, &alice).get("/me").is(200);
        at(&there, &alice).get("/notes").says(200, r#"{"a":"b"}"#);
        let mut other = there.alice();

        let thief = at(&there, &alice);
        alice.post("/logout", "").says(204, "");
        thief.clone().get("/me").is_error(401);
        thief.clone().get("/notes").says(200, "{}");
        thief.clone().put("/notes/late", "late").is(204);
        thief.clone().get("/me").is_error(401);
        other.get("/me").is(200);

        // The other way round, and every other way of ending.
        let mut alice = there.alice();
        let thief = at(&here, &alice);
        alice.delete("/logout").is(200);
        thief.clone().get("/me").is_error(401);

        let mut alice = here.alice();
        let thief = at(&there, &alice);
        alice.post("/logout/keep", "").says(204, "");
        thief.clone().get("/me").is_error(401);

        let mut alice = here.alice();
        let thief = at(&there, &alice);
        alice.post("/login", BOB).is(200);
        thief.clone().get("/me").is_error(401);
        assert_eq!(at(&there, &alice).get("/me").is(200).json()["username"], "bob");

        let alice = here.alice();
        at(&there, &other).post("/logout/others", "").is(200);
        at(&there, &alice).get("/me").is_error(401);
        assert_eq!(ended(&there, &mut other), 1, "{}", database.name());
    }
}

/// Logs out everywhere: how many sessions that were.
fn ended(site: &Site, visitor: &mut passport_tests::client::Visitor) -> u64 {
    let answer = at(site, visitor).post("/logout/everywhere", "").is(200);
    answer.json()["ended"].as_u64().unwrap_or_default()
}

fn fifty_sessions_end_everywhere(database: Option<Database>) {
    let Some(database) = database else { return };
    let (here, there) = database.pair();
    let mut bob = there.bob();
    let mut sessions: Vec<_> = (0..25).flat_map(|_| [here.alice(), there.alice()]).collect();
    assert_eq!(sessions[0].get("/sessions").is(200).json().as_array().map(Vec::len), Some(50));
    assert_eq!(ended(&there, &mut sessions[0]), 50);
    for alice in &mut sessions {
        alice.get("/me").is_error(401);
    }
    bob.get("/me").is(200);
}

/// The contract's second, and what a busy machine adds.
const SOON: Duration = Duration::from_millis(1_500);

fn a_socket_is_closed_by_the_other_process(database: Option<Database>) {
    let Some(database) = database else { return };
    for (here, there) in database.pairs() {
        let mut fastest = Duration::MAX;
        // A machine that stands still for a moment is no reason to fail: one of these is in time.
        for _ in 0..5 {
            let alice = here.alice();
            let Ok(mut socket) = alice.open("/ws", &[]) else { return };
            let name = socket.next_within(Duration::from_secs(20)).expect("a frame");
            assert_eq!(name, Some(Frame::Text("alice".to_owned())));
            // Whoever waits for the end has begun to.
            thread::sleep(Duration::from_millis(50));
            at(&there, &alice).post("/logout", "").is(204);
            let begun = Instant::now();
            let closed = socket.next_within(Duration::from_secs(20)).expect("a frame before the end");
            assert_eq!(closed, Some(Frame::Close(Some(4401))), "{}", database.name());
            fastest = fastest.min(begun.elapsed());
            if fastest < SOON {
                break;
            }
        }
        println!("{}: closed after {fastest:?}", database.name());
        assert!(fastest < SOON, "{}: {fastest:?}", database.name());
    }
}

#[test]
fn a_logout_at_one_is_dead_at_the_other_over_sqlite() {
    a_logout_at_one_is_dead_at_the_other(Some(Database::sqlite()));
}

#[test]
fn a_logout_at_one_is_dead_at_the_other_over_redis() {
    a_logout_at_one_is_dead_at_the_other(Database::redis());
}

#[test]
fn a_logout_at_one_is_dead_at_the_other_over_postgres() {
    a_logout_at_one_is_dead_at_the_other(Database::postgres());
}

#[test]
fn fifty_sessions_end_everywhere_over_sqlite() {
    fifty_sessions_end_everywhere(Some(Database::sqlite()));
}

#[test]
fn fifty_sessions_end_everywhere_over_redis() {
    fifty_sessions_end_everywhere(Database::redis());
}

#[test]
fn fifty_sessions_end_everywhere_over_postgres() {
    fifty_sessions_end_everywhere(Database::postgres());
}

#[test]
fn a_socket_is_closed_by_the_other_process_over_sqlite() {
    a_socket_is_closed_by_the_other_process(Some(Database::sqlite()));
}

#[test]
fn a_socket_is_closed_by_the_other_process_over_redis() {
    a_socket_is_closed_by_the_other_process(Database::redis());
}

#[test]
fn a_socket_is_closed_by_the_other_process_over_postgres() {
    a_socket_is_closed_by_the_other_process(Database::postgres());
}

#[test]
fn a_clock_that_others_go_by_too_cannot_be_turned() {
    let database = Database::sqlite();
    let (here, _) = database.pair();
    here.visitor().post_json("/control/clock", r#"{"advance_ms":1}"#).is_error(501);
    here.alice();
}
