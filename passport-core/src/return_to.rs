//! Where a visitor wanted to go before the login page came between.

use std::fmt;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, Uri, header, request::Parts};
use serde_core::Deserialize;
use serde_core::de::IgnoredAny;

/// The name of the parameter and of the form's field.
pub(crate) const FIELD: &str = "return_to";
/// The longest path that is followed, in bytes.
const LIMIT: usize = 2048;

/// A path on this site: never an address on another.
///
/// Visible ASCII, at most 2 KB, one `/` in front and no second, no backslash, no dot segment, encoded or
/// not: whatever a browser or a proxy might read as another host, or might fold into one. The query is free.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReturnTo(Box<str>);

impl ReturnTo {
    /// Checks a path. `None`: use the default page.
    ///
    /// # Examples
    ///
    /// ```
    /// use passport_core::ReturnTo;
    ///
    /// assert!(ReturnTo::parse("/profile?tab=1").is_some());
    /// assert!(ReturnTo::parse("//evil.example").is_none());
    /// assert!(ReturnTo::parse("https://evil.example").is_none());
    /// ```
    pub fn parse(path: &str) -> Option<Self> {
        let path_only = path.split(['?', '#']).next().unwrap_or_default();
        let whole = path.len() <= LIMIT
            && path.starts_with('/')
            && path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\')
            && !path.contains("//")
            && path_only.split('/').all(|segment| !is_dots(segment) && !hides_a_separator(segment));
        (whole && path.parse::<Uri>().is_ok()).then(|| Self(path.into()))
    }

    /// Where this request itself goes, if a browser is navigating there: what to come back to after login.
    pub fn here(method: &Method, uri: &Uri, headers: &HeaderMap) -> Option<Self> {
        let mode = headers.get("sec-fetch-mode").map(HeaderValue::as_bytes);
        if method != Method::GET || mode.is_some_and(|mode| mode != b"navigate") {
            return None;
        }
        Self::parse(uri.path_and_query()?.as_str())
    }

    /// What the login form, or the login address, says: the body first.
    pub(crate) fn of_login(req: &Request<Bytes>) -> Option<Self> {
        of_body(req).or_else(|| Self::of_query(req.uri()))
    }

    /// What the address of a page says: put it into the login form's hidden field `return_to`.
    pub fn of_query(uri: &Uri) -> Option<Self> {
        field(uri.query()?.as_bytes()).and_then(|path| Self::parse(&path))
    }

    /// What the address of a page says, of its parts.
    pub fn of_parts(parts: &Parts) -> Option<Self> {
        Self::of_query(&parts.uri)
    }

    /// The path, with its query.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ReturnTo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// `.` or `..`, with any of the dots percent-encoded.
fn is_dots(segment: &str) -> bool {
    matches!(segment.to_ascii_lowercase().replace("%2e", ".").as_str(), "." | "..")
}

/// An encoded slash, backslash or control character, also encoded twice.
fn hides_a_separator(segment: &str) -> bool {
    let lower = segment.to_ascii_lowercase();
    ["%2f", "%5c", "%25", "%0", "%1", "%7f"].iter().any(|hidden| lower.contains(hidden))
}

fn field(encoded: &[u8]) -> Option<String> {
    form_urlencoded::parse(encoded).find(|(name, _)| name == FIELD).map(|(_, value)| value.into_owned())
}

fn of_body(req: &Request<Bytes>) -> Option<ReturnTo> {
    let kind = req.headers().get(header::CONTENT_TYPE)?.as_bytes();
    let kind = kind.split(|byte| *byte == b';').next().unwrap_or_default().trim_ascii().to_ascii_lowercase();
    let path = match kind.as_slice() {
        b"application/x-www-form-urlencoded" => field(req.body())?,
        b"application/json" => json_field(req.body())?,
        _ => return None,
    };
    ReturnTo::parse(&path)
}

/// One member of a JSON object, without keeping the others: a password among them stays where it is.
fn json_field(body: &[u8]) -> Option<String> {
    struct Found(Option<String>);
    impl<'de> Deserialize<'de> for Found {
        fn deserialize<D: serde_core::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
            from.deserialize_map(Visitor)
        }
    }
    struct Visitor;
    impl<'de> serde_core::de::Visitor<'de> for Visitor {
        type Value = Found;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: serde_core::de::MapAccess<'de>>(self, mut map: A) -> Result<Found, A::Error> {
            let mut found = None;
            while let Some(name) = map.next_key::<std::borrow::Cow<'de, str>>()? {
                if name == FIELD {
                    found = Some(map.next_value::<String>()?);
                } else {
                    map.next_value::<IgnoredAny>()?;
                }
            }
            Ok(Found(found))
        }
    }
    serde_json::from_slice::<Found>(body).ok()?.0
}

/// Adds a parameter to a path of this site.
pub(crate) fn with_query(path: &str, name: &str, value: &str) -> String {
    let (path, fragment) = path.split_at(path.find('#').unwrap_or(path.len()));
    let separator = if path.contains('?') { '&' } else { '?' };
    let value: String = form_urlencoded::byte_serialize(value.as_bytes()).collect();
    format!("{path}{separator}{name}={value}{fragment}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_this_site_are_followed() {
        for good in ["/", "/profile", "/a/b.c/d..e/...", "/a?b=c&d=%2F", "/a%20b", "/caf%C3%A9"] {
            assert_eq!(ReturnTo::parse(good).map(|path| path.to_string()).as_deref(), Some(good));
        }
    }

    #[test]
    fn whatever_may_lead_elsewhere_is_the_default_page() {
        let long = format!("/{}", "a".repeat(LIMIT));
        for bad in [
            "",
            "evil",
            "//evil",
            "/\\evil",
            "\\evil",
            "/.//evil",
            "/a/..//evil",
            "/%2e//evil",
            "https:evil",
            "https://evil",
            "/a/../b",
            "/a/./b",
            "/..",
            "/%2E%2e/",
            "/.%2e/x",
            "/\t/evil",
            "/\n/evil",
            "/ /evil",
            "/a\r\nSet-Cookie: x",
            "javascript:alert(1)",
            "/\u{ff0f}evil",
            "/@evil//",
            "/%5cevil",
            "/%2f/evil",
            "/%2fevil",
            "/%252fevil",
            "/%09/evil",
            "/a?b=//evil",
            &long,
        ] {
            assert_eq!(ReturnTo::parse(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn only_a_navigation_is_remembered() {
        let uri: Uri = "/profile?x=1".parse().unwrap();
        let mode = |mode: &'static str| {
            HeaderMap::from_iter([("sec-fetch-mode".parse().unwrap(), HeaderValue::from_static(mode))])
        };
        let none = HeaderMap::new();
        assert_eq!(ReturnTo::here(&Method::GET, &uri, &none).unwrap().as_str(), "/profile?x=1");
        assert!(ReturnTo::here(&Method::GET, &uri, &mode("navigate")).is_some());
        assert!(ReturnTo::here(&Method::GET, &uri, &mode("cors")).is_none());
        assert!(ReturnTo::here(&Method::POST, &uri, &none).is_none());
    }

    #[test]
    fn the_form_says_where_to_go_and_the_address_if_it_does_not() {
        let req = |kind: &str, body: &'static str| {
            Request::builder()
                .uri("/login?return_to=%2Fquery")
                .header("content-type", kind)
                .body(Bytes::from_static(body.as_bytes()))
                .unwrap()
        };
        let of = |req| ReturnTo::of_login(&req).map(|path| path.to_string());
        assert_eq!(
            of(req("application/x-www-form-urlencoded; charset=utf-8", "a=b&return_to=%2Fform")).as_deref(),
            Some("/form")
        );
        assert_eq!(
            of(req("application/json", r#"{"password":["x"],"return_to":"/json"}"#)).as_deref(),
            Some("/json")
        );
        assert_eq!(of(req("application/json", r#"{"return_to":7}"#)).as_deref(), Some("/query"));
        assert_eq!(of(req("text/plain", "return_to=/form")).as_deref(), Some("/query"));
    }

    #[test]
    fn a_parameter_is_added_where_it_belongs() {
        assert_eq!(with_query("/", "return_to", "/profile?a=b"), "/?return_to=%2Fprofile%3Fa%3Db");
        assert_eq!(with_query("/in?x=1#form", "error", "a b"), "/in?x=1&error=a+b#form");
    }
}
