//! How long sessions live. The clock jumps; what is real time here is seconds at most, and every margin is ten.

use super::site::alone;

const IDLE: &[&str] = &["--idle-secs", "6000"];

#[test]
fn a_session_ends_when_nobody_came_for_the_idle_time() {
    alone(IDLE, |site| {
        let (mut alice, mut early) = (site.alice(), site.alice());
        let mut visitor = site.visitor();
        visitor.put("/notes/a", "b").is(204);
        site.advance(5_990);
        early.get("/me").is(200);
        site.advance(10);
        alice.get("/me").is_error(401).without_cookie();
        alice.get("/notes").says(200, "{}");
        visitor.get("/notes").says(200, "{}");
        early.get("/me").is(200);
    });
}

#[test]
fn reading_alone_extends_the_idle_time() {
    alone(IDLE, |site| {
        let mut alice = site.alice();
        for _ in 0..5 {
            site.advance(5_900);
            alice.get("/me").is(200).without_cookie();
        }
        site.advance(6_000);
        alice.get("/me").is_error(401);
    });
}

#[test]
fn a_route_that_asks_nothing_extends_nothing() {
    alone(IDLE, |site| {
        let mut alice = site.alice();
        site.advance(5_900);
        alice.get("/public").is(200);
        site.advance(100);
        alice.get("/me").is_error(401);
    });
}

#[test]
fn reading_is_noted_at_most_once_a_minute() {
    alone(IDLE, |site| {
        let (mut noted, mut unnoted) = (site.alice(), site.alice());
        site.advance(40);
        unnoted.get("/me").is(200);
        site.advance(30);
        noted.get("/me").is(200);
        // 6,000 s after the login, and 5,960 s after a reading that was too early to be noted.
        site.advance(5_930);
        unnoted.get("/me").is_error(401);
        noted.get("/me").is(200);
    });
}

#[test]
fn reading_is_noted_after_a_tenth_of_a_short_idle_time() {
    alone(&["--idle-secs", "400"], |site| {
        let (mut noted, mut unnoted) = (site.alice(), site.alice());
        site.advance(25);
        unnoted.get("/me").is(200);
        site.advance(20);
        noted.get("/me").is(200);
        site.advance(355);
        unnoted.get("/me").is_error(401);
        noted.get("/me").is(200);
    });
}

#[test]
fn an_extension_that_fails_changes_no_answer() {
    alone(IDLE, |site| {
        let mut alice = site.alice();
        alice.put("/notes/a", "b").is(204);
        site.advance(120);
        site.fail("update");
        alice.get("/me").is(200).without_cookie();
        alice.get("/notes").is(200).without_cookie();
        site.fail("none");
        site.advance(5_880);
        alice.get("/me").is_error(401);
    });
}

#[test]
fn writing_extends_the_idle_time_at_once() {
    alone(IDLE, |site| {
        let mut visitor = site.visitor();
        visitor.put("/notes/a", "b").is(204);
        site.advance(30);
        visitor.put("/notes/a", "c").is(204);
        site.advance(5_980);
        assert_eq!(visitor.get("/notes").json()["a"], "c");
    });
}

const ABSOLUTE: &[&str] = &["--idle-secs", "6000", "--absolute-secs", "10000"];

#[test]
fn no_activity_extends_a_login_beyond_its_absolute_time() {
    alone(ABSOLUTE, |site| {
        let mut alice = site.alice();
        let copy = alice.clone();
        for _ in 0..3 {
            site.advance(3_330);
            alice.put("/notes/a", "b").is(204);
            alice.get("/me").is(200);
        }
        site.advance(10);
        alice.get("/me").is_error(401);
        copy.clone().get("/me").is_error(401);
        alice.get("/sessions").is_error(401);
    });
}

#[test]
fn neither_rotation_nor_another_realm_extends_a_login() {
    alone(ABSOLUTE, |site| {
        let mut alice = site.alice();
        site.advance(5_000);
        alice
            .post_json(
                "/password",
                r#"{"current":"correct horse battery staple","new":"correct horse battery staple"}"#,
            )
            .is(204);
        alice.post("/admin/login", super::site::ROOT).is(200);
        site.advance(4_900);
        alice.get("/me").is(200);
        site.advance(100);
        alice.get("/me").is_error(401);
        alice.get("/admin/me").is(200);
    });
}

#[test]
fn a_new_login_has_a_new_time() {
    alone(ABSOLUTE, |site| {
        let mut alice = site.alice();
        site.advance(5_000);
        alice.post("/login", super::site::ALICE).is(200);
        site.advance(5_000);
        alice.get("/me").is(200);
        site.advance(5_000);
        alice.get("/me").is_error(401);
    });
}

#[test]
fn a_login_that_ended_by_itself_is_not_in_the_list() {
    alone(IDLE, |site| {
        let idle = site.alice();
        site.advance(5_000);
        let mut alice = site.alice();
        assert_eq!(alice.get("/sessions").json().as_array().map(Vec::len), Some(2));
        site.advance(1_000);
        assert_eq!(alice.get("/sessions").json().as_array().map(Vec::len), Some(1));
        alice.post("/logout/others", "").says(200, r#"{"ended":0}"#);
        idle.clone().get("/me").is_error(401);
    });
}
