//! Where the token is: in the `Authorization` header, and nowhere else.

use http::{HeaderMap, header};

/// What the header holds.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Bearer<'a> {
    /// No bearer token: another scheme, or nothing.
    Absent,
    /// One.
    One(&'a str),
    /// Two headers, or characters that no token has: nobody can say which token is meant (RFC 6750, section 3.1).
    Malformed,
}

/// Finds the token of a request (RFC 6750, section 2.1). Never in the body or the address, which ends up in logs.
pub(crate) fn bearer(headers: &HeaderMap) -> Bearer<'_> {
    let mut found = Bearer::Absent;
    for (at, value) in headers.get_all(header::AUTHORIZATION).iter().enumerate() {
        let one = match value.to_str() {
            Ok(text) => token(text),
            Err(_) => Bearer::Malformed,
        };
        found = match (at, found, one) {
            (0, _, one) => one,
            (_, Bearer::Absent, Bearer::Absent) => Bearer::Absent,
            _ => Bearer::Malformed,
        };
    }
    found
}

/// `Bearer` in any case, spaces, and a token in the alphabet of RFC 9110, section 11.2.
fn token(value: &str) -> Bearer<'_> {
    let (scheme, rest) = value.split_once(' ').unwrap_or((value, ""));
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Bearer::Absent;
    }
    let token = rest.trim_matches(' ');
    let known = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/=".contains(&byte);
    match !token.is_empty() && token.bytes().all(known) {
        true => Bearer::One(token),
        false => Bearer::Malformed,
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn found(values: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(header::AUTHORIZATION, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        format!("{:?}", bearer(&headers))
    }

    #[test]
    fn one_header_has_one_token() {
        assert_eq!(found(&["Bearer a.b.c"]), r#"One("a.b.c")"#);
        assert_eq!(found(&["bEARER   a.b-_~+/=  "]), r#"One("a.b-_~+/=")"#);
    }

    #[test]
    fn another_scheme_is_no_bearer_token() {
        for other in [&[][..], &["Basic Zm9v"], &["Bearerx a"], &[""], &["Basic Zm9v", "Digest x"]] {
            assert_eq!(found(other), "Absent", "{other:?}");
        }
    }

    #[test]
    fn two_headers_or_other_characters_are_refused() {
        let two = [["Bearer a", "Bearer a"], ["Basic Zm9v", "Bearer a"], ["Bearer a", "Basic Zm9v"]];
        for refused in two {
            assert_eq!(found(&refused), "Malformed", "{refused:?}");
        }
        for refused in ["Bearer", "Bearer ", "Bearer a b", "Bearer a,b", "Bearer \u{e4}", "Bearer \"a\""] {
            assert_eq!(found(&[refused]), "Malformed", "{refused:?}");
        }
    }
}
