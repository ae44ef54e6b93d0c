//! The session's own data.

use serde_json::json;

use super::site::{ALICE, BOB, everywhere};

#[test]
fn an_anonymous_visitor_has_notes() {
    everywhere(|site| {
        let mut visitor = site.visitor();
        visitor.get("/notes").says(200, "{}").without_cookie();
        visitor.put("/notes/a", "1").says(204, "").cookie("session");
        visitor.put("/notes/b", "two\nlines é").says(204, "").without_cookie();
        assert_eq!(visitor.get("/notes").is(200).json(), json!({ "a": "1", "b": "two\nlines é" }));
        visitor.put("/notes/a", "").says(204, "");
        visitor.delete("/notes/b").says(204, "");
        visitor.delete("/notes/b").says(204, "");
        assert_eq!(visitor.get("/notes").is(200).json(), json!({ "a": "" }));
        site.visitor().get("/notes").says(200, "{}");
        visitor.get("/me").is_error(401);
    });
}

#[test]
fn removing_nothing_makes_no_session() {
    everywhere(|site| {
        site.visitor().delete("/notes/a").says(204, "").without_cookie();
        site.visitor().delete("/notes/a?read_then_wait_ms=1").says(204, "").without_cookie();
    });
}

#[test]
fn keys_are_percent_decoded_utf8() {
    everywhere(|site| {
        let mut visitor = site.visitor();
        for (path, key) in [
            ("plain", "plain"),
            ("caf%C3%A9", "café"),
            ("a%2Fb", "a/b"),
            ("a+b", "a+b"),
            ("a%20b", "a b"),
            ("a%2Bb", "a+b"),
            ("%25", "%"),
            ("%252e", "%2e"),
            ("__proto__", "__proto__"),
            ("%22%5C", "\"\\"),
            ("%F0%9F%8D%AA", "🍪"),
            ("a%3Fb%23c", "a?b#c"),
            ("%00", "\0"),
        ] {
            visitor.put(&format!("/notes/{path}"), key).says(204, "");
            let notes = visitor.get("/notes").is(200);
            assert_eq!(notes.json()[key], key, "{path}: {notes}");
        }
        visitor.delete("/notes/caf%c3%a9").says(204, "");
        assert_eq!(visitor.get("/notes").json().get("café"), None);
        for path in ["%ff", "%C3", "%C3%28", "%ED%A0%80", "a%FFb"] {
            visitor.put(&format!("/notes/{path}"), "x").is_error(400);
            visitor.delete(&format!("/notes/{path}")).is_error(400);
        }
        site.visitor().put("/notes/%ff", "x").is_error(400).without_cookie();
    });
}

#[test]
fn a_body_that_is_not_utf8_is_400() {
    everywhere(|site| {
        for body in [&b"\xff"[..], b"a\xc3", b"\xed\xa0\x80"] {
            site.raw("PUT", "/notes/a", &[], body).is_error(400).without_cookie();
        }
    });
}

#[test]
fn a_body_that_is_too_big_is_413_and_changes_nothing() {
    everywhere(|site| {
        let mut visitor = site.visitor();
        visitor.put("/notes/a", &"x".repeat(64 * 1024 + 1)).is_error(413).without_cookie();
        visitor.put("/notes/a", &"x".repeat(1024 * 1024)).is_error(413).without_cookie();
        visitor.put("/notes/a", &"x".repeat(60_000)).is(204);
        visitor.put("/notes/a", &"y".repeat(70_000)).is_error(413);
        let kept = visitor.get("/notes").is(200).json();
        assert_eq!(kept["a"].as_str().map(str::len), Some(60_000));
        assert!(kept["a"].as_str().is_some_and(|text| text.starts_with('x')));
    });
}

#[test]
fn a_session_has_an_end() {
    everywhere(|site| {
        let mut visitor = site.visitor();
        visitor.put("/notes/a", &"x".repeat(40_000)).is(204);
        visitor.put("/notes/b", &"x".repeat(40_000)).is_error(413);
        assert_eq!(visitor.get("/notes").is(200).json().as_object().map(serde_json::Map::len), Some(1));

        let mut visitor = site.visitor();
        let mut last = 204;
        for key in 0..300 {
            last = visitor.put(&format!("/notes/{key}"), "x").status;
            assert!(last == 204 || key >= 200, "{key} was answered {last}");
        }
        assert_eq!(last, 413, "endless keys");
        visitor.put("/notes/0", "y").says(204, "");
        visitor.delete("/notes/1").says(204, "");
    });
}

#[test]
fn the_notes_of_a_visitor_go_along_with_the_login() {
    everywhere(|site| {
        let mut visitor = site.visitor();
        visitor.put("/notes/cart", "book").is(204);
        visitor.post("/login", ALICE).is(200);
        assert_eq!(visitor.get("/notes").is(200).json(), json!({ "cart": "book" }));
        visitor.post("/login", ALICE).is(200);
        assert_eq!(visitor.get("/notes").is(200).json(), json!({ "cart": "book" }));
        visitor.post("/login", BOB).is(200);
        visitor.get("/notes").says(200, "{}");
    });
}

#[test]
fn writers_of_different_keys_both_survive() {
    everywhere(|site| {
        for mut visitor in [site.alice(), site.visitor()] {
            visitor.put("/notes/first", "0").is(204);
            let writers: Vec<_> = (0..10)
                .map(|at| visitor.begin("PUT", &format!("/notes/{at}?read_then_wait_ms=50"), &[], "x"))
                .collect();
            for writer in writers {
                visitor.finish(writer).says(204, "").without_cookie();
            }
            let notes = visitor.get("/notes").is(200).json();
            assert_eq!(notes.as_object().map(serde_json::Map::len), Some(11), "{notes}");
        }
    });
}

#[test]
fn the_last_writer_of_one_key_wins_and_nobody_fails() {
    everywhere(|site| {
        let mut visitor = site.visitor();
        visitor.put("/notes/a", "x").is(204);
        let writers: Vec<_> =
            (0..30).map(|at| visitor.begin("PUT", "/notes/a", &[], &at.to_string())).collect();
        for writer in writers {
            visitor.finish(writer).says(204, "").without_cookie();
        }
        let notes = visitor.get("/notes").is(200).json();
        assert!(
            notes["a"].as_str().and_then(|text| text.parse::<u8>().ok()).is_some_and(|at| at < 30),
            "{notes}"
        );
    });
}
