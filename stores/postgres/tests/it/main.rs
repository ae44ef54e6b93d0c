//! The store over a real server, which the tests of this binary share.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod server;
mod suite;
