//! What the targets assert, shared with the tests that run in every build.

#[path = "../../tests/tests/it/properties/oracle/mod.rs"]
pub mod oracle;
