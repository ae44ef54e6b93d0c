//! How a record travels to a store outside of the process, and how it is told from another id's.

use passport_core::{Record, RecordError};

use crate::{IdHash, StoreError};

/// The envelope's version: its first byte. A larger one was written by a newer release.
const SCHEMA: u8 = 1;
/// How much of its id hash a record carries.
const PREFIX: usize = 16;

/// Wraps a record for a store outside of the process: one schema byte, the first 16 bytes of the record's own
/// id hash, the record.
///
/// # Security
///
/// A pooled connection that was left in the middle of a call may answer the next call with somebody else's
/// record. The id hash in front makes that an error instead of a stranger's session.
///
/// # Examples
///
/// ```
/// use passport_core::{Handle, Record};
/// use passport_session::{Envelope, IdHash, StoreError};
///
/// let (id, other) = (IdHash::from_bytes([1; 32]), IdHash::from_bytes([2; 32]));
/// let record = Record::empty(Handle::new([7; 16]));
/// let bytes = Envelope::seal(id, &record);
/// assert_eq!(Envelope::open(id, &bytes)?, record);
/// assert!(matches!(Envelope::open(other, &bytes), Err(StoreError::Foreign)));
/// # Ok::<_, StoreError>(())
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Envelope;

impl Envelope {
    /// What a store keeps under this id.
    pub fn seal(id: IdHash, record: &Record) -> Vec<u8> {
        let mut out = Vec::with_capacity(1 + PREFIX + record.as_bytes().len());
        out.push(SCHEMA);
        out.extend_from_slice(&id.as_bytes()[..PREFIX]);
        out.extend_from_slice(record.as_bytes());
        out
    }

    /// The record that a store kept under this id.
    ///
    /// # Errors
    ///
    /// [`StoreError::Foreign`] if it is another id's, [`StoreError::SchemaTooNew`] if a newer release wrote it,
    /// [`StoreError::Corrupt`] if it is anything else.
    pub fn open(id: IdHash, bytes: &[u8]) -> Result<Record, StoreError> {
        let (schema, rest) = bytes.split_first().ok_or(StoreError::Corrupt)?;
        match *schema {
            SCHEMA => {}
            newer if newer > SCHEMA => return Err(StoreError::SchemaTooNew(newer)),
            _ => return Err(StoreError::Corrupt),
        }
        let (prefix, record) = rest.split_at_checked(PREFIX).ok_or(StoreError::Corrupt)?;
        if prefix != &id.as_bytes()[..PREFIX] {
            return Err(StoreError::Foreign);
        }
        Record::from_bytes(record).map_err(|error| match error {
            RecordError::TooNew(schema) => StoreError::SchemaTooNew(schema),
            _ => StoreError::Corrupt,
        })
    }
}

#[cfg(test)]
mod tests {
    use passport_core::{Handle, Timestamp};

    use super::*;

    const ID: IdHash = IdHash::from_bytes([0x5a; 32]);

    fn record() -> Record {
        let at = Timestamp::from_millis(1);
        Record::sample(Handle::new([9; 16]), at, &[("user", "\"alice\"")], &[("cart", b"tea")]).unwrap()
    }

    #[test]
    fn a_record_comes_back_from_its_envelope() {
        assert_eq!(Envelope::open(ID, &Envelope::seal(ID, &record())).unwrap(), record());
    }

    #[test]
    fn an_envelope_that_is_cut_short_anywhere_is_corrupt() {
        let bytes = Envelope::seal(ID, &record());
        for len in 0..bytes.len() {
            let opened = Envelope::open(ID, &bytes[..len]);
            assert!(matches!(opened, Err(StoreError::Corrupt)), "cut to {len}: {opened:?}");
        }
    }

    #[test]
    fn no_bit_of_the_prefix_can_flip_unnoticed() {
        for bit in 0..8 * (1 + PREFIX) {
            let mut bytes = Envelope::seal(ID, &record());
            bytes[bit / 8] ^= 1 << (bit % 8);
            let opened = Envelope::open(ID, &bytes);
            match bit {
                0 => assert!(matches!(opened, Err(StoreError::Corrupt)), "{opened:?}"),
                1..8 => assert!(matches!(opened, Err(StoreError::SchemaTooNew(_))), "bit {bit}: {opened:?}"),
                _ => assert!(matches!(opened, Err(StoreError::Foreign)), "bit {bit}: {opened:?}"),
            }
        }
    }

    #[test]
    fn another_ids_record_is_foreign() {
        let bytes = Envelope::seal(IdHash::from_bytes([1; 32]), &record());
        assert!(matches!(Envelope::open(ID, &bytes), Err(StoreError::Foreign)));
    }

    #[test]
    fn a_record_of_a_newer_schema_is_told_from_garbage() {
        let mut bytes = Envelope::seal(ID, &record());
        bytes[1 + PREFIX] = 9;
        assert!(matches!(Envelope::open(ID, &bytes), Err(StoreError::SchemaTooNew(9))));
    }
}
