//! The control calls that the other cases stand on.

use super::site::alone;

#[test]
fn a_control_body_that_is_not_as_described_is_400_and_changes_nothing() {
    alone(&[], |site| {
        let mut alice = site.alice();
        let wrong = |what: &str, bodies: &[&str]| {
            for body in bodies.iter().chain(&["", "{", "[]", "null", "7", "{}", r#"{"x":1}"#]) {
                site.visitor().post_json(&format!("/control/{what}"), body).is_error(400).without_cookie();
            }
        };
        wrong(
            "clock",
            &[
                r#"{"advance_ms":"90000000"}"#,
                r#"{"advance_ms":-1}"#,
                r#"{"advance_ms":1.5}"#,
                r#"{"advance_ms":null}"#,
                r#"{"advance_ms":[90000000]}"#,
                r#"{"advance_ms":90000000,"x":1}"#,
                r#"{"advance":90000000}"#,
                r#"{"advance_ms":90000000} x"#,
            ],
        );
        wrong(
            "store",
            &[
                r#"{"fail":"sometimes"}"#,
                r#"{"fail":"ALL"}"#,
                r#"{"fail":true}"#,
                r#"{"fail":["all"]}"#,
                r#"{"fail":null}"#,
                r#"{"delay_ms":5000}"#,
                r#"{"fail":"all","delay_ms":-1}"#,
                r#"{"fail":"all","delay_ms":"1"}"#,
                r#"{"fail":"all","delay_ms":1.5}"#,
                r#"{"fail":"all","delay_ms":null}"#,
                r#"{"fail":"all","x":1}"#,
                r#"{"fail":"all","delay_ms":1,"x":1}"#,
            ],
        );
        wrong(
            "users/alice",
            &[
                r#"{"disabled":"true"}"#,
                r#"{"disabled":1}"#,
                r#"{"disabled":null}"#,
                r#"{"deleted":false}"#,
                r#"{"deleted":"true"}"#,
                r#"{"disabled":true,"deleted":true}"#,
                r#"{"disabled":true,"x":1}"#,
            ],
        );
        alice.get("/me").is(200);
        alice.put("/notes/a", "b").is(204);
        site.alice();
    });
}

#[test]
fn control_is_by_post_and_of_known_users() {
    alone(&[], |site| {
        for path in ["/control/clock", "/control/store", "/control/users/alice"] {
            site.visitor().get(path).is_error(405);
        }
        site.visitor().post_json("/control/users/nobody", r#"{"disabled":true}"#).is_error(404);
        site.control("clock", r#"{"advance_ms":0}"#);
        site.control("store", r#"{"fail":"none","delay_ms":0}"#);
        site.control("store", r#"{"fail":"none"}"#);
        site.alice().get("/me").is(200);
    });
}
