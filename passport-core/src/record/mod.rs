//! What a session holds: logins and data, as one encoded value that is read in place.

mod changes;
mod codec;
mod edit;
mod handle;
mod login;
mod owner;
mod sample;
#[cfg(test)]
mod tests;
mod text;

use std::{fmt, sync::Arc};

use codec::Reader;

pub use self::{
    changes::Kind,
    handle::{Handle, HandleError},
    login::{Fingerprint16, Login, NewLogin},
    owner::Owner,
    text::Text,
};
pub(crate) use self::{
    changes::{Change, Changes},
    owner::digest,
};
use crate::{Client, Error};

/// The encoding's version: its first byte. A larger one was written by a newer release.
const VERSION: u8 = 1;
/// The largest record, in bytes.
const SIZE_LIMIT: usize = 64 * 1024;
/// The most keys in a record.
const KEY_LIMIT: usize = 256;

/// What one session holds: who is logged in, in which realm, and the application's data.
///
/// A record is one immutable block of bytes. It is cheap to clone, and reading one key looks at nothing
/// else than the block. The layout, with lengths in front of every part:
/// `version handle logins past-owners client entries`. What every request reads is in front, and near. The script of
/// the Redis store that ends one of several logins knows this layout too.
#[derive(Clone, PartialEq, Eq)]
pub struct Record(Arc<[u8]>);

/// Why bytes are not a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RecordError {
    /// They are truncated, or another application's.
    #[error("the record cannot be decoded")]
    Corrupt,
    /// A newer release wrote them.
    #[error("the record was written by a newer release: schema {0}")]
    TooNew(u8),
}

impl Record {
    /// A record that holds nothing yet.
    pub fn empty(handle: Handle) -> Self {
        let mut out = [0; 23];
        out[0] = VERSION;
        out[1..17].copy_from_slice(handle.as_bytes());
        Self(out.into())
    }

    /// Checks the whole encoding once, so that reading it later cannot fail.
    ///
    /// # Errors
    ///
    /// [`RecordError::Corrupt`] for anything that is not exactly one record, [`RecordError::TooNew`] for one
    /// of a later schema.
    pub fn from_bytes(bytes: impl Into<Arc<[u8]>>) -> Result<Self, RecordError> {
        let bytes = bytes.into();
        match bytes.first() {
            Some(&VERSION) => {}
            Some(&newer) if newer > VERSION => return Err(RecordError::TooNew(newer)),
            _ => return Err(RecordError::Corrupt),
        }
        match codec::is_whole(&bytes) {
            true => Ok(Self(bytes)),
            false => Err(RecordError::Corrupt),
        }
    }

    /// The encoding, for a store to keep.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The session's public name.
    pub fn handle(&self) -> Handle {
        let mut handle = [0; 16];
        handle.copy_from_slice(&self.0[1..17]);
        Handle::new(handle)
    }

    /// Where the session's last login came from.
    pub fn client(&self) -> Client {
        let mut reader = self.after_past_owners();
        let mut client = Client::new();
        let (agent, address) = (reader.str().unwrap_or_default(), reader.str().unwrap_or_default());
        if !agent.is_empty() {
            client = client.with_user_agent(agent);
        }
        match address.parse() {
            Ok(address) => client.with_address(address),
            Err(_) => client,
        }
    }

    /// The logins, at most one for each realm.
    #[inline]
    pub fn logins(&self) -> impl Iterator<Item = Login<'_>> {
        let mut reader = self.after_handle();
        let count = reader.byte().unwrap_or_default();
        (0..count).map_while(move |_| reader.login())
    }

    /// Whether somebody is logged in.
    pub fn has_logins(&self) -> bool {
        self.after_handle().byte().is_some_and(|count| count > 0)
    }

    /// The login of one realm.
    pub fn login(&self, realm: &str) -> Option<Login<'_>> {
        self.logins().find(|login| login.realm == realm)
    }

    /// The users that are logged in: whose lists this session is on.
    pub fn owners(&self) -> impl Iterator<Item = Owner> {
        self.logins().map(|login| login.owner())
    }

    /// The value of one key.
    pub fn get(&self, kind: Kind, key: &str) -> Option<&[u8]> {
        self.entries().find(|entry| entry.0 == kind && entry.1 == key).map(|entry| entry.2)
    }

    /// Whether there is nothing in it: no login, no data.
    pub fn is_empty(&self) -> bool {
        !self.has_logins() && self.entries().next().is_none()
    }

    /// Whose data it was, of those who are not logged in any more.
    pub(crate) fn past_owners(&self) -> impl Iterator<Item = Owner> {
        let mut reader = self.after_logins();
        let count = reader.byte().unwrap_or_default();
        (0..count).map_while(move |_| reader.owner())
    }

    pub(crate) fn entries(&self) -> impl Iterator<Item = (Kind, &str, &[u8])> {
        let mut reader = self.after_past_owners();
        reader.slice();
        reader.slice();
        let count = reader.count().unwrap_or_default();
        (0..count).map_while(move |_| reader.entry())
    }

    /// Refuses a record that is larger than any may be.
    pub(crate) fn checked(self) -> Result<Self, Error> {
        if self.0.len() > SIZE_LIMIT {
            return Err(Error::TooLarge("64 KiB"));
        }
        if self.entries().nth(KEY_LIMIT).is_some() {
            return Err(Error::TooLarge("256 keys"));
        }
        Ok(self)
    }

    #[inline]
    fn after_handle(&self) -> Reader<'_> {
        Reader(&self.0[17..])
    }

    fn after_logins(&self) -> Reader<'_> {
        let mut reader = self.after_handle();
        for _ in 0..reader.byte().unwrap_or_default() {
            reader.login();
        }
        reader
    }

    fn after_past_owners(&self) -> Reader<'_> {
        let mut reader = self.after_logins();
        for _ in 0..reader.byte().unwrap_or_default() {
            reader.owner();
        }
        reader
    }
}

impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Record").field("bytes", &self.0.len()).finish_non_exhaustive()
    }
}
