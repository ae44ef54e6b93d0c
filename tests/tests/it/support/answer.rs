//! What a browser sees of an answer.

use std::collections::BTreeMap;

use http::{HeaderMap, HeaderName, StatusCode, header};
use passport_tests::client::cookies;

/// The headers that a request added to its answer; the answer itself, if its end failed.
#[derive(Debug)]
pub(crate) struct Answer {
    /// `None`: the handler's own.
    pub(crate) failed: Option<StatusCode>,
    pub(crate) headers: HeaderMap,
}

impl Answer {
    pub(crate) fn header(&self, name: &HeaderName) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// Every `Set-Cookie`, whole.
    pub(crate) fn set_cookies(&self) -> Vec<&str> {
        let all = self.headers.get_all(header::SET_COOKIE).iter();
        all.map(|value| value.to_str().unwrap()).collect()
    }

    pub(crate) fn sets_no_cookie(&self) -> bool {
        self.set_cookies().is_empty()
    }

    /// The one session cookie that was handed out, as a browser sends it back.
    pub(crate) fn cookie(&self) -> String {
        let all = self.set_cookies();
        let [one] = all.as_slice() else { panic!("one cookie, not {}", all.len()) };
        let pair = one.split(';').next().unwrap();
        assert!(!pair.ends_with('='), "the cookie was taken away");
        pair.to_owned()
    }

    /// Whether the one cookie it sets is the removal of the session's.
    pub(crate) fn takes_the_cookie_away(&self) -> bool {
        let all = self.set_cookies();
        matches!(all.as_slice(), [one] if one.split(';').next().unwrap().ends_with('=') && one.contains("Max-Age=0"))
    }
}

/// A jar of cookies.
#[derive(Clone, Debug, Default)]
pub(crate) struct Jar(BTreeMap<String, String>);

impl Jar {
    /// Does what the answer says.
    pub(crate) fn keep(&mut self, answer: &Answer) {
        cookies::keep(&mut self.0, answer.set_cookies());
    }

    /// The `Cookie` header; empty without any.
    pub(crate) fn cookies(&self) -> String {
        cookies::header(&self.0).unwrap_or_default()
    }
}
