//! Where the original is unsafe: what happens here instead.

use passport_tests::{client::Visitor, program::Program};

use super::RIGHT;

#[test]
fn the_logout_takes_the_cookie_away_and_no_cache_keeps_the_answer() {
    let site = Program::start("example-express-logout", &[]);
    let mut alice = Visitor::new(&site.addr);
    let login = alice.post_json("/api/auth/login", RIGHT).is(200);
    let set = login.header("set-cookie").to_ascii_lowercase();
    assert!(set.contains("httponly") && set.contains("samesite=lax") && set.contains("path=/"), "{login}");
    let logout = alice.delete("/api/auth/logout").is(200);
    assert!(logout.expires("session") && logout.header("cache-control") == "no-store", "{logout}");
    assert_eq!(logout.header("clear-site-data"), "\"cache\"");
    assert!(alice.cookies.is_empty());
}

#[test]
fn in_production_the_cookie_is_bound_to_the_host_and_to_https() {
    let site = Program::start("example-express-logout", &[("COOKIES", "secure")]);
    let login = Visitor::new(&site.addr).post_json("/api/auth/login", RIGHT).is(200);
    let set = login.header("set-cookie");
    assert!(set.starts_with("__Host-session=") && set.contains("; Secure"), "{login}");
}

#[test]
fn what_shows_a_user_is_in_no_cache() {
    let site = Program::start("example-express-logout", &[]);
    let mut alice = Visitor::new(&site.addr);
    alice.post_json("/api/auth/login", RIGHT).is(200);
    let me = alice.get("/api/auth/me").is(200);
    assert_eq!((me.header("cache-control"), me.header("vary")), ("private, no-store", "Cookie"));
}

#[test]
fn a_copied_cookie_is_dead_after_the_logout() {
    let site = Program::start("example-express-logout", &[]);
    let mut alice = Visitor::new(&site.addr);
    alice.post_json("/api/auth/login", RIGHT).is(200);
    let mut thief = alice.clone();
    thief.get("/api/auth/me").is(200);
    alice.delete("/api/auth/logout").is(200);
    thief.get("/api/auth/me").is(401);
}

#[test]
fn a_login_gets_a_new_id_and_an_invented_one_is_never_adopted() {
    let site = Program::start("example-express-logout", &[]);
    let invented = "A".repeat(43);
    let mut alice = Visitor::new(&site.addr).with_cookie("session", &invented);
    let first = alice.post_json("/api/auth/login", RIGHT).is(200).cookie("session");
    assert_ne!(first, invented);
    Visitor::new(&site.addr).with_cookie("session", &invented).get("/api/auth/me").is(401);
    let second = alice.post_json("/api/auth/login", RIGHT).is(200).cookie("session");
    assert_ne!(first, second);
    Visitor::new(&site.addr).with_cookie("session", &first).get("/api/auth/me").is(401);
    Visitor::new(&site.addr).with_cookie("session", &second).get("/api/auth/me").is(200);
}

#[test]
fn a_cookie_that_was_changed_by_one_letter_is_nobody() {
    let site = Program::start("example-express-logout", &[]);
    let mut alice = Visitor::new(&site.addr);
    let id = alice.post_json("/api/auth/login", RIGHT).is(200).cookie("session");
    let changed = format!("{}{}", if id.starts_with('A') { "B" } else { "A" }, &id[1..]);
    for value in [changed.as_str(), &id[1..], "", "garbage", "s%3Aabc.def", "\"\"", "%"] {
        let mut other = Visitor::new(&site.addr).with_cookie("session", value);
        other.get("/api/auth/me").is(401);
        other.delete("/api/auth/logout").says(200, "Logout successful");
    }
    alice.get("/api/auth/me").is(200);
}

#[test]
fn another_site_logs_nobody_in_or_out() {
    let site = Program::start("example-express-logout", &[]);
    let mut alice = Visitor::new(&site.addr);
    alice.post_json("/api/auth/login", RIGHT).is(200);
    for header in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "https://evil.example"),
        ("origin", "null"),
    ] {
        alice.send("DELETE", "/api/auth/logout", &[header], "").is(403).without_cookie();
        let json = ("content-type", "application/json");
        alice.send("POST", "/api/auth/login", &[header, json], RIGHT).is(403).without_cookie();
    }
    alice.get("/api/auth/me").is(200);
}
