//! The session cookie: its name, its attributes, and finding it in a request.

use std::{fmt::Write, time::Duration};

use cookie::{Cookie, SameSite};
use http::HeaderValue;
use memchr::memchr;
use passport_core::Error;

/// The prefix that makes a browser refuse the cookie from anywhere but this very host, over https, for the
/// whole site (RFC 6265bis, section 4.1.3.2).
const HOST_PREFIX: &str = "__Host-";

/// Room for the age at which a cookie ends, in bytes.
const MAX_AGE: usize = 32;

/// What a browser demands `Secure` for, in upper or lower case: the names that begin so are refused without
/// (RFC 6265bis, section 5.7).
const SECURE_PREFIXES: [&str; 4] = ["__host-", "__secure-", "__http-", "__host-http-"];

/// How the session travels.
#[derive(Clone, Debug)]
pub(crate) struct SessionCookie {
    /// As the browser knows it.
    name: Box<str>,
    secure: bool,
    /// What stands behind the value, whatever that is.
    attributes: Box<str>,
}

impl Default for SessionCookie {
    fn default() -> Self {
        Self::named("session", true)
    }
}

impl SessionCookie {
    fn named(name: &str, secure: bool) -> Self {
        let bare = name.strip_prefix(HOST_PREFIX).unwrap_or(name);
        let prefix = if secure { HOST_PREFIX } else { "" };
        let name: Box<str> = [prefix, bare].concat().into();
        let whole = build(&name, secure).to_string();
        // The name may be none yet, and then is refused when the application starts.
        let attributes = whole.split_once('=').map_or("", |(_, attributes)| attributes).into();
        Self { name, secure, attributes }
    }

    pub(crate) fn rename(&mut self, name: &str) {
        *self = Self::named(name, self.secure);
    }

    pub(crate) fn insecure_for_development(&mut self) {
        *self = Self::named(&self.name, false);
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn is_secure(&self) -> bool {
        self.secure
    }

    /// Refuses a name that no browser would send back: it must be a token (RFC 9110, section 5.6.2).
    pub(crate) fn check(&self) -> Result<(), Error> {
        let bare = self.name.strip_prefix(HOST_PREFIX).unwrap_or(&self.name);
        let token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
        if bare.is_empty() || !bare.bytes().all(token) {
            return Err(Error::Config(
                format!("`{bare}` cannot be a cookie's name: use letters, digits and any of !#$%&'*+-.^_`|~")
                    .into(),
            ));
        }
        let lower = self.name.to_ascii_lowercase();
        if !self.secure && SECURE_PREFIXES.iter().any(|prefix| lower.starts_with(prefix)) {
            return Err(Error::Config(
                format!("browsers refuse a cookie named `{bare}` over plain http: leave its prefix away")
                    .into(),
            ));
        }
        Ok(())
    }

    /// Calls `found` with every value under this name in one `Cookie` header (RFC 6265, section 5.4). The name matches
    /// byte for byte; only space and tab around name and value are passed over.
    pub(crate) fn find<'a>(&self, header: &'a [u8], mut found: impl FnMut(&'a [u8])) {
        let mut rest = header;
        loop {
            let end = memchr(b';', rest);
            if let Some(value) = self.value(&rest[..end.unwrap_or(rest.len())]) {
                found(value);
            }
            let Some(end) = end else { return };
            rest = &rest[end + 1..];
        }
    }

    fn value<'a>(&self, pair: &'a [u8]) -> Option<&'a [u8]> {
        let rest = trim(pair).strip_prefix(self.name.as_bytes())?;
        Some(trim(trim(rest).strip_prefix(b"=")?))
    }

    /// The `Set-Cookie` that hands `value` to the browser: for its session, or for so long.
    pub(crate) fn set(&self, value: &str, max_age: Option<Duration>) -> Result<HeaderValue, Error> {
        // As long as it will be: what has room left is moved once more.
        let age = max_age.map_or(0, |_| MAX_AGE);
        let length = self.name.len() + 1 + value.len() + self.attributes.len() + age;
        let mut text = String::with_capacity(length);
        text.extend([&self.name, "=", value, &self.attributes]);
        if let Some(age) = max_age {
            // A string takes whatever is written to it.
            let _ = write!(text, "; Max-Age={}", age.as_secs());
        }
        HeaderValue::try_from(text).map_err(|_| Error::Config("the session cookie is no header value".into()))
    }

    /// The `Set-Cookie` that takes it away: the same name, path and flags, in the past.
    pub(crate) fn expire(&self) -> HeaderValue {
        let mut cookie = build(&self.name, self.secure);
        cookie.make_removal();
        // The name was checked at start; without a header nothing could be taken away, so there is always one.
        HeaderValue::try_from(cookie.to_string()).unwrap_or_else(|_| HeaderValue::from_static(""))
    }
}

/// The cookie without a value.
fn build(name: &str, secure: bool) -> Cookie<'_> {
    Cookie::build((name, "")).path("/").http_only(true).same_site(SameSite::Lax).secure(secure).build()
}

fn trim(mut bytes: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = bytes {
        bytes = rest;
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn development() -> SessionCookie {
        let mut cookie = SessionCookie::default();
        cookie.insecure_for_development();
        cookie
    }

    #[test]
    fn the_default_cookie_is_bound_to_host_and_https() {
        let set = SessionCookie::default().set("value", None).unwrap();
        assert_eq!(set, "__Host-session=value; HttpOnly; SameSite=Lax; Secure; Path=/");
    }

    #[test]
    fn the_development_cookie_loses_secure_and_nothing_else() {
        let set = development().set("value", Some(Duration::from_secs(60))).unwrap();
        assert_eq!(set, "session=value; HttpOnly; SameSite=Lax; Path=/; Max-Age=60");
    }

    #[test]
    fn removal_has_the_same_name_path_and_flags() {
        let expire = SessionCookie::default().expire();
        let text = expire.to_str().unwrap();
        assert!(
            text.starts_with("__Host-session=; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=0;"),
            "{text}"
        );
    }

    #[test]
    fn a_renamed_cookie_keeps_its_prefix_in_production() {
        let mut cookie = SessionCookie::default();
        cookie.rename("asid");
        assert_eq!(cookie.name(), "__Host-asid");
        cookie.insecure_for_development();
        assert_eq!(cookie.name(), "asid");
    }

    #[test]
    fn a_name_that_no_browser_sends_back_is_refused() {
        for name in ["", "a b", "a;b", "a=b", "é", "a\u{0}"] {
            let mut cookie = development();
            cookie.rename(name);
            assert!(cookie.check().is_err(), "{name:?}");
        }
        assert!(SessionCookie::default().check().is_ok());
    }

    #[test]
    fn a_name_that_browsers_refuse_over_plain_http_is_refused() {
        for name in ["__Secure-asid", "__host-asid", "__HTTP-asid"] {
            let mut cookie = development();
            cookie.rename(name);
            assert!(cookie.check().is_err(), "{name:?}");
        }
        let mut stripped = development();
        stripped.rename("__Host-asid");
        assert!(stripped.check().is_ok());
    }

    #[test]
    fn values_are_found_byte_for_byte() {
        let cookie = development();
        let found = |header: &'static str| {
            let mut values = Vec::new();
            cookie.find(header.as_bytes(), |value| values.push(str::from_utf8(value).unwrap()));
            values
        };
        assert_eq!(found("session=a; other=b;session=c ;\tsession\t=\td"), ["a", "c", "d"]);
        assert!(found("Session=a; xsession=b; sess%69on=c; session; =; ;;; session2=d").is_empty());
    }
}
