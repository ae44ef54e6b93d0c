//! What is under a key: a session with its times, or a mark.

use passport_core::Record;
use passport_session::{Envelope, IdHash, StoreError};

use crate::keys;

/// The layout of what this release writes. The scripts have the same number, and the sizes below.
const LAYOUT: u8 = 1;
const HEAD: usize = 28;
const LOGIN: usize = 40;
const MARK: usize = 8;

/// A value, read in place.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Stored<'a> {
    Mark,
    Session(Session<'a>),
}

/// A session: the times are the server's, in milliseconds.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Session<'a> {
    pub(crate) version: u64,
    pub(crate) seen: u64,
    pub(crate) expires: u64,
    envelope: &'a [u8],
}

impl<'a> Stored<'a> {
    pub(crate) fn parse(bytes: &'a [u8]) -> Result<Self, StoreError> {
        let (head, rest) = match bytes {
            [b'M', ..] => return Ok(Self::Mark),
            [b'S', 0, ..] => return Err(StoreError::Corrupt),
            [b'S', LAYOUT, ..] => bytes.split_at_checked(HEAD).ok_or(StoreError::Corrupt)?,
            [b'S', newer, ..] => return Err(StoreError::SchemaTooNew(*newer)),
            _ => return Err(StoreError::Corrupt),
        };
        let lists = usize::from(head[26]) * LOGIN + usize::from(head[27]) * MARK;
        let envelope = rest.get(lists..).ok_or(StoreError::Corrupt)?;
        let (version, seen, expires) = (number(&head[2..]), number(&head[10..]), number(&head[18..]));
        Ok(Self::Session(Session { version, seen, expires, envelope }))
    }
}

impl Session<'_> {
    pub(crate) fn record(&self, id: IdHash) -> Result<Record, StoreError> {
        Envelope::open(id, self.envelope)
    }
}

/// What the scripts have to know of a record: who is logged in since when.
pub(crate) fn logins(record: &Record) -> Vec<u8> {
    let mut out = Vec::new();
    for login in record.logins() {
        out.extend_from_slice(keys::owner(&login.owner()).as_bytes());
        out.extend_from_slice(&login.at.as_millis().to_be_bytes());
    }
    out
}

/// The first eight bytes, of which there are as many.
fn number(bytes: &[u8]) -> u64 {
    bytes.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use passport_core::Handle;

    use super::*;

    const ID: IdHash = IdHash::from_bytes([0x5a; 32]);

    /// A session with one login and one mark that leads to it.
    fn session() -> Vec<u8> {
        let mut bytes = vec![b'S', LAYOUT];
        for number in [7_u64, 1000, 2000] {
            bytes.extend_from_slice(&number.to_be_bytes());
        }
        bytes.extend_from_slice(&[1, 1]);
        bytes.extend_from_slice(&[b'0'; LOGIN + MARK]);
        bytes.extend_from_slice(&Envelope::seal(ID, &Record::empty(Handle::new([9; 16]))));
        bytes
    }

    #[test]
    fn a_session_is_read_with_its_times() {
        let bytes = session();
        let Ok(Stored::Session(session)) = Stored::parse(&bytes) else { panic!("no session") };
        assert_eq!((session.version, session.seen, session.expires), (7, 1000, 2000));
        assert_eq!(session.record(ID).unwrap(), Record::empty(Handle::new([9; 16])));
    }

    #[test]
    fn a_session_that_is_cut_short_anywhere_is_corrupt() {
        let bytes = session();
        for len in 0..bytes.len() {
            let read = Stored::parse(&bytes[..len]).and_then(|stored| match stored {
                Stored::Session(session) => session.record(ID),
                Stored::Mark => panic!("a mark"),
            });
            assert!(matches!(read, Err(StoreError::Corrupt)), "cut to {len}: {read:?}");
        }
    }

    #[test]
    fn a_session_of_another_layout_is_refused() {
        let mut bytes = session();
        bytes[1] = LAYOUT + 1;
        assert!(matches!(Stored::parse(&bytes), Err(StoreError::SchemaTooNew(2))));
        bytes[1] = 0;
        assert!(matches!(Stored::parse(&bytes), Err(StoreError::Corrupt)));
    }

    #[test]
    fn marks_with_and_without_a_target_are_marks() {
        assert!(matches!(Stored::parse(b"M"), Ok(Stored::Mark)));
        assert!(matches!(Stored::parse(&[b'M'; 65]), Ok(Stored::Mark)));
    }
}
