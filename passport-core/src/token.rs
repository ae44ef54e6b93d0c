//! What the browser holds.

use std::fmt;

/// A session cookie's value: an id, or a whole sealed session. It is a secret: `Debug` shows nothing of it.
#[derive(Clone)]
pub struct Token(Value);

/// An id needs no allocation.
#[derive(Clone)]
enum Value {
    Short(u8, [u8; 46]),
    Long(Box<[u8]>),
}

impl Token {
    /// From a cookie's value.
    #[inline]
    pub fn new(value: &[u8]) -> Self {
        match u8::try_from(value.len()) {
            Ok(len @ ..=46) => {
                let mut bytes = [0; 46];
                bytes[..value.len()].copy_from_slice(value);
                Self(Value::Short(len, bytes))
            }
            _ => Self(Value::Long(value.into())),
        }
    }

    /// As the cookie's value.
    #[inline]
    pub fn as_bytes(&self) -> &[u8] {
        match &self.0 {
            Value::Short(len, bytes) => &bytes[..usize::from(*len)],
            Value::Long(bytes) => bytes,
        }
    }
}

/// In constant time for equal lengths: a bearer token is never compared byte by byte until the first difference.
impl PartialEq for Token {
    fn eq(&self, other: &Self) -> bool {
        same(self.as_bytes(), other.as_bytes())
    }
}

impl Eq for Token {}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(..)")
    }
}

/// Compares without telling, by the time it takes, where the difference is.
pub(crate) fn same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && std::hint::black_box(a.iter().zip(b).fold(0, |all, (a, b)| all | (a ^ b))) == 0
}

/// The same for what always has sixteen bytes, and is compared in every request that asks who is there.
pub(crate) fn same16(a: &[u8; 16], b: &[u8; 16]) -> bool {
    std::hint::black_box(u128::from_ne_bytes(*a) ^ u128::from_ne_bytes(*b)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_shows_nothing_of_itself() {
        assert_eq!(format!("{:?}", Token::new(b"secret")), "Token(..)");
    }

    #[test]
    fn short_and_long_tokens_keep_their_bytes() {
        for len in [0, 1, 43, 46, 47, 4096] {
            let value = vec![b'x'; len];
            assert_eq!(Token::new(&value).as_bytes(), value);
            assert_eq!(Token::new(&value), Token::new(&value));
        }
        assert_ne!(Token::new(b"a"), Token::new(b"b"));
    }
}
