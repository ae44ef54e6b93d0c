//! What a token may carry instead of a user.

use std::fmt;

use crate::{Fingerprint16, record::digest};

/// A user's key, and what must still be true of that user: what a signed token carries, made by
/// [`Passport::reference`](crate::Passport::reference).
///
/// # Security
///
/// It is no secret and proves nothing: whoever can write one is that user. Sign it.
#[derive(Clone, PartialEq, Eq)]
pub struct UserRef {
    key: Box<[u8]>,
    fingerprint: Fingerprint16,
}

impl UserRef {
    /// Reads back what a token carried: the key, as JSON, and the fingerprint.
    pub fn new(key: impl Into<Box<[u8]>>, fingerprint: Fingerprint16) -> Self {
        Self { key: key.into(), fingerprint }
    }

    /// Of what a login would keep: a token is read by others too.
    pub(crate) fn hash(realm: &str, key: &[u8], kept: &Fingerprint16) -> Fingerprint16 {
        digest(b"reference", &[realm.as_bytes(), key, kept])
    }

    /// The user's key, as JSON.
    pub fn key(&self) -> &[u8] {
        &self.key
    }

    /// A hash of what must still be true.
    pub fn fingerprint(&self) -> &Fingerprint16 {
        &self.fingerprint
    }
}

impl fmt::Debug for UserRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UserRef(..)")
    }
}
