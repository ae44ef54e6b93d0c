//! The bytes of a record: read in place, written in one pass.

use super::{Kind, Login, Owner, Text};
use crate::Timestamp;

/// The length of what a login holds between its names and its key.
const FIXED: usize = 3 * 8 + 1 + 16;

/// What is still to be read.
pub(super) struct Reader<'a>(pub(super) &'a [u8]);

impl<'a> Reader<'a> {
    #[inline]
    pub(super) fn byte(&mut self) -> Option<u8> {
        Some(self.bytes(1)?[0])
    }

    /// One length byte, or 255 and four.
    #[inline]
    pub(super) fn slice(&mut self) -> Option<&'a [u8]> {
        let len = match self.byte()? {
            255 => u32::from_le_bytes(self.array()?) as usize,
            len => usize::from(len),
        };
        self.bytes(len)
    }

    pub(super) fn str(&mut self) -> Option<&'a str> {
        std::str::from_utf8(self.slice()?).ok()
    }

    pub(super) fn owner(&mut self) -> Option<Owner> {
        self.array().map(Owner::from_bytes)
    }

    #[inline]
    pub(super) fn login(&mut self) -> Option<Login<'a>> {
        let (realm, strategy) = (self.slice()?, self.slice()?);
        // One look at what remains, for all parts that have a fixed length.
        let mut fixed = Reader(self.bytes(FIXED)?);
        Some(Login {
            realm: Text::from_record(realm),
            strategy: Text::from_record(strategy),
            at: fixed.time()?,
            until: fixed.time()?,
            idle_millis: fixed.u64()?,
            remembered: fixed.byte()? == 1,
            fingerprint: fixed.array()?,
            key: self.slice()?,
        })
    }

    pub(super) fn entry(&mut self) -> Option<(Kind, &'a str, &'a [u8])> {
        Some((Kind::from_byte(self.byte()?)?, self.str()?, self.slice()?))
    }

    /// How many entries follow.
    pub(super) fn count(&mut self) -> Option<u16> {
        self.array().map(u16::from_le_bytes)
    }

    #[inline]
    fn time(&mut self) -> Option<Timestamp> {
        self.u64().map(Timestamp::from_millis)
    }

    #[inline]
    fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_le_bytes)
    }

    #[inline]
    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.bytes(N)?.try_into().ok()
    }

    #[inline]
    fn bytes(&mut self, len: usize) -> Option<&'a [u8]> {
        let (head, tail) = self.0.split_at_checked(len)?;
        self.0 = tail;
        Some(head)
    }
}

/// Whether these bytes are one record and nothing else; the version byte has been looked at.
pub(super) fn is_whole(bytes: &[u8]) -> bool {
    let Some(rest) = bytes.get(17..) else { return false };
    let mut reader = Reader(rest);
    let mut check = || {
        for _ in 0..reader.byte()? {
            let login = reader.login()?;
            (login.realm.is_whole() && login.strategy.is_whole()).then_some(())?;
        }
        for _ in 0..reader.byte()? {
            reader.owner()?;
        }
        reader.str()?;
        reader.str()?;
        for _ in 0..reader.count()? {
            reader.entry()?;
        }
        reader.0.is_empty().then_some(())
    };
    check().is_some()
}

pub(super) fn put(out: &mut Vec<u8>, bytes: &[u8]) {
    match u8::try_from(bytes.len()) {
        Ok(len @ ..=254) => out.push(len),
        _ => {
            // Beyond four gigabytes the record is refused for its size before anybody reads this.
            let len = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
            out.push(255);
            out.extend_from_slice(&len.to_le_bytes());
        }
    }
    out.extend_from_slice(bytes);
}

pub(super) fn put_login(out: &mut Vec<u8>, login: &Login<'_>) {
    put(out, login.realm.as_bytes());
    put(out, login.strategy.as_bytes());
    out.extend_from_slice(&login.at.as_millis().to_le_bytes());
    out.extend_from_slice(&login.until.as_millis().to_le_bytes());
    out.extend_from_slice(&login.idle_millis.to_le_bytes());
    out.push(u8::from(login.remembered));
    out.extend_from_slice(&login.fingerprint);
    put(out, login.key);
}
