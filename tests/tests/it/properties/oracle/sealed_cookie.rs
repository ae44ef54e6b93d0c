use std::sync::LazyLock;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use passport_core::Record;
use passport_session::{FakeClock, Key, MemoryRevocations, SealedSessions};

use super::site::{COOKIE, Site, edited, now};

const KEY: [u8; 32] = [7; 32];
/// The times in front of the record.
const TIMES: usize = 24;

struct Sealed {
    site: Site,
    /// Whose, and the cookie. Of three lengths: base64 of each ends in another way.
    real: [(&'static str, Vec<u8>); 3],
}

static SEALED: LazyLock<Sealed> = LazyLock::new(|| {
    let site = site();
    let real = ["alice", "bert", "eve"].map(|name| (name, site.log_in(name)));
    Sealed { site, real }
});

fn site() -> Site {
    let sessions = SealedSessions::new(Key::from_bytes(KEY), MemoryRevocations::new());
    Site::over(sessions.clock(FakeClock::new()))
}

/// A sealed cookie. The first byte says how it is made of the others: `r` as they are, `e` a real one with
/// changes, `s` the beginning of one real cookie and the end of another, anything else sealed with the real key.
///
/// - Without the key nothing opens but the very cookies that were sealed.
/// - What is in a cookie that was sealed with the key, by another release or application, is no panic and no 500.
pub fn sealed_cookie(data: &[u8]) {
    let Some((how, rest)) = data.split_first() else { return };
    let real = || SEALED.real.iter().map(|(_, cookie)| cookie);
    match how {
        b'r' => ask(rest),
        b'e' => {
            real().for_each(|cookie| ask(&edited(cookie, rest)));
            if rest.is_empty() {
                real().for_each(|cookie| ask_about_endings(cookie));
            }
        }
        b's' => {
            let at = rest.iter().take(2).fold(0, |at, byte| at << 8 | usize::from(*byte));
            for (one, other) in real().flat_map(|one| real().map(move |other| (one, other))) {
                let at = at % (one.len().min(other.len()) + 1);
                ask(&[&one[..at], &other[at..]].concat());
            }
        }
        _ => sealed_with_the_key(rest),
    }
}

fn ask(value: &[u8]) {
    let Sealed { site, real } = &*SEALED;
    let expected = real.iter().find(|(_, cookie)| cookie == value).map(|(name, _)| *name);
    let Some(headers) = sent(value) else { return };
    assert_eq!(site.user(&headers).as_deref(), expected);
}

/// The last character may hold bits that belong to no byte.
fn ask_about_endings(cookie: &[u8]) {
    for last in b'!'..=b'~' {
        // A semicolon ends the cookie.
        if last != b';' {
            ask(&[&cookie[..cookie.len() - 1], &[last]].concat());
        }
    }
}

fn sealed_with_the_key(plain: &[u8]) {
    let nonce = [9; 24];
    let name = [b"passport sealed session 1\0", COOKIE.as_bytes()].concat();
    let sealed = XChaCha20Poly1305::new(&KEY.into())
        .encrypt(&XNonce::from(nonce), Payload { msg: plain, aad: &name })
        .unwrap();
    let Some(headers) = sent(URL_SAFE_NO_PAD.encode([&nonce[..], &sealed].concat()).as_bytes()) else {
        return;
    };
    // One of its own: a logout is remembered.
    let site = site();
    let (auth, pending) = site.begin(&headers);
    match now(auth.user()) {
        Ok(Some(_)) => assert!(Record::from_bytes(&plain[TIMES..]).is_ok()),
        Ok(None) => {}
        Err(error) => {
            assert_eq!(error.status(), StatusCode::SERVICE_UNAVAILABLE, "{error}");
            assert!(plain.get(TIMES).is_some_and(|schema| *schema > 1), "only of a newer release: {error}");
        }
    }
    drop((now(auth.session().keys()), now(auth.session().get::<String>("cart"))));
    auth.session().insert("seen", true).unwrap();
    drop(now(pending.finish()));
    let (auth, _pending) = site.begin(&headers);
    if now(auth.logout()).is_ok() {
        assert_eq!(site.user(&headers), None, "a logout was undone");
    }
}

fn sent(value: &[u8]) -> Option<HeaderMap> {
    let value = HeaderValue::from_bytes(&[COOKIE.as_bytes(), b"=", value].concat()).ok()?;
    Some(HeaderMap::from_iter([(header::COOKIE, value)]))
}
