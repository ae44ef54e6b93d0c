//! Session ids that somebody else has chosen, or knows.

use serde_json::json;

use super::site::{ALICE, BOB, ROOT, everywhere};

#[test]
fn a_login_never_keeps_the_id_that_was_there_before() {
    everywhere(|site| {
        let mut visitor = site.visitor();
        visitor.put("/notes/a", "b").is(204);
        let mut attacker = visitor.clone();
        let answer = visitor.post("/login", ALICE).is(200);
        assert_ne!(answer.cookie("session"), attacker.cookies["session"], "{answer}");
        assert_eq!(answer.all("set-cookie").len(), 1, "{answer}");
        visitor.get("/me").is(200);
        attacker.get("/me").is_error(401).without_cookie();
        attacker.get("/notes").says(200, "{}");
        // Whoever knew the id from before cannot even end the login.
        attacker.post("/logout", "").is(204);
        visitor.get("/me").is(200);
    });
}

#[test]
fn an_invented_id_is_never_adopted() {
    everywhere(|site| {
        let invented = "abcdefghijklmnopqrstuvwxyz0123456789-_ABCDA";
        let fixed = || site.visitor().with_cookie("session", invented);
        fixed().get("/me").is_error(401).without_cookie();
        let answer = fixed().put("/notes/a", "b").is(204);
        assert_ne!(answer.cookie("session"), invented, "{answer}");
        let answer = fixed().post("/login", ALICE).is(200);
        assert_ne!(answer.cookie("session"), invented, "{answer}");
        fixed().get("/me").is_error(401);
        fixed().get("/notes").says(200, "{}");
        let admin = site.visitor().with_cookie("admin_session", invented).post("/admin/login", ROOT).is(200);
        assert_ne!(admin.cookie("admin_session"), invented, "{admin}");
        fixed().get("/admin/me").is_error(401);
    });
}

#[test]
fn an_id_anywhere_but_in_the_cookie_is_ignored() {
    everywhere(|site| {
        let id = site.alice().cookies["session"].clone();
        let pair = format!("session={id}");
        for path in [
            format!("/me?session={id}"),
            format!("/me?sid={id}&session_id={id}"),
            format!("/me;session={id}"),
        ] {
            let answer = site.visitor().get(&path);
            assert!(matches!(answer.status, 401 | 404), "{answer}");
        }
        for path in [format!("/{id}/me"), format!("/me/{id}"), format!("/;{pair}/me")] {
            site.visitor().get(&path).says(404, "Not Found");
        }
        let bearer = format!("Bearer {id}");
        for header in [
            ("session", id.as_str()),
            ("x-session", &id),
            ("x-session-id", &id),
            ("authorization", &bearer),
            ("cookie2", &pair),
            ("x-cookie", &pair),
            ("set-cookie", &pair),
        ] {
            site.visitor().send("GET", "/me", &[header], "").is_error(401).without_cookie();
        }
        let answer = site.visitor().post("/login", &format!("{ALICE}&{pair}")).is(200);
        assert_ne!(answer.cookie("session"), id, "{answer}");
        site.visitor().post("/logout", &pair).is(204);
        site.visitor().with_cookie("session", &id).get("/me").is(200);
    });
}

#[test]
fn a_login_over_another_users_login_ends_that() {
    everywhere(|site| {
        let mut browser = site.alice();
        browser.put("/notes/secret", "alice's").is(204);
        let mut copy = browser.clone();
        let answer = browser.post("/login", BOB).is(200);
        assert_ne!(answer.cookie("session"), copy.cookies["session"], "{answer}");
        assert_eq!(browser.get("/me").is(200).json(), json!({ "username": "bob", "realm": "user" }));
        browser.get("/notes").says(200, "{}");
        copy.get("/me").is_error(401);
        copy.get("/notes").says(200, "{}");
    });
}

#[test]
fn a_login_as_the_same_user_moves_the_session() {
    everywhere(|site| {
        let mut alice = site.alice();
        alice.put("/notes/a", "b").is(204);
        let mut copy = alice.clone();
        alice.post("/login", ALICE).is(200);
        assert_ne!(alice.cookies, copy.cookies);
        assert_eq!(alice.get("/notes").is(200).json(), json!({ "a": "b" }));
        copy.get("/me").is_error(401);
    });
}

#[test]
fn two_tabs_that_log_in_at_once_have_two_sessions() {
    everywhere(|site| {
        let mut visitor = site.visitor();
        visitor.put("/notes/a", "b").is(204);
        let tabs = [visitor.begin_post("/login", ALICE), visitor.begin_post("/login", BOB)];
        let [mut alice, mut bob] = [visitor.clone(), visitor.clone()];
        let [first, second] = tabs;
        let first = alice.finish(first).is(200).cookie("session");
        let second = bob.finish(second).is(200).cookie("session");
        assert_ne!(first, second);
        assert_eq!(alice.get("/me").is(200).json()["username"], "alice");
        assert_eq!(bob.get("/me").is(200).json()["username"], "bob");
        visitor.get("/me").is_error(401);
        visitor.get("/notes").says(200, "{}");
        // Each has the visitor's notes or none, and no more.
        let notes = [alice.get("/notes").json(), bob.get("/notes").json()];
        assert!(notes.iter().filter(|notes| **notes == json!({ "a": "b" })).count() <= 1, "{notes:?}");
    });
}

#[test]
fn twenty_logins_at_once_are_twenty_sessions() {
    everywhere(|site| {
        let mut anonymous = site.visitor();
        anonymous.put("/notes/a", "b").is(204);
        for start in [site.visitor(), anonymous, site.bob()] {
            let begun: Vec<_> = (0..20).map(|_| start.begin_post("/login", ALICE)).collect();
            let mut ids = std::collections::BTreeSet::new();
            for login in begun {
                let mut visitor = start.clone();
                ids.insert(visitor.finish(login).is(200).cookie("session"));
                assert_eq!(visitor.get("/me").is(200).json()["username"], "alice");
                visitor.clone().get("/notes").is(200);
                visitor.post("/logout", "").is(204);
            }
            assert_eq!(ids.len(), 20);
            start.clone().get("/me").is_error(401);
        }
    });
}
