//! The store over a real Redis server.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod conformance;
mod raw;
