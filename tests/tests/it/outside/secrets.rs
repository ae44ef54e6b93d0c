//! What must never be written down: passwords, cookies, and names that are nobody's.

use passport_tests::frameworks::KNOWN;

use super::site::{ALICE, BOB, Site};

/// Everything that must not be found in the log.
fn drive(site: &Site) -> Vec<String> {
    let mut secrets: Vec<String> =
        ["correct horse", "correct+horse", "wonderland is", "wonderland+is", "marked"]
            .map(str::to_owned)
            .to_vec();
    let mut keep =
        |visitor: &passport_tests::client::Visitor| secrets.extend(visitor.cookies.values().cloned());

    let mut visitor = site.visitor();
    visitor.put("/notes/a", "b").is(204);
    keep(&visitor);
    visitor.post("/login", ALICE).is(200);
    keep(&visitor);
    for body in [
        "username=alice&password=marked-wrong",
        "username=marked-password-in-the-name-field&password=marked-too",
        "username=marked-name&password=",
        "username=marked-name",
        "username=marked-%ff&password=marked",
        "username=marked&username=marked&password=marked",
        &format!("username=marked-name&password=marked{}", "x".repeat(2_000)),
        &format!("username=marked-name&password=marked{}", "x".repeat(70_000)),
    ] {
        assert!(visitor.post("/login", body).status >= 400);
    }
    for body in [
        r#"{"username":"marked-name","password":"marked"}"#,
        r#"{"username":"alice","password":["marked"]}"#,
        r#"{"username":"marked","password":"marked"#,
    ] {
        assert!(visitor.post_json("/login", body).status >= 400);
    }
    visitor.send("POST", "/login", &[("content-type", "text/marked")], "marked").is(415);
    let foreign = [("sec-fetch-site", "cross-site"), ("content-type", "application/x-www-form-urlencoded")];
    visitor.send("POST", "/login", &foreign, "username=marked-name&password=marked").is(403);
    visitor.post("/login", BOB).is(200);
    keep(&visitor);
    visitor.post_json("/password", r#"{"current":"marked-wrong","new":"marked-new"}"#).is(403);
    let change = r#"{"current":"wonderland is far away","new":"marked-new"}"#;
    visitor.post_json("/password", change).is(204);
    keep(&visitor);
    visitor.post("/login", "username=bob&password=marked-new").is(200);
    keep(&visitor);
    for operation in ["load", "create", "update", "delete"] {
        site.fail(operation);
        visitor.put("/notes/a", "b");
        visitor.post("/logout", "");
        site.visitor().post("/login", ALICE);
        site.fail("none");
    }
    visitor.post("/login", "username=bob&password=marked-new").is(200);
    keep(&visitor);
    site.control("users/bob", r#"{"disabled":true}"#);
    visitor.get("/me").is_error(401);
    visitor.get("/boom").is_error(500);
    let invented = "markedmarkedmarkedmarkedmarkedmarkedmarkedA";
    for value in [invented, "marked-garbage"] {
        let mut thief = site.visitor().with_cookie("session", value);
        thief.get("/me").is_error(401);
        thief.post("/logout", "").is(204);
    }
    site.raw("GET", "/me", &[("cookie", &format!("session={invented}; session={}", "A".repeat(43)))], b"")
        .is(401);
    secrets
}

#[test]
fn the_log_holds_no_secret_at_any_level() {
    for framework in KNOWN {
        let site = Site::start(framework, &[], &[("RUST_LOG", "trace")]);
        let secrets = drive(&site);
        let log = site.log();
        assert!(log.contains("authn_login_success"), "events are logged: {log:.2000}");
        for secret in secrets {
            let found = log.lines().find(|line| line.contains(&secret));
            assert!(found.is_none(), "{framework}: {secret:?} is in the log: {found:?}");
        }
    }
}

#[test]
fn an_error_tells_nothing_of_what_was_sent() {
    for framework in KNOWN {
        let site = Site::start(framework, &[], &[]);
        let mut alice = site.alice();
        let id = alice.cookies["session"].clone();
        site.fail("all");
        for answer in [
            alice.get("/me"),
            alice.post("/login", "username=marked&password=marked"),
            alice.post("/login", "username=marked&password=marked&password=marked"),
            alice.post_json("/login", r#"{"marked":"#),
            alice.post("/logout", ""),
            alice.delete("/logout"),
            alice.post_json("/password", r#"{"current":"marked","new":"marked"}"#),
            alice.get("/boom"),
        ] {
            let text = answer.to_string();
            assert!(answer.status >= 400 && !text.contains("marked") && !text.contains(&id), "{answer}");
            assert!(!text.contains("told to fail"), "what happened inside is not for the caller: {answer}");
        }
    }
}
