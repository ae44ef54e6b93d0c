//! Names that nobody has, for the log.

use std::{fmt::Write, sync::OnceLock};

use passport_core::Subject;
use sha2::{Digest, Sha256};

/// How much of the hash is kept, in bytes: enough to tell names apart.
const KEPT: usize = 8;

/// What the log calls a name that is not known to be anybody's: a hash under a key of this process. People
/// type passwords into the name field, and without the key a hash could be guessed around.
///
/// `None` if the system has no random numbers for the key.
pub(crate) fn pseudonym(username: &str) -> Option<Subject> {
    static KEY: OnceLock<Option<[u8; 32]>> = OnceLock::new();
    let key = KEY.get_or_init(|| {
        let mut key = [0; 32];
        getrandom::fill(&mut key).ok().map(|()| key)
    });
    let hash = Sha256::new_with_prefix(key.as_ref()?).chain_update(username).finalize();
    let mut text = String::with_capacity(2 * KEPT);
    for byte in hash.iter().take(KEPT) {
        let _ = write!(text, "{byte:02x}");
    }
    Some(Subject::Unknown(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_one_pseudonym_and_another_name_another() {
        assert_eq!(pseudonym("mallory"), pseudonym("mallory"));
        assert_ne!(pseudonym("mallory"), pseudonym("mallorz"));
    }

    #[test]
    fn a_pseudonym_does_not_hold_the_name() {
        let Some(Subject::Unknown(text)) = pseudonym("hunter2") else { panic!("no random numbers") };
        assert!(!text.contains("hunter2"));
        assert_eq!(text.len(), 16);
    }
}
