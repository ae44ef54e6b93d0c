//! Bodies as a browser's form sends them (WHATWG URL, section 5.1), read strictly.

use super::found::{Found, Value};
use crate::Fields;

/// Reads a form. `None` if an escape is cut short, or what it stands for is no UTF-8.
pub(crate) fn urlencoded(body: &[u8], fields: &Fields) -> Option<Found> {
    let mut found = Found::default();
    for pair in body.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()) {
        let mut halves = pair.splitn(2, |byte| *byte == b'=');
        let name = decode(halves.next().unwrap_or_default())?;
        let value = decode(halves.next().unwrap_or_default())?;
        if let Some(slot) = fields.slot(&name) {
            found.put(slot, Value::Text(value));
        }
    }
    Some(found)
}

/// Decodes into a buffer that never grows, so that a password leaves no copy behind.
fn decode(encoded: &[u8]) -> Option<String> {
    let mut decoded = Vec::with_capacity(encoded.len());
    let mut bytes = encoded.iter();
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'+' => b' ',
            b'%' => digit(*bytes.next()?)? << 4 | digit(*bytes.next()?)?,
            plain => *plain,
        });
    }
    String::from_utf8(decoded).ok()
}

fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plus_is_a_space_and_escapes_are_bytes() {
        assert_eq!(decode(b"a+b%20c%C3%a9").as_deref(), Some("a b c\u{e9}"));
    }

    #[test]
    fn a_broken_escape_is_malformed() {
        for broken in ["%", "%4", "%zz", "%4g", "100%"] {
            assert_eq!(decode(broken.as_bytes()), None, "{broken}");
        }
    }

    #[test]
    fn bytes_that_are_no_utf8_are_malformed() {
        assert_eq!(decode(b"%ff"), None);
        assert_eq!(decode(b"\xff"), None);
    }
}
