//! The program itself, over the network, and what it writes into its log.

use passport_tests::{client::Visitor, program::Program};

use super::ALICE;

#[test]
fn it_starts_without_anything_and_a_copied_token_is_dead_after_the_logout() {
    let site = Program::start("example-pocketpages", &[]);
    let mut alice = Visitor::new(&site.addr);
    alice.post("/login", ALICE).goes_to("/profile");
    let mut thief = alice.clone();
    assert!(alice.get("/profile").is(200).body.contains("alice@example.com"));
    alice.post("/profile", "action=logout").goes_to("/login?message=signed_out");
    thief.get("/profile").is(303);
    assert_eq!(site.terminate(), Some(0));
}

#[test]
fn in_production_the_cookie_is_bound_to_the_host_and_to_https() {
    let site = Program::start("example-pocketpages", &[("COOKIES", "secure")]);
    let login = Visitor::new(&site.addr).post("/login", ALICE).is(303);
    let set = login.header("set-cookie");
    assert!(set.starts_with("__Host-pb_auth=") && set.contains("; Secure"), "{login}");
}

#[test]
fn no_code_no_token_and_no_password_is_ever_in_the_log() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("log");
    let log = std::fs::File::create(&file).unwrap();
    let site = Program::start_logging("example-pocketpages", &[("RUST_LOG", "trace")], log);
    let mut alice = Visitor::new(&site.addr);
    alice.post("/login", ALICE).is(303);
    let secret = alice.cookies["pb_auth"].clone();
    alice.post("/code", "email=alice@example.com").is(303);
    let outbox = alice.get("/outbox").is(200).body;
    let code = outbox.split("class=\"code\">").nth(1).unwrap().split('<').next().unwrap();
    for (path, form) in [
        ("/login/code", format!("otpId={}&code={code}", "0".repeat(32))),
        ("/login/token", format!("token={secret}")),
        ("/login", "email=typed-by-mistake&password=hunter2hunter2".to_owned()),
        ("/register", "email=eve@example.com&password=hunter2hunter2".to_owned()),
    ] {
        alice.post(path, &form);
    }
    alice.send("GET", "/profile", &[("authorization", &secret)], "").is(401);
    alice.post("/logout", "").is(303);
    assert_eq!(site.terminate(), Some(0));
    let log = std::fs::read_to_string(&file).unwrap();
    assert!(log.contains("authn_login_success") && log.contains("authn_login_fail"), "{log}");
    let secrets = [&secret, code, "hunter2", "typed-by-mistake", "correct horse", "alice@example.com"];
    for secret in secrets {
        assert!(!log.contains(secret), "{secret} is in the log: {log}");
    }
}
