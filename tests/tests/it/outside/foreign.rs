//! Requests that another site makes in the visitor's browser.

use serde_json::json;

use super::site::{ALICE, ROOT, Site, alone, everywhere};

type Headers<'a> = &'a [(&'a str, &'a str)];

/// What tells that a request is foreign.
fn signs(addr: &str) -> Vec<Vec<(&'static str, String)>> {
    let site = |values: &[&str]| values.iter().map(|value| ("sec-fetch-site", (*value).to_owned())).collect();
    let origin = |values: &[&str]| values.iter().map(|value| ("origin", (*value).to_owned())).collect();
    let port = addr.rsplit(':').next().unwrap_or_default();
    let mut signs: Vec<Vec<_>> = vec![
        site(&["cross-site"]),
        site(&["same-site"]),
        site(&[""]),
        site(&["Same-Origin"]),
        site(&["same-origin,none"]),
        site(&["same-origin, same-origin"]),
        site(&["\"same-origin\""]),
        site(&["same-origin;x"]),
        site(&["nonsense"]),
        site(&["same-origin", "same-origin"]),
        site(&["same-origin", "cross-site"]),
        site(&["cross-site", "same-origin"]),
        site(&["none", "none"]),
        origin(&["null"]),
        origin(&[""]),
        origin(&["http://evil.example"]),
        origin(&["http://127.0.0.1"]),
        origin(&["http://127.0.0.1:1"]),
        origin(&[&format!("http://evil.example:{port}")]),
        origin(&[&format!("http://127.0.0.1:{port}0")]),
        origin(&[&format!("http://127.0.0.1:{port}.evil.example")]),
        origin(&[&format!("http://127.0.0.1:{port}@evil.example")]),
        origin(&[&format!("http://evil.example@127.0.0.1:{port}")]),
        origin(&[&format!("http://127.0.0.1:{port}/")]),
        origin(&[&format!("http://127.0.0.1:{port}/evil")]),
        origin(&[&format!("127.0.0.1:{port}")]),
        origin(&[&format!("//127.0.0.1:{port}")]),
        origin(&[&format!("ftp://127.0.0.1:{port}")]),
        origin(&[&format!("http:/127.0.0.1:{port}")]),
        origin(&[&format!("http://localhost:{port}")]),
        origin(&["http://"]),
        origin(&["x"]),
        origin(&[&format!("http://{addr}"), &format!("http://{addr}")]),
        origin(&[&format!("http://{addr} http://evil.example")]),
        origin(&[&format!("http://{addr}, http://evil.example")]),
    ];
    for (name, value) in [
        ("x-forwarded-host", "evil.example"),
        ("x-forwarded-server", "evil.example"),
        ("x-original-host", "evil.example"),
        ("x-forwarded-for", "127.0.0.1"),
        ("forwarded", "host=evil.example;proto=http"),
    ] {
        signs.push(vec![("origin", "http://evil.example".to_owned()), (name, value.to_owned())]);
    }
    // The browser's word on the site counts, whatever the origin.
    signs.push(vec![("origin", format!("http://{addr}")), ("sec-fetch-site", "cross-site".to_owned())]);
    signs.push(vec![("sec-purpose", "prefetch".to_owned())]);
    signs.push(vec![
        ("sec-purpose", "prefetch;prerender".to_owned()),
        ("sec-fetch-site", "same-origin".to_owned()),
    ]);
    signs
}

fn borrowed<'a>(headers: &'a [(&'static str, String)]) -> Vec<(&'a str, &'a str)> {
    headers.iter().map(|(name, value)| (*name, value.as_str())).collect()
}

fn with<'a>(headers: Headers<'a>, more: Headers<'a>) -> Vec<(&'a str, &'a str)> {
    [headers, more].concat()
}

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
const JSON: (&str, &str) = ("content-type", "application/json");

#[test]
fn whatever_tells_a_foreign_request_refuses_its_logout() {
    everywhere(|site| {
        let mut alice = site.alice();
        for sign in signs(site.addr()) {
            let answer = alice.send("POST", "/logout", &borrowed(&sign), "");
            assert_eq!(answer.status, 403, "{sign:?}: {answer}");
            answer.is_error(403).without_cookie();
        }
        alice.get("/me").is(200);
    });
}

#[test]
fn whatever_tells_a_foreign_request_refuses_its_login() {
    everywhere(|site| {
        for sign in signs(site.addr()) {
            let mut visitor = site.visitor();
            let answer = visitor.send("POST", "/login", &with(&[FORM], &borrowed(&sign)), ALICE);
            assert_eq!(answer.status, 403, "{sign:?}: {answer}");
            answer.is_error(403).without_cookie();
            visitor.get("/me").is_error(401);
        }
    });
}

#[test]
fn whatever_tells_a_foreign_request_refuses_its_socket() {
    everywhere(|site| {
        let alice = site.alice();
        for sign in signs(site.addr()) {
            match alice.open("/ws", &borrowed(&sign)) {
                Ok(_) => panic!("{sign:?} opened a socket"),
                Err(answer) => drop(answer.is_error(403).without_cookie()),
            }
        }
    });
}

/// Everything that logs in, logs out or ends sessions.
fn changes(handle: &str) -> Vec<(&'static str, String, &'static str, &'static str)> {
    let password = r#"{"current":"correct horse battery staple","new":"something else entirely"}"#;
    let route = |method, path: &str, kind, body| (method, path.to_owned(), kind, body);
    vec![
        route("POST", "/login", "form", ALICE),
        route("POST", "/login", "form", "username=alice&password=wrong"),
        route("POST", "/login", "form", "username=nobody&password=wrong"),
        route("POST", "/login", "form", ""),
        route("POST", "/login", "text", "x"),
        route("POST", "/login?return_to=/profile", "form", ALICE),
        route("POST", "/admin/login", "form", ROOT),
        route("POST", "/logout", "form", ""),
        route("DELETE", "/logout", "form", ""),
        route("POST", "/logout/others", "form", ""),
        route("POST", "/logout/everywhere", "form", ""),
        route("POST", "/logout/keep", "form", ""),
        route("POST", "/admin/logout", "form", ""),
        route("DELETE", &format!("/sessions/{handle}"), "form", ""),
        route("POST", "/password", "json", password),
        route("POST", "/password", "json", "{}"),
    ]
}

fn kind(kind: &str) -> (&'static str, &'static str) {
    match kind {
        "form" => FORM,
        "json" => JSON,
        _ => ("content-type", "text/plain"),
    }
}

#[test]
fn no_change_of_login_works_from_a_foreign_site() {
    alone(&[], |site| {
        let mut both = site.alice();
        both.post("/admin/login", ROOT).is(200);
        let mut other = site.alice();
        let handle = other_handle(&mut both);
        let refused = both.send("POST", "/logout", &[("sec-fetch-site", "cross-site")], "").is_error(403);
        for sign in [("sec-fetch-site", "cross-site"), ("origin", "http://evil.example"), ("origin", "null")]
        {
            for (method, path, body_kind, body) in changes(&handle) {
                for mut from in [both.clone(), site.visitor()] {
                    let answer = from.send(method, &path, &[sign, kind(body_kind)], body).without_cookie();
                    assert_eq!((answer.status, &answer.body), (403, &refused.body), "{answer}");
                }
            }
        }
        both.get("/me").is(200);
        both.get("/admin/me").is(200);
        other.get("/me").is(200);
        assert_eq!(both.get("/sessions").json().as_array().map(Vec::len), Some(2));
        site.alice();
    });
}

fn other_handle(visitor: &mut passport_tests::client::Visitor) -> String {
    let sessions = visitor.get("/sessions").is(200).json();
    let other = sessions.as_array().into_iter().flatten().find(|one| one["current"] == false);
    other.and_then(|one| one["handle"].as_str()).expect("another session").to_owned()
}

#[test]
fn a_foreign_request_is_refused_before_the_store_is_asked() {
    alone(&[], |site| {
        let mut alice = site.alice();
        site.fail("all");
        for (method, path, body_kind, body) in changes("x") {
            alice
                .send(method, &path, &[("sec-fetch-site", "cross-site"), kind(body_kind)], body)
                .is_error(403);
        }
        site.fail("none");
        alice.get("/me").is(200);
    });
}

#[test]
fn a_foreign_request_without_a_session_never_gets_one() {
    everywhere(|site| {
        let sign = [("sec-fetch-site", "cross-site")];
        for path in ["/notes/a", "/notes/a?read_then_wait_ms=1", "/notes/a?wait_ms=1"] {
            for method in ["PUT", "DELETE"] {
                let mut visitor = site.visitor();
                let answer = visitor.send(method, path, &sign, "b").without_cookie();
                assert!(answer.status == 204 || answer.status == 403, "{answer}");
                assert_eq!(visitor.get("/notes").json(), json!({}));
            }
        }
        for path in ["/me", "/notes", "/public", "/sessions"] {
            site.visitor().send("GET", path, &sign, "").without_cookie();
        }
    });
}

#[test]
fn a_foreign_get_reads_and_changes_nothing() {
    everywhere(|site| {
        let mut alice = site.alice();
        let sign = [("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate")];
        alice.send("GET", "/me", &sign, "").is(200).without_cookie();
        alice.send("GET", "/logout", &sign, "").is_error(405).without_cookie();
        alice.get("/me").is(200);
    });
}

#[track_caller]
fn passes(site: &Site, headers: Headers<'_>) {
    let mut alice = site.visitor();
    let login = alice.send("POST", "/login", &with(&[FORM], headers), ALICE);
    assert_eq!(login.status, 200, "{headers:?}: {login}");
    let logout = alice.send("POST", "/logout", headers, "");
    assert_eq!(logout.status, 204, "{headers:?}: {logout}");
}

#[test]
fn requests_of_this_site_pass() {
    everywhere(|site| {
        let own = format!("http://{}", site.addr());
        let port = site.addr().rsplit(':').next().unwrap_or_default();
        passes(site, &[]);
        passes(site, &[("sec-fetch-site", "same-origin")]);
        passes(site, &[("sec-fetch-site", "none")]);
        passes(site, &[("origin", &own)]);
        passes(site, &[("sec-fetch-site", "same-origin"), ("origin", &own)]);
        // Where the browser says whose request it is, the origin is not asked: a page may hide it.
        passes(site, &[("sec-fetch-site", "same-origin"), ("origin", "null")]);
        passes(site, &[("origin", &own), ("x-forwarded-host", "evil.example")]);
        passes(site, &[("host", "app.example:8080"), ("origin", "http://app.example:8080")]);
        passes(site, &[("host", "App.Example:8080"), ("origin", "http://app.example:8080")]);
        passes(site, &[("host", "app.example"), ("origin", "http://app.example:80")]);
        passes(site, &[("host", "app.example:80"), ("origin", "http://app.example")]);
        let localhost = format!("localhost:{port}");
        passes(site, &[("host", &localhost), ("origin", &format!("http://{localhost}"))]);
    });
}

#[test]
fn a_socket_of_this_site_opens() {
    everywhere(|site| {
        let alice = site.alice();
        let own = format!("http://{}", site.addr());
        for headers in
            [&[][..], &[("origin", own.as_str())], &[("sec-fetch-site", "same-origin"), ("origin", &own)]]
        {
            match alice.open("/ws", headers) {
                Ok(_) => {}
                Err(answer) => drop(answer.is_error(501)),
            }
        }
    });
}
