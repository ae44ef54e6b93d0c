//! The session cookie: its attributes, its name, and what else is sent under it.

use passport_tests::client::begin_bytes;

use super::site::{ALICE, ROOT, Site, alone, everywhere};

fn attributes(set: &str) -> Vec<String> {
    let mut attributes: Vec<String> =
        set.split(';').skip(1).map(|part| part.trim().to_ascii_lowercase()).collect();
    attributes.sort();
    attributes
}

#[test]
fn the_development_cookie_is_plain_and_bound_to_the_browser_session() {
    everywhere(|site| {
        for (path, credentials, name) in
            [("/login", ALICE, "session"), ("/admin/login", ROOT, "admin_session")]
        {
            let answer = site.visitor().post(path, credentials).is(200);
            let [set] = answer.all("set-cookie")[..] else { panic!("one cookie: {answer}") };
            assert_eq!(attributes(set), ["httponly", "path=/", "samesite=lax"], "{answer}");
            let value = answer.cookie(name);
            let base64url = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
            assert!(value.len() == 43 && value.bytes().all(base64url), "256 bits in base64url: {answer}");
        }
    });
}

#[test]
fn the_production_cookie_is_bound_to_host_and_https() {
    alone(&["--cookies", "secure"], |site| {
        for (path, credentials, name) in
            [("/login", ALICE, "__Host-session"), ("/admin/login", ROOT, "__Host-admin_session")]
        {
            let answer = site.visitor().post(path, credentials).is(200);
            let [set] = answer.all("set-cookie")[..] else { panic!("one cookie: {answer}") };
            assert_eq!(attributes(set), ["httponly", "path=/", "samesite=lax", "secure"], "{answer}");
            answer.cookie(name);
        }
        let mut alice = site.alice();
        alice.get("/me").is(200);
        let id = alice.cookies["__Host-session"].clone();
        for name in ["session", "__host-session", "__Secure-session", "__HOST-session", "_Host-session"] {
            site.visitor().with_cookie(name, &id).get("/me").is_error(401);
        }
        let answer = alice.post("/logout", "").is(204);
        let [set] = answer.all("set-cookie")[..] else { panic!("one cookie: {answer}") };
        assert!(set.starts_with("__Host-session=;"), "{answer}");
        assert!(
            ["secure", "httponly", "path=/", "samesite=lax", "max-age=0"]
                .iter()
                .all(|one| attributes(set).iter().any(|own| own == one)),
            "{answer}"
        );
    });
}

#[test]
fn a_logout_expires_the_cookie_as_it_was_set() {
    everywhere(|site| {
        for logout in [("POST", "/logout"), ("DELETE", "/logout")] {
            let answer = site.alice().send(logout.0, logout.1, &[], "");
            let [set] = answer.all("set-cookie")[..] else { panic!("one cookie: {answer}") };
            let own = attributes(set);
            assert!(answer.expires("session"), "{answer}");
            assert!(
                ["httponly", "path=/", "samesite=lax"].iter().all(|one| own.iter().any(|own| own == one)),
                "{answer}"
            );
            assert!(own.iter().all(|one| one != "secure" && !one.starts_with("domain")), "{answer}");
        }
    });
}

/// Whether this very `Cookie` header is alice's.
fn status(site: &Site, cookie: &[u8]) -> u16 {
    let head = format!("GET /me HTTP/1.1\r\nhost: {}\r\nconnection: close\r\ncookie: ", site.addr());
    let request = [head.as_bytes(), cookie, b"\r\n\r\n"].concat();
    let sent = begin_bytes(site.addr(), &request).and_then(passport_tests::client::InFlight::answer);
    sent.unwrap_or_else(|error| panic!("{:?}: {error}", String::from_utf8_lossy(cookie))).status
}

#[test]
fn the_name_matches_byte_for_byte() {
    everywhere(|site| {
        let id = site.alice().cookies["session"].clone();
        for cookie in [
            format!("session={id}"),
            format!(" session={id} "),
            format!("a=b;session={id};c=d"),
            format!("a=b; \tsession \t=\t {id}\t ; c"),
            format!("Session=x; session={id}; sessions=y; ; =; ==;session2=z"),
            format!("session=;session={id}"),
            format!("session;session={id}"),
            format!("session={id};session={id}"),
        ] {
            assert_eq!(status(site, cookie.as_bytes()), 200, "{} with {cookie:?}", site.framework);
        }
        for cookie in [
            format!("Session={id}"),
            format!("SESSION={id}"),
            format!("sess%69on={id}"),
            format!("session%20={id}"),
            format!("ses sion={id}"),
            format!("\"session\"={id}"),
            format!("$session={id}"),
            format!("xsession={id}"),
            format!("session.={id}"),
            format!("session=\"{id}\""),
            format!("session='{id}'"),
            format!("session=%{:02x}{}", id.as_bytes()[0], &id[1..]),
            format!("session=={id}"),
            format!("session={id}="),
            format!("session={id}, a=b"),
            format!("a=session={id}"),
            format!("\u{a0}session={id}"),
            format!("session\u{a0}={id}"),
            format!("session=\u{a0}{id}"),
            format!("session={id}\u{2003}"),
        ] {
            assert_eq!(status(site, cookie.as_bytes()), 401, "{} with {cookie:?}", site.framework);
        }
        for bytes in [&b"\xa0"[..], b"\x85", b"\xff", b"\xc3"] {
            let [before, after] = [[bytes, b"session="].concat(), [b"session=", bytes].concat()];
            assert_eq!(
                status(site, &[&before[..], id.as_bytes()].concat()),
                401,
                "{bytes:?} before the name"
            );
            assert_eq!(
                status(site, &[&after[..], id.as_bytes()].concat()),
                401,
                "{bytes:?} before the value"
            );
            let beside = [b"a=", bytes, b";session=", id.as_bytes(), b";", bytes].concat();
            assert_eq!(status(site, &beside), 200, "{bytes:?} in another cookie");
        }
    });
}

/// Values that are no id.
fn malformed(id: &str) -> Vec<String> {
    let cut = (0..id.len()).map(|len| id[..len].to_owned());
    let last = id.as_bytes()[42];
    let trailing_bits = (b'A'..=b'z').map(char::from).filter(|&other| {
        let value = |byte: u8| {
            b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
                .iter()
                .position(|own| *own == byte)
        };
        let other = u8::try_from(other).ok();
        match (value(last), other.and_then(value)) {
            (Some(own), Some(other)) => other != own && other / 4 == own / 4,
            _ => false,
        }
    });
    let others = [
        format!("{id}A"),
        format!("{id}="),
        format!("{id}{id}"),
        format!("+{}", &id[1..]),
        format!("/{}", &id[1..]),
        format!("*{}", &id[1..]),
        format!("{} {}", &id[..20], &id[21..]),
        "x".repeat(4_096),
        "null".to_owned(),
        "s%3Aabc.def".to_owned(),
    ];
    cut.chain(trailing_bits.map(|other| format!("{}{other}", &id[..42]))).chain(others).collect()
}

#[test]
fn a_value_that_is_no_id_is_nobodys_and_asks_no_store() {
    alone(&[], |site| {
        let id = site.alice().cookies["session"].clone();
        site.fail("all");
        for value in malformed(&id) {
            site.visitor().with_cookie("session", &value).get("/me").is_error(401).without_cookie();
        }
        site.visitor().with_cookie("session", "garbage").post("/logout", "").says(204, "");
        site.fail("none");
        site.visitor().with_cookie("session", &id).get("/me").is(200);
    });
}

#[test]
fn a_malformed_cookie_hides_no_valid_one() {
    everywhere(|site| {
        let id = site.alice().cookies["session"].clone();
        for value in malformed(&id) {
            for header in [format!("session={value}; session={id}"), format!("session={id}; session={value}")]
            {
                let answer = site.raw("GET", "/me", &[("cookie", &header)], b"");
                assert_eq!(answer.status, 200, "{header:?}: {answer}");
            }
        }
        let two = [("cookie", "session=garbage"), ("cookie", &format!("session={id}"))];
        site.raw("GET", "/me", &two, b"").is(200);
    });
}

#[test]
fn two_different_ids_are_nobodys() {
    everywhere(|site| {
        let (alice, bob) = (site.alice().cookies["session"].clone(), site.bob().cookies["session"].clone());
        let invented = "A".repeat(43);
        for (one, other) in [(&alice, &bob), (&bob, &alice), (&alice, &invented), (&invented, &alice)] {
            let header = format!("session={one}; session={other}");
            site.raw("GET", "/me", &[("cookie", &header)], b"").is_error(401).without_cookie();
            let notes = site.raw("GET", "/notes", &[("cookie", &header)], b"").says(200, "{}");
            notes.without_cookie();
            let (one, other) = (format!("session={one}"), format!("session={other}"));
            site.raw("GET", "/me", &[("cookie", &one), ("cookie", &other)], b"").is_error(401);
        }
        site.visitor().with_cookie("session", &alice).get("/me").is(200);
    });
}

#[test]
fn a_logout_with_two_ids_ends_each_and_expires_the_cookie() {
    everywhere(|site| {
        for logout in [("POST", "/logout"), ("DELETE", "/logout"), ("POST", "/logout/keep")] {
            let ids = [site.alice(), site.bob(), site.alice()].map(|one| one.cookies["session"].clone());
            let header = ids.each_ref().map(|id| format!("session={id}")).join("; ");
            let answer = site.raw(logout.0, logout.1, &[("cookie", &header)], b"");
            assert!(answer.status < 300 && answer.expires("session"), "{answer}");
            for id in ids {
                site.visitor().with_cookie("session", &id).get("/me").is_error(401);
            }
        }
    });
}

#[test]
fn a_logout_with_more_ids_than_are_looked_at_is_no_success() {
    everywhere(|site| {
        let (alice, bob) = (site.alice().cookies["session"].clone(), site.bob().cookies["session"].clone());
        let [one, two, three] = ["A", "E", "I"].map(|last| format!("{}{last}", "A".repeat(42)));
        let header = [&bob, &one, &two, &three, &alice].map(|id| format!("session={id}")).join("; ");
        for logout in [("POST", "/logout"), ("DELETE", "/logout"), ("POST", "/logout/keep")] {
            let answer = site.raw(logout.0, logout.1, &[("cookie", &header)], b"");
            answer.is(400).without_cookie();
        }
        site.visitor().with_cookie("session", &bob).get("/me").is_error(401);
        site.visitor().with_cookie("session", &alice).get("/me").is(200);
    });
}

#[test]
fn many_cookies_hide_nothing() {
    everywhere(|site| {
        let id = site.alice().cookies["session"].clone();
        let crowd: Vec<String> = (0..250).map(|at| format!("c{at}=v; ")).collect();
        let crowd = crowd.concat();
        let header = format!("{crowd}session={id}; {crowd}");
        site.raw("GET", "/me", &[("cookie", &header)], b"").is(200);
        // Many different ids are many questions at most, and nobody.
        let ids: Vec<String> = (0..500).map(|at| format!("session={}{at:03}", "A".repeat(40))).collect();
        let header = ids.join("; ");
        let answer = site.raw("POST", "/logout", &[("cookie", &header)], b"");
        assert!(answer.status < 500, "{answer}");
        site.visitor().with_cookie("session", &id).get("/me").is(200);
    });
}

#[test]
fn endless_cookies_break_nothing() {
    everywhere(|site| {
        let id = site.alice().cookies["session"].clone();
        let large = "x".repeat(64 * 1024);
        for header in [
            format!("a={large}; session={id}"),
            format!("session={large}; session={id}"),
            "session=;".repeat(7_000),
            format!("session={id};{}", ";".repeat(64 * 1024)),
            format!("session {} ={id}", " ".repeat(64 * 1024)),
        ] {
            let answer = site.raw("GET", "/me", &[("cookie", &header)], b"");
            assert!(matches!(answer.status, 200 | 400 | 401 | 431), "{answer}");
            site.visitor().with_cookie("session", &id).get("/me").is(200);
        }
    });
}
