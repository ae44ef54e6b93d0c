//! Logging out, in every way there is.

use serde_json::json;

use super::site::{ALICE, alone, everywhere};

#[test]
fn a_logout_ends_the_session_and_takes_the_cookie_away() {
    everywhere(|site| {
        let mut alice = site.alice();
        alice.put("/notes/a", "b").is(204);
        let mut copy = alice.clone();
        let answer = alice.post("/logout", "").says(204, "");
        assert!(answer.expires("session"), "{answer}");
        assert!(alice.cookies.is_empty());
        for _ in 0..2 {
            copy.get("/me").is_error(401).without_cookie();
            copy.get("/notes").says(200, "{}").without_cookie();
        }
        // Writing with a dead id does not bring it back, neither to this visitor nor to another with the same copy.
        let mut writer = copy.clone();
        writer.put("/notes/a", "c").is(204);
        copy.get("/notes").says(200, "{}");
        copy.get("/me").is_error(401);
    });
}

#[test]
fn a_logout_by_delete_has_words_of_its_own() {
    everywhere(|site| {
        let mut alice = site.alice();
        let mut copy = alice.clone();
        let answer = alice.delete("/logout").says(200, "Logout successful");
        assert!(answer.header("content-type").starts_with("text/plain"), "{answer}");
        assert!(answer.expires("session"), "{answer}");
        copy.get("/me").is_error(401);
        site.visitor().delete("/logout").says(200, "Logout successful");
    });
}

#[test]
fn logging_out_of_nothing_is_fine() {
    everywhere(|site| {
        let mut twice = site.alice();
        let mut copy = twice.clone();
        twice.post("/logout", "").says(204, "");
        twice.post("/logout", "").says(204, "").without_cookie();
        copy.post("/logout", "").says(204, "");
        copy.post("/logout", "").says(204, "");
        for value in ["", "garbage", &"A".repeat(43), &"x".repeat(9_000)] {
            for path in ["/logout", "/logout/keep", "/admin/logout"] {
                site.visitor().with_cookie("session", value).post(path, "").says(204, "");
            }
            site.visitor().with_cookie("session", value).delete("/logout").is(200);
        }
        for path in ["/logout", "/logout/keep", "/admin/logout"] {
            site.visitor().post(path, "").says(204, "").without_cookie();
        }
    });
}

#[test]
fn a_logout_takes_the_anonymous_data_along() {
    everywhere(|site| {
        let mut visitor = site.visitor();
        visitor.put("/notes/a", "b").is(204);
        let mut copy = visitor.clone();
        visitor.post("/logout", "").says(204, "");
        copy.get("/notes").says(200, "{}");
    });
}

#[test]
fn the_next_user_of_the_browser_sees_nothing() {
    everywhere(|site| {
        let mut browser = site.alice();
        browser.put("/notes/secret", "alice's").is(204);
        browser.post("/logout", "").is(204);
        browser.get("/notes").says(200, "{}");
        browser.post("/login", super::site::BOB).is(200);
        browser.get("/notes").says(200, "{}");
    });
}

#[test]
fn a_logout_of_the_others_leaves_this_one() {
    alone(&[], |site| {
        let (mut first, mut second, mut third) = (site.alice(), site.alice(), site.alice());
        let mut bob = site.bob();
        assert_eq!(first.post("/logout/others", "").is(200).without_cookie().json(), json!({ "ended": 2 }));
        second.get("/me").is_error(401);
        third.get("/me").is_error(401);
        first.get("/me").is(200);
        bob.get("/me").is(200);
        assert_eq!(first.post("/logout/others", "").is(200).json(), json!({ "ended": 0 }));
    });
}

#[test]
fn a_logout_everywhere_counts_the_asking_one() {
    alone(&[], |site| {
        let (mut first, mut second, mut third) = (site.alice(), site.alice(), site.alice());
        let mut bob = site.bob();
        let answer = first.post("/logout/everywhere", "").is(200);
        assert_eq!(answer.json(), json!({ "ended": 3 }), "{answer}");
        assert!(answer.expires("session"), "{answer}");
        second.get("/me").is_error(401);
        third.get("/me").is_error(401);
        first.get("/me").is_error(401);
        bob.get("/me").is(200);
        assert_eq!(bob.post("/logout/everywhere", "").is(200).json(), json!({ "ended": 1 }));
    });
}

#[test]
fn a_logout_that_keeps_forgets_the_user_and_not_the_notes() {
    everywhere(|site| {
        let mut visitor = site.alice();
        visitor.put("/notes/cart", "book").is(204);
        let mut copy = visitor.clone();
        let answer = visitor.post("/logout/keep", "").says(204, "");
        assert_ne!(answer.cookie("session"), copy.cookies["session"], "{answer}");
        visitor.get("/me").is_error(401);
        assert_eq!(visitor.get("/notes").is(200).json(), json!({ "cart": "book" }));
        copy.get("/me").is_error(401);
        copy.get("/notes").says(200, "{}");
    });
}

#[test]
fn an_anonymous_visitor_keeps_the_notes_under_a_new_id() {
    everywhere(|site| {
        let mut visitor = site.visitor();
        visitor.put("/notes/cart", "book").is(204);
        let mut copy = visitor.clone();
        let answer = visitor.post("/logout/keep", "").says(204, "");
        assert_ne!(answer.cookie("session"), copy.cookies["session"], "{answer}");
        assert_eq!(visitor.get("/notes").is(200).json(), json!({ "cart": "book" }));
        copy.get("/notes").says(200, "{}");
    });
}

#[test]
fn what_a_logout_kept_is_for_the_same_user_only() {
    everywhere(|site| {
        let mut visitor = site.alice();
        visitor.put("/notes/cart", "book").is(204);
        visitor.post("/logout/keep", "").is(204);
        let mut other = visitor.clone();
        other.post("/login", super::site::BOB).is(200);
        other.get("/notes").says(200, "{}");

        let mut visitor = site.alice();
        visitor.put("/notes/cart", "book").is(204);
        visitor.post("/logout/keep", "").is(204);
        visitor.post("/login", ALICE).is(200);
        assert_eq!(visitor.get("/notes").is(200).json(), json!({ "cart": "book" }));
    });
}

#[test]
fn a_thief_who_rotates_the_id_is_out_with_the_logout() {
    everywhere(|site| {
        let mut victim = site.alice();
        let mut thief = victim.clone();
        // Logging in again with the stolen cookie moves the session to an id that only the thief knows.
        thief.post("/login", ALICE).is(200);
        thief.get("/me").is(200);
        victim.get("/me").is_error(401);
        victim.post("/logout", "").is(204);
        thief.get("/me").is_error(401);
        thief.get("/notes").says(200, "{}");
    });
}
