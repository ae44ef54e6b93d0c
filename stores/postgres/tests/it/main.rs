//! The store over a real server, which the tests of this binary share.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod connect;
mod crash;
#[cfg(feature = "tls")]
mod encrypted;
mod ends;
mod faults;
mod marks;
mod model;
mod sample;
mod schema;
mod server;
mod suite;
mod sweeping;
mod trips;
