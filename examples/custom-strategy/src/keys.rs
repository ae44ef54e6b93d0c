//! The API keys, in memory.

use std::sync::{Arc, PoisonError, RwLock};

use example_shared::{User, Users};
use sha2::{Digest, Sha256};

/// The API keys of all users. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Keys {
    users: Users,
    rows: Arc<RwLock<Vec<Row>>>,
}

/// What would be a row of a table, with an index on the hash. Not the key itself: who reads the table cannot use it, and how
/// long the look-up takes says nothing about any key. A plain hash is enough where keys are long and random, unlike passwords.
struct Row {
    hash: [u8; 32],
    owner: &'static str,
    name: &'static str,
}

impl Keys {
    /// A key of Alice and one of Bob.
    pub(crate) fn of(users: Users) -> Self {
        let rows = vec![
            Row { hash: ALICE_CI, owner: "alice", name: "ci" },
            Row { hash: BOB_BACKUP, owner: "bob", name: "backup" },
        ];
        Self { users, rows: Arc::new(RwLock::new(rows)) }
    }

    /// Whose key this is, looked up anew for each request: a revoked key is refused at once, and so is that of a user
    /// who is gone.
    pub(crate) fn owner(&self, key: &[u8]) -> Option<Arc<User>> {
        let hash: [u8; 32] = Sha256::digest(key).into();
        let rows = self.rows.read().unwrap_or_else(PoisonError::into_inner);
        let row = rows.iter().find(|row| row.hash == hash)?;
        self.users.named(row.owner)
    }

    /// Revokes a user's key. Whether there was one: another user's counts as none.
    pub(crate) fn revoke(&self, owner: &User, name: &str) -> bool {
        let mut rows = self.rows.write().unwrap_or_else(PoisonError::into_inner);
        let before = rows.len();
        rows.retain(|row| row.owner != owner.name || row.name != name);
        rows.len() < before
    }
}

/// The SHA-256 of `alice-ci-4f1d9c27b8e05a63`.
const ALICE_CI: [u8; 32] = [
    0x8e, 0xd3, 0x30, 0x18, 0xee, 0x9d, 0xa3, 0xdc, 0x3b, 0xa3, 0x95, 0x20, 0x02, 0x58, 0x50, 0x11, 0x47,
    0xe9, 0xa9, 0x58, 0x86, 0xa9, 0x4a, 0x02, 0x54, 0xe5, 0xdb, 0xd1, 0x24, 0x9d, 0x27, 0x22,
];
/// The SHA-256 of `bob-backup-c90e7713da2b46f8`.
const BOB_BACKUP: [u8; 32] = [
    0xd8, 0x1a, 0xe0, 0xcb, 0xbb, 0x05, 0x68, 0x2a, 0xb6, 0xd6, 0xa0, 0x67, 0x1a, 0xc3, 0x8e, 0xcc, 0xe3,
    0x2c, 0x6e, 0xaf, 0xce, 0xb7, 0x6f, 0x73, 0x09, 0xc3, 0x41, 0xa4, 0x99, 0x89, 0x14, 0xc4,
];

#[cfg(test)]
mod tests {
    use super::*;

    const CI: &[u8] = b"alice-ci-4f1d9c27b8e05a63";

    fn keys() -> (Keys, Users) {
        let users = Users::customers();
        (Keys::of(users.clone()), users)
    }

    #[test]
    fn a_key_leads_to_its_owner() {
        let (keys, users) = keys();
        assert_eq!(keys.owner(CI), users.named("alice"));
        assert_eq!(keys.owner(b"bob-backup-c90e7713da2b46f8"), users.named("bob"));
        assert_eq!(keys.owner(b""), None);
    }

    #[test]
    fn a_revoked_key_is_refused_at_once() {
        let (keys, users) = keys();
        let alice = users.named("alice").unwrap();
        assert!(keys.revoke(&alice, "ci"));
        assert_eq!(keys.owner(CI), None);
        assert!(!keys.revoke(&alice, "ci"));
    }

    #[test]
    fn nobody_revokes_the_key_of_another() {
        let (keys, users) = keys();
        assert!(!keys.revoke(&users.named("bob").unwrap(), "ci"));
        assert_eq!(keys.owner(CI), users.named("alice"));
    }
}
