//! Errors, as people read them.

use std::error::Error;

/// An error with its causes, as one sentence.
///
/// # Examples
///
/// ```
/// use std::io;
///
/// let refused = io::Error::other("the disk is full");
/// assert_eq!(example_shared::sentence(&refused), "the disk is full");
/// ```
pub fn sentence(error: &(dyn Error + 'static)) -> String {
    match error.source() {
        Some(cause) => format!("{error}: {}", sentence(cause)),
        None => error.to_string(),
    }
}
