//! What whoever runs the tests may say otherwise.

use std::env;

/// The number in this variable of the environment. What is no number fails the test, so that nobody takes the usual run
/// for the one that was asked for.
pub(crate) fn number(variable: &str) -> Option<u64> {
    let text = env::var(variable).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{variable} is no number: {text}")))
}
