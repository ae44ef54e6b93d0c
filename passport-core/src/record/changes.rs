//! What one request did to the data, key by key.

use super::KEY_LIMIT;

/// What an entry of a record is. Nothing that the application writes can become another kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// The application's data.
    Data,
    /// A message for the visitor's next page.
    Message,
    /// What passport keeps for itself, under this id only: it never moves to another.
    Private,
}

impl Kind {
    pub(super) const fn from_byte(byte: u8) -> Option<Self> {
        match byte {
            0 => Some(Self::Data),
            1 => Some(Self::Message),
            2 => Some(Self::Private),
            _ => None,
        }
    }

    pub(super) const fn as_byte(self) -> u8 {
        match self {
            Self::Data => 0,
            Self::Message => 1,
            Self::Private => 2,
        }
    }
}

/// One written or removed (`None`) value.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    pub(crate) kind: Kind,
    pub(crate) key: Box<str>,
    pub(crate) value: Option<Box<[u8]>>,
}

/// The changes of one request. The last write of a key wins.
#[derive(Clone, Debug, Default)]
pub(crate) struct Changes(Vec<Change>);

impl Changes {
    pub(crate) fn set(&mut self, change: Change) {
        match self.0.iter_mut().find(|old| old.kind == change.kind && old.key == change.key) {
            Some(old) => *old = change,
            None => self.0.push(change),
        }
    }

    #[expect(clippy::option_option, reason = "not touched, removed and written are three answers")]
    /// `Some(None)`: removed here. `None`: not touched here.
    pub(crate) fn get(&self, kind: Kind, key: &str) -> Option<Option<&[u8]>> {
        self.0
            .iter()
            .find(|change| change.kind == kind && &*change.key == key)
            .map(|change| change.value.as_deref())
    }

    pub(crate) fn is_full(&self) -> bool {
        self.0.len() >= KEY_LIMIT
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Puts these under what was written since.
    pub(crate) fn under(mut self, newer: Self) -> Self {
        newer.0.into_iter().for_each(|change| self.set(change));
        self
    }

    pub(crate) fn written(&self) -> impl Iterator<Item = (Kind, &str, &[u8])> {
        self.0.iter().filter_map(|change| Some((change.kind, &*change.key, change.value.as_deref()?)))
    }
}
