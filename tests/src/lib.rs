//! What the tests of Passport stand on: the conformance app, and a client that controls every byte.

#![expect(clippy::result_large_err, reason = "the app's errors are whole answers; nothing here is hot")]

pub mod app;
pub mod browser;
pub mod client;
pub mod frameworks;
pub mod program;
