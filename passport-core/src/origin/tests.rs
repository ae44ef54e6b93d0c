use http::{HeaderMap, HeaderName, HeaderValue};

use super::*;
use crate::{Clue, Presented, no_sessions::NoSessions};

/// What two ways to read the headers come to.
fn foreign(method: &str, secure: bool, headers: &[(&str, &str)]) -> bool {
    let (method, manager) = (method.parse().unwrap(), NoSessions::new());
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        map.append(name.parse::<HeaderName>().unwrap(), HeaderValue::from_str(value).unwrap());
    }
    let find = |clue: Clue| headers.iter().filter(move |(name, _)| *name == clue.name());
    let find = |clue| find(clue).map(|(_, value)| value.as_bytes());

    let judged = [&[][..], &["https://app.test".into()]].map(|trusted| {
        let [mut read, mut looked_up] = [(); 2].map(|()| Clues::default());
        let mut presented = Presented::default();
        read.read(&map, &manager, &mut presented);
        looked_up.look_up(find, &manager, &mut presented, &method, !trusted.is_empty());
        let [read, looked_up] =
            [read, looked_up].map(|clues| clues.is_foreign(&method, None, || secure, trusted));
        assert_eq!(read, looked_up, "{method} {headers:?}, {trusted:?} trusted");
        read
    });
    judged[1]
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
        [("sec-purpose", "prefetch;prerender"), ("sec-purpose", "Prefetch"), ("purpose", "prefetch")]
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
