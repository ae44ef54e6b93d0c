//! What was sent, short enough to be read.

use std::fmt;

use bytes::Bytes;
use http::Request;

/// The most bytes of one value that are shown.
const MOST: usize = 120;

/// A request in a message: method, address, headers, body.
pub(super) struct Shown<'a>(pub(super) &'a Request<Bytes>);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let req = self.0;
        write!(f, "{} ", req.method())?;
        value(f, req.uri().to_string().as_bytes())?;
        for (name, content) in req.headers() {
            write!(f, ", {name}: ")?;
            value(f, content.as_bytes())?;
        }
        f.write_str(", body: ")?;
        value(f, req.body())
    }
}

fn value(f: &mut fmt::Formatter<'_>, bytes: &[u8]) -> fmt::Result {
    match bytes.len() {
        0 => f.write_str("(empty)"),
        1..=MOST => write!(f, "{}", bytes.escape_ascii()),
        len => write!(f, "{}… ({len} bytes)", bytes[..MOST].escape_ascii()),
    }
}
