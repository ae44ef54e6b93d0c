//! Users who may no longer, or are no longer.

use serde_json::json;

use super::site::{ALICE, BOB, ROOT, alone};

const OFF: &str = r#"{"disabled":true}"#;
const ON: &str = r#"{"disabled":false}"#;

#[test]
fn a_disabled_user_is_nobody_at_the_next_request() {
    alone(&[], |site| {
        let (mut alice, mut bob) = (site.alice(), site.bob());
        alice.put("/notes/secret", "alice's").is(204);
        let (mut copy, mut unasked) = (alice.clone(), site.alice());
        site.control("users/alice", OFF);
        alice.get("/me").is_error(401);
        copy.get("/me").is_error(401);
        copy.get("/notes").says(200, "{}");
        site.visitor().post("/login", ALICE).is_error(401).without_cookie();
        bob.get("/me").is(200);
        site.control("users/alice", ON);
        for dead in [&mut alice, &mut copy, &mut unasked] {
            dead.get("/me").is_error(401);
        }
        site.alice().get("/me").is(200);
    });
}

#[test]
fn a_user_disabled_and_enabled_unseen_is_logged_out() {
    alone(&[], |site| {
        let mut alice = site.alice();
        let mut socketless = alice.clone();
        site.control("users/alice", OFF);
        site.control("users/alice", ON);
        alice.get("/me").is_error(401);
        socketless.get("/sessions").is_error(401);
        site.alice().get("/me").is(200);
    });
}

#[test]
fn a_deleted_user_never_existed() {
    alone(&[], |site| {
        let unknown =
            site.visitor().post("/login", "username=nobody&password=x").is_error(401).without_date();
        let mut bob = site.bob();
        bob.put("/notes/secret", "bob's").is(204);
        let mut copy = bob.clone();
        site.control("users/bob", r#"{"deleted":true}"#);
        bob.get("/me").is_error(401);
        copy.get("/sessions").is_error(401);
        copy.get("/notes").says(200, "{}");
        let answer = site.visitor().post("/login", BOB);
        assert_eq!(answer.without_date(), unknown, "{answer}");
        site.visitor().post_json("/control/users/bob", OFF).is_error(404);
        site.alice().get("/me").is(200);
    });
}

#[test]
fn nothing_of_a_vanished_user_is_seen_by_the_next_one() {
    alone(&[], |site| {
        let mut browser = site.alice();
        browser.put("/notes/secret", "alice's").is(204);
        site.control("users/alice", OFF);
        browser.post("/login", BOB).is(200);
        browser.get("/notes").says(200, "{}");
    });
}

#[test]
fn a_logout_ends_the_session_of_a_vanished_user_too() {
    alone(&[], |site| {
        for path in ["/logout", "/logout/keep"] {
            let mut bob = site.bob();
            bob.put("/notes/a", "b").is(204);
            site.control("users/bob", OFF);
            bob.post(path, "").says(204, "");
            bob.get("/me").is_error(401);
            site.control("users/bob", ON);
        }
        let mut bob = site.bob();
        site.control("users/bob", OFF);
        bob.post("/logout/everywhere", "").is_error(401);
    });
}

#[test]
fn an_administrator_with_the_same_number_is_somebody_else() {
    alone(&[], |site| {
        let mut both = site.logged_in("/admin/login", ROOT);
        both.post("/login", ALICE).is(200);
        let mut elsewhere = site.logged_in("/admin/login", ROOT);
        both.post("/logout/everywhere", "").is(200);
        site.control("users/alice", OFF);
        both.get("/admin/me").is(200);
        elsewhere.get("/admin/me").is(200);
    });
}

/// A login whose store call takes long, and what happens in between.
fn during_a_login(between: impl Fn(&super::site::Site)) {
    alone(&[], |site| {
        site.control("store", r#"{"fail":"none","delay_ms":1500}"#);
        let mut late = site.visitor();
        let login = late.begin_post("/login", ALICE);
        // The password has been checked by then, or is checked afterwards: both end alike.
        std::thread::sleep(std::time::Duration::from_millis(400));
        site.control("store", r#"{"fail":"none"}"#);
        between(site);
        let answer = late.finish(login);
        assert!(matches!(answer.status, 200 | 401), "{answer}");
        late.get("/me").is_error(401);
    });
}

#[test]
fn a_login_in_flight_while_the_user_is_disabled_is_dead() {
    during_a_login(|site| site.control("users/alice", OFF));
}

#[test]
fn a_login_in_flight_while_the_user_is_deleted_is_dead() {
    during_a_login(|site| site.control("users/alice", r#"{"deleted":true}"#));
}

#[test]
fn a_login_in_flight_while_the_password_changes_is_dead() {
    alone(&[], |site| {
        let mut alice = site.alice();
        site.control("store", r#"{"fail":"none","delay_ms":1800}"#);
        let mut late = site.visitor();
        let login = late.begin_post("/login", ALICE);
        std::thread::sleep(std::time::Duration::from_millis(400));
        site.control("store", r#"{"fail":"none"}"#);
        let change = r#"{"current":"correct horse battery staple","new":"the new one"}"#;
        alice.post_json("/password", change).is(204);
        let answer = late.finish(login);
        assert!(matches!(answer.status, 200 | 401), "{answer}");
        late.get("/me").is_error(401);
        assert_eq!(alice.get("/me").is(200).json(), json!({ "username": "alice", "realm": "user" }));
    });
}
