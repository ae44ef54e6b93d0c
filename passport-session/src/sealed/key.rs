//! The keys that cookie-only sessions are sealed with.

use std::{fmt, str::FromStr};

use base64::{
    Engine, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use passport_core::{BoxError, Error};
use zeroize::Zeroizing;

/// Whoever made the text: padded or not.
const LENIENT: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, LENIENT);

/// A secret of 32 random bytes. It is wiped from memory when dropped, and `Debug` shows nothing of it.
///
/// # Examples
///
/// The output of `openssl rand -base64 32`, kept where the application keeps its secrets:
///
/// ```
/// use passport_session::Key;
///
/// let key: Key = "n6oGWXfGYdKnCwwlOZZJQ1DqG5kz0yqNWxeG1+HLGiY=".parse()?;
/// # Ok::<(), passport_session::KeyError>(())
/// ```
///
/// # Security
///
/// Whoever has the key can make a session for any user. A password is no key.
#[derive(Clone)]
pub struct Key(Zeroizing<[u8; 32]>);

impl Key {
    /// From 32 bytes that were drawn at random.
    pub fn from_bytes(random: [u8; 32]) -> Self {
        Self(Zeroizing::new(random))
    }

    /// A new one from the operating system's random numbers: all sessions end with this process, and no
    /// other process can read them.
    ///
    /// # Errors
    ///
    /// [`Error::Session`] if the operating system has no random numbers.
    pub fn generate() -> Result<Self, Error> {
        let mut key = Zeroizing::new([0; 32]);
        getrandom::fill(&mut *key).map_err(|error| Error::Session(BoxError::from(error)))?;
        Ok(Self(key))
    }

    pub(super) fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// From base64 or base64url (RFC 4648), padded or not; white space around it is passed over.
impl FromStr for Key {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let text = text.trim();
        let bytes = STANDARD.decode(text).or_else(|_| URL_SAFE.decode(text));
        let bytes = Zeroizing::new(bytes.map_err(|_| KeyError::NotBase64)?);
        let mut key = Zeroizing::new([0; 32]);
        if bytes.len() != key.len() {
            return Err(KeyError::Length(bytes.len()));
        }
        key.copy_from_slice(&bytes);
        Ok(Self(key))
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(..)")
    }
}

/// Why a text is not a [`Key`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// It is not base64.
    #[error("the session key is not base64: make one with `openssl rand -base64 32`")]
    NotBase64,
    /// It is not 32 bytes.
    #[error("the session key has {0} bytes and must have 32: make one with `openssl rand -base64 32`")]
    Length(usize),
}

/// The key that seals, and retired ones that still open.
///
/// To change keys without signing anybody out, retire the old key for as long as a session may live (a
/// remembered one too), then drop it.
///
/// # Examples
///
/// ```
/// use passport_session::{Key, Keys};
///
/// fn rotated(new: Key, old: Key) -> Keys {
///     Keys::new(new).and_retired(old)
/// }
/// ```
#[derive(Clone)]
pub struct Keys(Vec<Key>);

impl Keys {
    /// Seals and opens with this one.
    pub fn new(newest: Key) -> Self {
        Self(vec![newest])
    }

    /// Opens with this one too, and seals nothing with it any more.
    pub fn and_retired(mut self, old: Key) -> Self {
        self.0.push(old);
        self
    }

    pub(super) fn newest(&self) -> &Key {
        &self.0[0]
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &Key> {
        self.0.iter()
    }
}

impl From<Key> for Keys {
    fn from(newest: Key) -> Self {
        Self::new(newest)
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Keys({})", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_from_any_common_base64() {
        let bytes = [0xfb; 32];
        let padded = base64::engine::general_purpose::STANDARD.encode(bytes);
        let url = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes);
        for text in [&padded, &url, padded.trim_end_matches('='), &format!(" {padded}\n")] {
            assert_eq!(text.parse::<Key>().unwrap().as_bytes(), &bytes, "{text}");
        }
    }

    #[test]
    fn a_text_that_is_no_key_says_why() {
        assert_eq!("not base64!".parse::<Key>().unwrap_err(), KeyError::NotBase64);
        assert_eq!("AAAA".parse::<Key>().unwrap_err(), KeyError::Length(3));
        assert_eq!("".parse::<Key>().unwrap_err(), KeyError::Length(0));
        assert!(KeyError::Length(3).to_string().contains("must have 32"));
    }

    #[test]
    fn two_generated_keys_differ_and_show_nothing() {
        let (one, two) = (Key::generate().unwrap(), Key::generate().unwrap());
        assert_ne!(one.as_bytes(), two.as_bytes());
        assert_eq!(format!("{one:?} {:?}", Keys::from(two)), "Key(..) Keys(1)");
    }
}
