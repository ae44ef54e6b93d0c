//! A small site to send requests to, and what the oracles share.

use std::{
    pin::pin,
    sync::Arc,
    task::{Context, Poll, Waker},
};

use http::{HeaderMap, Method, header};
use passport_core::{Auth, Passport, Pending, SessionManager};

/// The cookie that all of the site's sessions are in.
pub(super) const COOKIE: &str = "__Host-session";

/// A site whose users are their names.
pub(super) struct Site {
    pub(super) manager: Arc<dyn SessionManager>,
    passport: Passport<String>,
}

impl Site {
    pub(super) fn over(sessions: impl Into<Arc<dyn SessionManager>>) -> Self {
        let manager = sessions.into();
        let passport = Passport::of_ids(manager.clone()).login_page("/login").build().unwrap();
        Self { manager, passport }
    }

    /// Logs somebody in. The cookie's value.
    pub(super) fn log_in(&self, name: &str) -> Vec<u8> {
        let (auth, pending) = self.begin(&HeaderMap::new());
        now(auth.login(name.to_owned())).unwrap();
        let set = set_cookie(pending).unwrap();
        let value = set.strip_prefix(COOKIE).and_then(|rest| rest.strip_prefix('=')).unwrap();
        value.split(';').next().unwrap().as_bytes().to_vec()
    }

    pub(super) fn begin(&self, headers: &HeaderMap) -> (Auth<String>, Pending) {
        let pending = self.passport.begin(&Method::POST, None, headers, None);
        (pending.session().auth().unwrap(), pending)
    }

    pub(super) fn user(&self, headers: &HeaderMap) -> Option<String> {
        now(self.begin(headers).0.user()).unwrap().map(|user| String::clone(&user))
    }
}

/// Ends a request whose end must not fail. The cookie that it sets.
pub(super) fn set_cookie(pending: Pending) -> Option<String> {
    let mut headers = HeaderMap::new();
    now(pending.finish()).unwrap().apply(&mut headers);
    headers.get(header::SET_COOKIE).map(|value| value.to_str().unwrap().to_owned())
}

/// What a future answers that has nothing to wait for: everything here is in memory.
pub(super) fn now<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(done) => done,
        Poll::Pending => panic!("it waits, with nothing to wait for"),
    }
}

/// Changes `base` as the bytes of `script` say, three for each change (how, where, what): near misses of something
/// that is right. Half of the ways count from the end.
pub(super) fn edited(base: &[u8], script: &[u8]) -> Vec<u8> {
    let mut bytes = base.to_vec();
    for change in script.chunks_exact(3) {
        let [how, at, new] = [change[0], change[1], change[2]];
        let at = (usize::from(how >> 4 & 7) << 8 | usize::from(at)) % (bytes.len() + 1);
        let at = if how & 0x80 == 0 { at } else { bytes.len().saturating_sub(at + 1) };
        match (how & 0x0f) % 5 {
            0 if at < bytes.len() => bytes[at] = new,
            1 if at < bytes.len() => bytes[at] ^= 1 << (new % 8),
            2 if at < bytes.len() => drop(bytes.remove(at)),
            3 => bytes.insert(at, new),
            4 => bytes.truncate(at),
            _ => {}
        }
    }
    bytes
}

/// Puts `new` wherever `text` has `old`: inputs cannot know ids that are drawn at random.
pub(super) fn filled_in(text: &[u8], old: &[u8], new: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.windows(old.len()).position(|window| window == old) {
        out.extend_from_slice(&rest[..at]);
        out.extend_from_slice(new);
        rest = &rest[at + old.len()..];
    }
    out.extend_from_slice(rest);
    out
}

/// Whether 32 bytes read so in base64url (RFC 4648, section 5): 43 characters, and no bit beyond the last byte.
pub(super) fn is_id(value: &[u8]) -> bool {
    value.len() == 43
        && value.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(byte))
        && b"AEIMQUYcgkosw048".contains(&value[42])
}
