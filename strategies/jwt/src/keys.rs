//! The keys of one kind of token: the one that signs, and those that were.

use std::{fmt, sync::Arc};

use passport_core::Error;

use crate::Key;

/// The keys of one kind of token. The first signs; the others are still accepted. Cheap to clone.
///
/// To change keys, put the new one in front and keep the old one behind it until its last token has expired. To end all
/// tokens at once, leave the old one out.
#[derive(Clone)]
pub struct Keys(Arc<[Key]>);

impl Keys {
    /// One key.
    pub fn new(current: Key) -> Self {
        Self(Arc::new([current]))
    }

    /// The one that signs, then those that are still accepted.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] if there is none, or two have one name.
    pub fn rotating(keys: impl IntoIterator<Item = Key>) -> Result<Self, Error> {
        let keys: Arc<[Key]> = keys.into_iter().collect();
        if keys.is_empty() {
            return Err(Error::Config("tokens need a key: `Keys::new(Key::hs256(…)?)`".into()));
        }
        for (at, key) in keys.iter().enumerate() {
            if keys[..at].iter().any(|other| other.kid() == key.kid()) {
                return Err(Error::Config(
                    format!("two keys are named `{}`: a token could not say which one signed it", key.kid())
                        .into(),
                ));
            }
        }
        Ok(Self(keys))
    }

    /// The one that signs.
    pub(crate) fn current(&self) -> Option<&Key> {
        self.0.first().filter(|key| key.signs())
    }

    /// The one of this name.
    pub(crate) fn named(&self, kid: &str) -> Option<&Key> {
        self.0.iter().find(|key| key.kid() == kid)
    }

    /// Whether one key is among both.
    pub(crate) fn share_with(&self, others: &Self) -> bool {
        self.0.iter().any(|key| others.0.iter().any(|other| key.is_as(other)))
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&*self.0).finish()
    }
}
