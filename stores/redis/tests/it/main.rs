//! The store over a real Redis server.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod cancelled;
mod commands;
mod conformance;
mod connect;
mod crash;
mod ended;
mod faults;
mod full;
mod layout;
mod raw;
mod records;
#[cfg(feature = "tls")]
mod tls;
mod without;
