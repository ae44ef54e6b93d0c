//! What ends a user's sessions when it changes.

use std::fmt;

use crate::{Fingerprint16, record::digest};

/// What ends a user's sessions when it changes. Sessions keep an epoch as it is, and of anything else a hash.
#[derive(Clone)]
pub struct Fingerprint(Value);

#[derive(Clone)]
enum Value {
    None,
    Epoch(u64),
    Bytes(Box<[u8]>),
}

impl Fingerprint {
    /// A number that the application raises at password change, disable, delete and "log out everywhere".
    pub const fn epoch(epoch: u64) -> Self {
        Self(Value::Epoch(epoch))
    }

    /// Anything that changes with the password: its hash. An upgrade of the hash then ends the user's other
    /// sessions too.
    pub fn of(value: impl AsRef<[u8]>) -> Self {
        Self(Value::Bytes(value.as_ref().into()))
    }

    /// Nothing: sessions of this user end by logout and timeout alone, and not when the password changes.
    pub const fn none() -> Self {
        Self(Value::None)
    }

    /// As a login keeps it, beside its realm and key.
    ///
    /// An epoch is a small number: whoever has a hash of it finds it by counting, so a hash would hide nothing, and every
    /// request would pay for it.
    pub(crate) fn kept(&self, realm: &str, key: &[u8]) -> Fingerprint16 {
        let number = match &self.0 {
            Value::None => return *b"no fingerprint  ",
            Value::Epoch(number) => number.to_be_bytes(),
            Value::Bytes(bytes) => return digest(b"fingerprint", &[realm.as_bytes(), key, bytes]),
        };
        let mut kept = *b"epoch = ........";
        kept[8..].copy_from_slice(&number);
        kept
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Fingerprint(..)")
    }
}
