//! What a sealed cookie is: `base64url(nonce, XChaCha20-Poly1305(seen, expires, end, record))`.
//!
//! XChaCha20-Poly1305, because its nonces of 192 bits may be drawn at random without counting how often a key was
//! used, and because it runs in constant time on processors without instructions for AES. AES-GCM-SIV would
//! also survive a repeated nonce, but ask to change the key in time.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use passport_core::{Error, Life, Record, RecordError, Timestamp};

use super::{Key, Keys};
use crate::StoreError;

pub(super) const NONCE: usize = 24;
const TAG: usize = 16;
const TIMES: usize = 24;
const EMPTY_RECORD: usize = 23;

/// What is authenticated besides, with the cookie's name after it: a cookie of another kind, of another layout or
/// under another name does not open.
const SCHEMA: &[u8] = b"passport sealed session 1\0";

/// The most that a browser keeps (RFC 6265, section 6.1): name, value and attributes together.
const COOKIE: usize = 4096;
/// The longest attributes there can be, with the `=` after the name.
const ATTRIBUTES: usize = "=; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=18446744073709551615".len();
/// The shortest value.
const SHORTEST: usize = encoded(NONCE + TIMES + EMPTY_RECORD + TAG);

const TOO_LARGE: Error =
    Error::TooLarge("2900 bytes, logins included, because all of it travels in one cookie");

/// What a cookie holds.
#[derive(Clone, Debug)]
pub(super) struct Contents {
    pub(super) record: Record,
    /// When this copy was sealed, and when it is over.
    pub(super) life: Life,
    /// When every copy is over.
    pub(super) end: Timestamp,
}

impl Contents {
    pub(super) fn is_over(&self, now: Timestamp) -> bool {
        now >= self.life.expires || now >= self.end
    }
}

/// The longest value that a cookie of this name can have.
pub(super) fn longest(cookie: &str) -> usize {
    COOKIE.saturating_sub(ATTRIBUTES + cookie.len())
}

/// Whether a cookie of this name has room for a session at all.
pub(super) fn has_room(cookie: &str) -> bool {
    longest(cookie) >= 2 * SHORTEST
}

/// Whether it could be a sealed session: without any cryptography.
pub(super) fn is_well_formed(cookie: &str, value: &[u8]) -> bool {
    (SHORTEST..=longest(cookie)).contains(&value.len())
        && value.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

/// The cookie's value.
///
/// # Errors
///
/// [`Error::TooLarge`] if no browser would keep it.
pub(super) fn seal(
    keys: &Keys,
    cookie: &str,
    nonce: [u8; NONCE],
    contents: &Contents,
) -> Result<String, Error> {
    let record = contents.record.as_bytes();
    if encoded(NONCE + TIMES + record.len() + TAG) > longest(cookie) {
        return Err(TOO_LARGE);
    }
    let mut plain = Vec::with_capacity(TIMES + record.len());
    for time in [contents.life.seen, contents.life.expires, contents.end] {
        plain.extend_from_slice(&time.as_millis().to_le_bytes());
    }
    plain.extend_from_slice(record);
    encrypt(keys, cookie, nonce, &plain)
}

pub(super) fn encrypt(keys: &Keys, cookie: &str, nonce: [u8; NONCE], plain: &[u8]) -> Result<String, Error> {
    let nonce = XNonce::from(nonce);
    let payload = Payload { msg: plain, aad: &associated(cookie) };
    // The cipher refuses messages of 256 GB and no others.
    let sealed = cipher(keys.newest()).encrypt(&nonce, payload).map_err(|_| TOO_LARGE)?;
    Ok(URL_SAFE_NO_PAD.encode([&nonce[..], &sealed].concat()))
}

/// What was sealed under this name with one of these keys. `None`: nothing was, and no more can be said.
///
/// # Errors
///
/// If what was sealed is of a newer release.
pub(super) fn open(keys: &Keys, cookie: &str, value: &[u8]) -> Result<Option<Contents>, StoreError> {
    if !is_well_formed(cookie, value) {
        return Ok(None);
    }
    let Ok(bytes) = URL_SAFE_NO_PAD.decode(value) else { return Ok(None) };
    let Some((nonce, sealed)) = bytes.split_first_chunk::<NONCE>() else { return Ok(None) };
    let (nonce, associated) = (XNonce::from(*nonce), associated(cookie));
    let payload = || Payload { msg: sealed, aad: &associated };
    let plain = keys.all().find_map(|key| cipher(key).decrypt(&nonce, payload()).ok());
    plain.map(|plain| read(&plain)).transpose()
}

fn read(plain: &[u8]) -> Result<Contents, StoreError> {
    let mut rest = plain;
    let mut time = || {
        let (bytes, after) = rest.split_first_chunk().ok_or(StoreError::Corrupt)?;
        rest = after;
        Ok::<_, StoreError>(Timestamp::from_millis(u64::from_le_bytes(*bytes)))
    };
    let (seen, expires, end) = (time()?, time()?, time()?);
    let record = Record::from_bytes(rest).map_err(|error| match error {
        RecordError::TooNew(schema) => StoreError::SchemaTooNew(schema),
        _ => StoreError::Corrupt,
    })?;
    Ok(Contents { record, life: Life { seen, expires }, end })
}

fn cipher(key: &Key) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(key.as_bytes().into())
}

fn associated(cookie: &str) -> Vec<u8> {
    [SCHEMA, cookie.as_bytes()].concat()
}

/// The length of base64 without padding.
const fn encoded(bytes: usize) -> usize {
    (bytes * 4).div_ceil(3)
}
