//! Session ids: what the browser holds, and what the store keeps of it.

use std::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use passport_core::Token;
use sha2::{Digest, Sha256, block_api::compress256};

/// An id's length in a cookie: 32 bytes in base64url (RFC 4648, section 5) without padding.
pub(crate) const ID_LENGTH: usize = 43;

/// SHA-256 over the cookie's name, a zero byte and the session id: all that a store ever sees of an id.
///
/// A stolen database holds no key to a session, and an id is worth nothing in another cookie.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct IdHash([u8; 32]);

impl IdHash {
    /// From a store's own key.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// For a store's own key.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    pub(crate) fn of(cookie: &str, id: &[u8; 32]) -> Self {
        let Some(block) = padded(cookie.as_bytes(), id) else {
            let hash = Sha256::new().chain_update(cookie).chain_update([0]).chain_update(id);
            return Self(hash.finalize().into());
        };
        let (mut state, mut hash) = (INITIAL, [0; 32]);
        compress256(&mut state, &[block]);
        for (bytes, word) in hash.chunks_exact_mut(4).zip(state) {
            bytes.copy_from_slice(&word.to_be_bytes());
        }
        Self(hash)
    }

    /// Of a cookie's value. `None`: wrong length, alphabet, trailing bits or padding: no id, and no store call.
    pub(crate) fn of_token(cookie: &str, token: &Token) -> Option<Self> {
        decode(token.as_bytes()).map(|id| Self::of(cookie, &id))
    }
}

impl fmt::Debug for IdHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IdHash(..)")
    }
}

/// SHA-256's own beginning (FIPS 180-4, section 5.3.3).
const INITIAL: [u32; 8] =
    [0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19];

/// The one block to hash, padded (FIPS 180-4, section 5.1.1). Every request that asks who is there hashes one, and what the
/// general hasher does to gather it from pieces takes nearly as long as the hash itself. `None` for a name of more than 22
/// bytes: that takes two.
fn padded(name: &[u8], id: &[u8; 32]) -> Option<[u8; 64]> {
    let mut block = [0; 64];
    let end = name.len() + 1 + id.len();
    let length = block.len() - size_of::<u64>();
    if end >= length {
        return None;
    }
    block[..name.len()].copy_from_slice(name);
    block[name.len() + 1..end].copy_from_slice(id);
    block[end] = 0x80;
    block[length..].copy_from_slice(&(8 * end as u64).to_be_bytes());
    Some(block)
}

/// The cookie's value for 32 random bytes.
pub(crate) fn encode(id: &[u8; 32]) -> Token {
    let mut text = [0; ID_LENGTH];
    // The buffer has exactly the size of the encoding: there is nothing that could fail.
    let written = URL_SAFE_NO_PAD.encode_slice(id, &mut text).unwrap_or_default();
    Token::new(&text[..written])
}

/// What each digit of the alphabet stands for. Every request that brings a cookie reads one, twice as fast as the
/// general decoder, which knows neither the length nor the alphabet.
const DIGITS: [u8; 256] = {
    let mut digits = [NO_DIGIT; 256];
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut value = 0;
    while value < 64 {
        digits[alphabet[value as usize] as usize] = value;
        value += 1;
    }
    digits
};
/// More than six bits: it stays visible in an "or" of many.
const NO_DIGIT: u8 = 0x80;

/// Whether this is an id.
pub(crate) fn is_id(value: &[u8]) -> bool {
    let Ok(value) = <&[u8; ID_LENGTH]>::try_from(value) else { return false };
    // Sixteen bytes at a time, the last ones once more: that compiles to a few comparisons of whole registers.
    let parts = [value.first_chunk::<16>(), value[16..].first_chunk(), value.last_chunk()];
    parts.iter().all(|part| part.is_some_and(are_digits)) && is_canonical(value)
}

#[expect(clippy::needless_bitwise_bool, reason = "a choice for each byte would take them one by one")]
fn are_digits(bytes: &[u8; 16]) -> bool {
    let is_digit = |byte: u8| byte.is_ascii_alphanumeric() | (byte == b'-') | (byte == b'_');
    bytes.iter().fold(true, |all, byte| all & is_digit(*byte))
}

/// Whether the last digit adds no bits: 43 of them hold two more than 32 bytes, which are zero in the canonical form.
fn is_canonical(value: &[u8; ID_LENGTH]) -> bool {
    DIGITS[usize::from(value[ID_LENGTH - 1])].is_multiple_of(4)
}

/// The 32 bytes of a well-formed value.
pub(crate) fn decode(value: &[u8]) -> Option<[u8; 32]> {
    let value = <&[u8; ID_LENGTH]>::try_from(value).ok()?;
    let (mut id, mut all) = ([0; 33], 0);
    for (four, three) in value.chunks(4).zip(id.chunks_mut(3)) {
        let digits = four.iter().fold(0, |sum, digit| {
            let digit = DIGITS[usize::from(*digit)];
            all |= digit;
            sum << 6 | u32::from(digit)
        });
        let digits = digits << (6 * (4 - four.len()));
        three.copy_from_slice(&digits.to_be_bytes()[1..]);
    }
    id[..32].try_into().ok().filter(|_| all & NO_DIGIT == 0 && is_canonical(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_from_its_cookie() {
        let id = [0xfe; 32];
        assert_eq!(decode(encode(&id).as_bytes()), Some(id));
    }

    #[test]
    fn an_id_that_is_cut_padded_or_not_canonical_is_none() {
        let text = encode(&[0xfe; 32]).as_bytes().to_vec();
        for len in 0..text.len() {
            assert_eq!(decode(&text[..len]), None);
        }
        for wrong in [[&text[..], b"="].concat(), [&text[..42], b"+"].concat(), [&text[..42], b"5"].concat()]
        {
            assert_eq!(decode(&wrong), None, "{}", String::from_utf8_lossy(&wrong));
            assert!(!is_id(&wrong));
        }
    }

    #[test]
    fn what_is_taken_for_an_id_decodes_and_nothing_else() {
        let text = encode(&[0xfe; 32]).as_bytes().to_vec();
        for at in [0, 20, 42] {
            for byte in 0..=255 {
                let mut value = text.clone();
                value[at] = byte;
                assert_eq!(is_id(&value), decode(&value).is_some(), "{byte} at {at}");
            }
        }
    }

    #[test]
    fn a_name_of_any_length_is_hashed_as_the_general_hasher_does() {
        let (name, id) = ("n".repeat(80), [7; 32]);
        for name in (0..=80).map(|length| &name[..length]) {
            let general = Sha256::new().chain_update(name).chain_update([0]).chain_update(id);
            assert_eq!(IdHash::of(name, &id).0, *general.finalize(), "{name}");
            assert_eq!(padded(name.as_bytes(), &id).is_some(), name.len() <= 22, "{name}");
        }
    }

    #[test]
    fn an_id_is_another_session_in_another_cookie() {
        assert_ne!(IdHash::of("sid", &[1; 32]), IdHash::of("asid", &[1; 32]));
    }
}
