//! What a session adds to the answer.

use http::{HeaderName, HeaderValue, header};

use crate::ResponseHeaders;

use crate::logout::ClearSiteData;

/// Asks the browser to forget what it holds of this site (W3C Clear Site Data, section 3.1).
const CLEAR_SITE_DATA: HeaderName = HeaderName::from_static("clear-site-data");
const CDN_CACHE_CONTROL: HeaderName = HeaderName::from_static("cdn-cache-control");
const SURROGATE_CONTROL: HeaderName = HeaderName::from_static("surrogate-control");
// Looked at byte by byte when they are made: that is done once, by the compiler.
const COOKIE: HeaderValue = HeaderValue::from_static("Cookie");
const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");
const PRIVATE: HeaderValue = HeaderValue::from_static("private, no-store");

/// What to add to the answer: mostly little or nothing, so it is a small value and no map.
#[derive(Clone, Debug, Default)]
#[must_use = "without these headers the browser never hears of the session: apply them to the response"]
pub struct Headers {
    pub(super) cookie: Option<HeaderValue>,
    pub(super) vary: bool,
    pub(super) private: bool,
    pub(super) clear: ClearSiteData,
}

impl Headers {
    /// Whether there is nothing to add.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.cookie.is_none() && !self.vary && !self.private && self.clear == ClearSiteData::Nothing
    }

    /// Adds them to a response, after the handler's own.
    ///
    /// `Set-Cookie` is appended, and no cache may keep what carries it. An answer that found a session is
    /// for this visitor's browser only, unless the handler said otherwise. `Vary: Cookie` tells caches that
    /// the answer depends on the cookie (RFC 9110, section 12.5.5).
    #[inline]
    pub fn apply(self, headers: &mut impl ResponseHeaders) {
        if !self.is_empty() {
            self.add_to(headers);
        }
    }

    fn add_to(self, headers: &mut impl ResponseHeaders) {
        let said = Said::by(headers);
        if self.vary && !said.varies {
            headers.append(header::VARY, COOKIE);
        }
        match self.clear {
            ClearSiteData::Nothing => {}
            // A handler that names something itself knows better.
            ClearSiteData::Cache => {
                if !said.clears {
                    headers.append(CLEAR_SITE_DATA, HeaderValue::from_static("\"cache\""));
                }
            }
            ClearSiteData::Everything => {
                let everything = HeaderValue::from_static("\"cache\", \"cookies\", \"storage\"");
                headers.insert(CLEAR_SITE_DATA, everything);
            }
        }
        let control = match self.cookie {
            Some(cookie) => {
                headers.append(header::SET_COOKIE, cookie);
                NO_STORE
            }
            // `CDN-Cache-Control` and `Surrogate-Control` without `Cache-Control` are no decision of the handler's: they go.
            None if self.private && !said.cache_control => PRIVATE,
            None => return,
        };
        match said.cache_control {
            true => headers.insert(header::CACHE_CONTROL, control),
            false => headers.append(header::CACHE_CONTROL, control),
        }
        if said.cdn_cache_control {
            headers.remove(&CDN_CACHE_CONTROL);
        }
        if said.surrogate_control {
            headers.remove(&SURROGATE_CONTROL);
        }
    }
}

/// What the handler has said itself: found in one pass, because most answers have a handful of headers.
#[derive(Default)]
struct Said {
    /// That the answer depends on the cookie, or on everything.
    varies: bool,
    clears: bool,
    cache_control: bool,
    cdn_cache_control: bool,
    surrogate_control: bool,
}

impl Said {
    fn by(headers: &impl ResponseHeaders) -> Self {
        let mut said = Self::default();
        for (name, value) in headers.all() {
            said.note(name, value);
        }
        said
    }

    /// The length alone rules most names out. A framework may keep them as they were written: a word to
    /// caches must not be overlooked for its capitals.
    fn note(&mut self, name: &str, value: &[u8]) {
        let is = |wanted: &str| name.eq_ignore_ascii_case(wanted);
        match name.len() {
            4 if is("vary") => self.varies |= names_cookie(value),
            13 if is("cache-control") => self.cache_control = true,
            15 if is("clear-site-data") => self.clears = true,
            17 if is("cdn-cache-control") => self.cdn_cache_control = true,
            17 if is("surrogate-control") => self.surrogate_control = true,
            _ => {}
        }
    }
}

fn names_cookie(vary: &[u8]) -> bool {
    let mut names = vary.split(|byte| *byte == b',').map(<[u8]>::trim_ascii);
    names.any(|name| name == b"*" || name.eq_ignore_ascii_case(b"cookie"))
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;

    use super::*;

    fn applied(headers: Headers, own: &[(HeaderName, &'static str)]) -> HeaderMap {
        let mut map = HeaderMap::new();
        for (name, value) in own {
            map.append(name, HeaderValue::from_static(value));
        }
        headers.apply(&mut map);
        map
    }

    #[test]
    fn an_answer_that_asked_nothing_stays_as_it_is() {
        assert!(applied(Headers::default(), &[]).is_empty());
    }

    #[test]
    fn no_cache_keeps_an_answer_with_a_cookie() {
        let headers = Headers {
            cookie: Some(HeaderValue::from_static("a=b")),
            vary: true,
            private: true,
            ..Headers::default()
        };
        let own = [
            (header::CACHE_CONTROL, "public, max-age=60"),
            (CDN_CACHE_CONTROL, "max-age=60"),
            (SURROGATE_CONTROL, "max-age=60"),
        ];
        let map = applied(headers, &own);
        assert_eq!(map[header::CACHE_CONTROL], "no-store");
        assert_eq!((map.get(CDN_CACHE_CONTROL), map.get(SURROGATE_CONTROL)), (None, None));
        assert_eq!(
            (&map[header::SET_COOKIE], &map[header::VARY]),
            (&HeaderValue::from_static("a=b"), &HeaderValue::from_static("Cookie"))
        );
    }

    #[test]
    fn a_private_page_is_not_kept_unless_the_handler_said_so() {
        let headers = || Headers { vary: true, private: true, ..Headers::default() };
        assert_eq!(applied(headers(), &[])[header::CACHE_CONTROL], "private, no-store");
        let own = applied(headers(), &[(header::CACHE_CONTROL, "max-age=60")]);
        assert_eq!(own[header::CACHE_CONTROL], "max-age=60");
    }

    #[test]
    fn a_name_in_capitals_is_the_same_header() {
        let mut said = Said::default();
        for name in ["Cache-Control", "CDN-Cache-Control", "Surrogate-Control", "Clear-Site-Data"] {
            said.note(name, b"");
        }
        said.note("Vary", b"Cookie");
        assert!(said.cache_control && said.cdn_cache_control && said.surrogate_control);
        assert!(said.clears && said.varies);
    }

    #[test]
    fn vary_is_said_once() {
        let headers = || Headers { vary: true, ..Headers::default() };
        for own in ["cookie", "Accept, Cookie", "*"] {
            assert_eq!(
                applied(headers(), &[(header::VARY, own)]).get_all(header::VARY).iter().count(),
                1,
                "{own}"
            );
        }
        assert_eq!(applied(headers(), &[(header::VARY, "accept")]).get_all(header::VARY).iter().count(), 2);
    }
}
