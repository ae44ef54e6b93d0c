//! What caches, shared ones and the browser's own, are told.

use passport_tests::client::Answer;

use super::site::{ALICE, alone, everywhere, varies};

#[track_caller]
fn is_private(answer: &Answer) {
    varies(answer);
    assert_eq!(answer.header("cache-control"), "private, no-store", "{answer}");
}

#[test]
fn every_answer_that_asked_says_that_it_depends_on_the_cookie() {
    everywhere(|site| {
        for path in ["/me", "/slow?ms=1", "/sessions", "/notes", "/admin/me", "/ws"] {
            let answer = site.visitor().get(path).without_cookie();
            varies(&answer);
            let invented = site.visitor().with_cookie("session", &"A".repeat(43)).get(path).without_cookie();
            varies(&invented);
        }
        for path in ["/logout/others", "/logout/everywhere", "/password"] {
            varies(&site.visitor().post_json(path, "{}"));
        }
        varies(&site.visitor().delete("/sessions/x"));
        varies(&site.visitor().put("/notes/a", "b"));
        varies(&site.visitor().post("/login", ALICE));
        varies(&site.alice().post("/logout", ""));
        varies(&site.alice().delete("/logout"));
    });
}

#[test]
fn what_a_logged_in_user_sees_is_kept_nowhere() {
    everywhere(|site| {
        let mut alice = site.alice();
        alice.put("/notes/a", "b").is(204);
        for path in ["/me", "/slow?ms=1", "/sessions", "/notes", "/me?page=private.css"] {
            is_private(&alice.get(path).is(200).without_cookie());
        }
        is_private(&alice.put("/notes/a", "c").is(204).without_cookie());
        is_private(&alice.delete("/notes/a").is(204).without_cookie());
        is_private(&alice.post("/logout/others", "").is(200).without_cookie());
    });
}

#[test]
fn what_an_anonymous_visitor_with_a_session_sees_is_kept_nowhere() {
    everywhere(|site| {
        let mut visitor = site.visitor();
        visitor.put("/notes/a", "b").is(204);
        is_private(&visitor.get("/notes").is(200));
        is_private(&visitor.get("/me").is_error(401));
    });
}

#[test]
fn no_cache_keeps_an_answer_that_sets_or_expires_the_cookie() {
    everywhere(|site| {
        let mut visitor = site.visitor();
        let first = visitor.put("/notes/a", "b").is(204);
        let login = visitor.post("/login", ALICE).is(200);
        let keep = visitor.post("/logout/keep", "").is(204);
        let logout = visitor.post("/logout", "").is(204);
        for answer in [first, login, keep, logout] {
            assert_eq!(answer.all("set-cookie").len(), 1, "{answer}");
            let control = answer.all("cache-control");
            assert!(matches!(*control, ["no-store" | "private, no-store"]), "{answer}");
        }
    });
}

#[test]
fn an_error_of_the_store_depends_on_the_cookie_too() {
    alone(&[], |site| {
        let mut alice = site.alice();
        site.fail("all");
        for path in ["/me", "/notes", "/sessions", "/slow?ms=1"] {
            varies(&alice.get(path).is_error(503));
        }
        site.fail("update");
        let answer = alice.put("/notes/a?read_then_wait_ms=1", "b").is_error(503);
        varies(&answer);
    });
}
