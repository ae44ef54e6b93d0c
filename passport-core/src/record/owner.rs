//! Whose a session is, in a form that every store can index.

use std::fmt;

use sha2::{Digest, Sha256};

/// One user of one realm: a hash of the realm's name and the user's key, cut to 16 bytes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Owner([u8; 16]);

impl Owner {
    /// The owner of what this realm's user with this key, as JSON, is logged in to.
    pub fn new(realm: &str, key: &[u8]) -> Self {
        Self::of(realm.as_bytes(), key)
    }

    pub(super) fn of(realm: &[u8], key: &[u8]) -> Self {
        Self(digest(b"passport owner", &[realm, key]))
    }

    /// From a store's index.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// For a store's index.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Debug for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Owner({:032x})", u128::from_be_bytes(self.0))
    }
}

/// The first half of SHA-256 over a label and parts, each with its length in front, so that no two lists of
/// parts read the same.
pub(crate) fn digest(label: &[u8], parts: &[&[u8]]) -> [u8; 16] {
    let mut hash = Sha256::new();
    for part in std::iter::once(&label).chain(parts) {
        // Shorter than what fits into memory: four bytes, so that all of it is one block for most keys.
        hash.update(u32::try_from(part.len()).unwrap_or(u32::MAX).to_le_bytes());
        hash.update(part);
    }
    let mut half = [0; 16];
    half.copy_from_slice(&hash.finalize()[..16]);
    half
}
