use super::*;
use crate::no_sessions::NoSessions;

fn foreign(method: &str, secure: bool, headers: &[(&str, &str)]) -> bool {
    let headers = headers.iter().map(|(name, value)| (Clue::named(name), value.as_bytes()));
    let trusted = ["https://app.test".into()];
    let mut clues = Clues::default();
    clues.read(headers, &NoSessions::new());
    clues.is_foreign(&method.parse().unwrap(), None, || secure, &trusted)
}

#[test]
fn curl_and_mobile_apps_pass() {
    assert!(!foreign("POST", true, &[("host", "site.test")]));
    assert!(!foreign("POST", true, &[]));
}

#[test]
fn only_this_very_origin_and_the_address_bar_pass() {
    for (site, expected) in [
        ("same-origin", false),
        ("none", false),
        ("same-site", true),
        ("cross-site", true),
        ("", true),
        ("Same-Origin", true),
    ] {
        assert_eq!(
            foreign("POST", true, &[("host", "site.test"), ("sec-fetch-site", site)]),
            expected,
            "{site}"
        );
    }
    assert!(foreign("POST", true, &[("sec-fetch-site", "same-origin"), ("sec-fetch-site", "none")]));
}

#[test]
fn without_fetch_metadata_the_origin_must_be_the_requests_own() {
    let post = |origin: &str| foreign("POST", true, &[("host", "site.test"), ("origin", origin)]);
    for own in ["https://site.test", "https://site.test:443", "https://SITE.test"] {
        assert!(!post(own), "{own}");
    }
    for other in [
        "http://site.test",
        "https://evil.test",
        "https://site.test:444",
        "https://site.test.evil",
        "null",
        "",
        "https://",
        "site.test",
        "https://site.test/",
        "https://a@site.test",
        "https://sub.site.test",
    ] {
        assert!(post(other), "{other}");
    }
    assert!(foreign(
        "POST",
        true,
        &[("host", "site.test"), ("origin", "https://site.test"), ("origin", "https://site.test")]
    ));
    assert!(foreign("POST", true, &[("origin", "https://site.test")]), "nothing to compare with");
    assert!(foreign("POST", true, &[("host", "a"), ("host", "b"), ("origin", "https://a")]));
}

#[test]
fn in_development_http_is_fine() {
    assert!(!foreign("POST", false, &[("host", "localhost:3000"), ("origin", "http://localhost:3000")]));
    assert!(foreign("POST", false, &[("host", "localhost:3000"), ("origin", "http://localhost:4000")]));
    assert!(foreign("POST", false, &[("host", "localhost:3000"), ("origin", "http://127.0.0.1:3000")]));
}

#[test]
fn a_trusted_origin_passes_before_anything_else() {
    let headers = [("host", "site.test"), ("sec-fetch-site", "cross-site"), ("origin", "https://app.test")];
    assert!(!foreign("POST", true, &headers));
    assert!(
        foreign("POST", true, &[&headers[..], &[("origin", "https://app.test")]].concat()),
        "two of them"
    );
}

#[test]
fn a_get_is_judged_by_where_its_link_was() {
    let get = |referer: &str| foreign("GET", true, &[("host", "site.test"), ("referer", referer)]);
    assert!(!get("https://site.test/page?x#y"));
    assert!(!get("https://site.test"));
    assert!(get("https://evil.test/https://site.test/"));
    assert!(get("https://site.test.evil/"));
    assert!(get("https://site.test@evil.test/"));
    assert!(
        !foreign("POST", true, &[("host", "site.test"), ("referer", "https://evil.test/")]),
        "only a GET's counts"
    );
}

#[test]
fn what_is_fetched_ahead_of_time_is_foreign() {
    for (name, value) in
        [("sec-purpose", "prefetch;prerender"), ("purpose", "prefetch"), ("x-moz", "Prefetch")]
    {
        assert!(foreign("GET", true, &[("sec-fetch-site", "same-origin"), (name, value)]));
    }
}

#[test]
fn only_what_a_browser_sends_can_be_trusted() {
    for good in [
        "https://app.example.com",
        "https://app.example.com:8443",
        "http://localhost:3000",
        "https://[::1]:3000",
    ] {
        assert!(check_trusted(good).is_ok(), "{good}");
    }
    for bad in [
        "app.example.com",
        "https://",
        "https://App.example.com",
        "https://a.test/",
        "https://a.test:443",
        "http://a.test:80",
        "null",
        "*",
        "https://u@a.test",
        "https://a b",
    ] {
        assert!(check_trusted(bad).is_err(), "{bad}");
    }
}

#[test]
fn a_header_is_told_apart_by_its_name_and_by_its_text_alike() {
    let others = [
        "accept-language",
        "authorization",
        "sec-fetch-mode",
        "sec-fetch-dest",
        "upgrade",
        "cookie2",
        "x-mox",
    ];
    for name in HEADERS_READ.into_iter().chain(others) {
        let (of, named) = (Clue::of(&HeaderName::from_static(name)), Clue::named(&name.to_uppercase()));
        assert_eq!(of.map(|clue| clue as u8), named.map(|clue| clue as u8), "{name}");
        assert_eq!(of.is_some(), HEADERS_READ.contains(&name), "{name}");
    }
}
