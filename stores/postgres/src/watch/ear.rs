//! What is said in a notification.

use passport_session::IdHash;

use super::table::Table;

/// How many characters name one id: eight bytes of its hash, in hexadecimal.
const EACH: usize = 16;

/// Has looked at what a notification names. It is not believed: anybody who may connect to the database can send one.
pub(super) fn hear(table: &Table, payload: &str) {
    let (ids, rest) = payload.as_bytes().as_chunks::<EACH>();
    if ids.is_empty() || !rest.is_empty() {
        // Too many to name.
        return table.look_at(&[]);
    }
    for id in ids {
        match decode(id) {
            Some(prefix) => table.look_at(&prefix),
            None => table.look_at(&[]),
        }
    }
}

fn decode(digits: &[u8; EACH]) -> Option<[u8; 8]> {
    let mut bits = 0;
    for digit in digits {
        bits = bits << 4 | u64::from(char::from(*digit).to_digit(16)?);
    }
    Some(bits.to_be_bytes())
}

/// The ids among these that are not among those.
pub(super) fn missing<'a>(
    asked: &'a [IdHash],
    alive: &'a [(IdHash, std::time::Duration)],
) -> impl Iterator<Item = &'a IdHash> {
    let alive: std::collections::HashSet<&IdHash> = alive.iter().map(|(id, _)| id).collect();
    asked.iter().filter(move |id| !alive.contains(id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_named_by_its_first_eight_bytes() {
        assert_eq!(decode(b"00ff10A0b1000001"), Some([0, 255, 16, 160, 177, 0, 0, 1]));
        assert_eq!(decode(b"00ff10a0b100000x"), None);
        assert_eq!(decode(b"+0ff10a0b1000001"), None, "a sign is no digit");
    }
}
