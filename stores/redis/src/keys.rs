//! The names of keys, and how ids are written in them.

use passport_core::Owner;
use passport_session::IdHash;

/// The version of the whole layout: a release with another one shares no session with this one.
const LAYOUT: u32 = 1;

/// Where things lie: `PREFIX:1:s:ID` is what is under an id, `PREFIX:1:o:OWNER` the list of a user's sessions.
#[derive(Clone, Debug)]
pub(crate) struct Keys(String);

impl Keys {
    pub(crate) fn new(prefix: &str) -> Self {
        Self(format!("{prefix}:{LAYOUT}:"))
    }

    /// What all keys begin with.
    pub(crate) fn prefix(&self) -> &str {
        &self.0
    }

    pub(crate) fn session(&self, id: &str) -> String {
        [&self.0, "s:", id].concat()
    }

    pub(crate) fn list(&self, owner: &str) -> String {
        [&self.0, "o:", owner].concat()
    }

    /// The channel that says which ids have ended.
    pub(crate) fn ended(&self) -> String {
        format!("{}ended", self.0)
    }
}

/// An id hash as keys have it.
pub(crate) fn id(id: &IdHash) -> String {
    hex(id.as_bytes())
}

/// An owner as keys and records have it.
pub(crate) fn owner(owner: &Owner) -> String {
    hex(owner.as_bytes())
}

/// An id hash read back.
pub(crate) fn parse_id(text: &[u8]) -> Option<IdHash> {
    let mut bytes = [0; 32];
    if text.len() != 64 {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(text.chunks_exact(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(IdHash::from_bytes(bytes))
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    // Room for all of it at once: every request that asks who is there writes one.
    let mut out = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        out.push(char::from(DIGITS[usize::from(byte >> 4)]));
        out.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_from_its_key() {
        let hash = IdHash::from_bytes(std::array::from_fn(|at| u8::try_from(at * 8).unwrap()));
        assert_eq!(parse_id(id(&hash).as_bytes()), Some(hash));
        assert_eq!(id(&hash).len(), 64);
    }

    #[test]
    fn what_is_no_id_is_none() {
        for wrong in ["", "00", &"g".repeat(64), &"0".repeat(63), &"é".repeat(32)] {
            assert_eq!(parse_id(wrong.as_bytes()), None, "{wrong}");
        }
    }

    #[test]
    fn keys_hold_the_prefix_the_layout_and_the_hash() {
        let keys = Keys::new("shop");
        assert_eq!(keys.session("ab"), "shop:1:s:ab");
        assert_eq!(keys.list("cd"), "shop:1:o:cd");
        assert_eq!(keys.ended(), "shop:1:ended");
    }
}
