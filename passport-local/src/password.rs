//! A password, from the form to the hash.

use std::fmt;

use serde::{Deserialize, Deserializer};
use unicode_normalization::{UnicodeNormalization, is_nfc};
use zeroize::Zeroizing;

/// A password as it was typed: shown nowhere, and overwritten in memory when it is dropped.
///
/// It is not `Clone`, so that there is one place to overwrite. It deserializes, for an application's own
/// form types, and never serializes.
///
/// # Examples
///
/// ```
/// use passport_local::Password;
///
/// let password = Password::new("correct horse battery staple");
/// assert_eq!(format!("{password:?}"), "Password(…)");
/// ```
pub struct Password(Zeroizing<String>);

impl Password {
    /// The longest password that is ever hashed, in bytes: 1,024. A longer one is wrong for every name.
    pub const MAX_LEN: usize = 1024;

    /// Takes over what was typed.
    pub fn new(typed: impl Into<String>) -> Self {
        Self(Zeroizing::new(typed.into()))
    }

    /// Exposes what was typed, byte for byte.
    ///
    /// # Security
    ///
    /// For code that must pass the password on, to a directory server for instance. What copies the bytes
    /// answers for the copy.
    pub fn expose_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    /// Exposes what was typed, as text.
    ///
    /// # Security
    ///
    /// As for [`Password::expose_bytes`].
    pub fn expose_str(&self) -> &str {
        &self.0
    }

    /// Whether nothing was typed.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether it is beyond [`Password::MAX_LEN`].
    pub fn is_too_long(&self) -> bool {
        self.0.len() > Self::MAX_LEN
    }

    /// The password in Normalization Form C (Unicode Standard Annex 15): `é` is one password, whether the
    /// keyboard sent one code point or two.
    pub(crate) fn normalized(&self) -> Zeroizing<String> {
        if is_nfc(&self.0) {
            return self.0.clone();
        }
        // NFC makes UTF-8 at most three times as long (Annex 15). A buffer that never grows
        // leaves no copy behind.
        let mut normalized = Zeroizing::new(String::with_capacity(self.0.len() * 3));
        normalized.extend(self.0.nfc());
        normalized
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

impl From<String> for Password {
    fn from(typed: String) -> Self {
        Self::new(typed)
    }
}

impl From<&str> for Password {
    fn from(typed: &str) -> Self {
        Self::new(typed)
    }
}

impl<'de> Deserialize<'de> for Password {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::new)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_not_shown_by_debug() {
        assert!(!format!("{:?}", Password::new("hunter2")).contains("hunter2"));
    }

    #[test]
    fn a_decomposed_letter_is_the_composed_one() {
        assert_eq!(*Password::new("caf\u{65}\u{301}").normalized(), "caf\u{e9}");
    }

    #[test]
    fn normalizing_the_worst_case_never_outgrows_its_buffer() {
        // U+1D160 has the largest expansion under NFC there is: 4 bytes to 12.
        let typed = "\u{1d160}".repeat(256);
        assert!(Password::new(typed.as_str()).normalized().len() <= typed.len() * 3);
    }

    #[test]
    fn the_longest_password_has_1024_bytes() {
        assert!(!Password::new("x".repeat(1024)).is_too_long());
        assert!(Password::new("x".repeat(1025)).is_too_long());
    }
}
