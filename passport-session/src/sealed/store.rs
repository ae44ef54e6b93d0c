//! Revocations in the database of a session store.

use std::{fmt, num::NonZeroU32, sync::Arc};

use async_trait::async_trait;
use passport_core::{BoxError, Handle, Life, Record, Timestamp};
use sha2::{Digest, Sha256};

use super::Revocations;
use crate::{Beyond, IdHash, IntoStore, Limit, Loaded, SessionStore, StoreError};

/// No cookie's name holds a space, so no session id has this in front of its hash.
const LABEL: &[u8] = b"passport revocation\0";

/// Revocations in any session store's database: every process that shares it knows of a logout.
///
/// The store must keep what it was given: one that drops sessions to make room would forget logouts. Those
/// of this project refuse instead.
pub struct StoreRevocations(Arc<dyn SessionStore>);

impl StoreRevocations {
    /// In this store, beside whatever else it holds.
    pub fn over(store: impl IntoStore) -> Self {
        Self(store.into_store())
    }
}

#[async_trait]
impl Revocations for StoreRevocations {
    async fn revoke(&self, handle: Handle, until: Timestamp, now: Timestamp) -> Result<bool, BoxError> {
        // As the session of a user that nobody else is: a full store may drop records of nobody.
        let record = Record::sample(handle, now, &[("passport revocation", &handle.to_string())], &[])?;
        let life = Life { seen: now, expires: until };
        let limit = Limit { most: NonZeroU32::MIN, beyond: Beyond::Refuse };
        match self.0.create(id(handle), &record, life, limit).await {
            Ok(_) => Ok(true),
            // The limit is this one record: a store may look at it before it looks at the id.
            Err(StoreError::Exists | StoreError::LimitReached) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    async fn revoked(&self, handle: Handle, now: Timestamp) -> Result<Option<Timestamp>, BoxError> {
        match self.0.load(id(handle), now).await? {
            Loaded::Found { life, .. } => Ok(Some(life.seen)),
            Loaded::Ended => Ok(Some(now)),
            Loaded::None => Ok(None),
        }
    }
}

impl fmt::Debug for StoreRevocations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StoreRevocations")
    }
}

fn id(handle: Handle) -> IdHash {
    IdHash::from_bytes(Sha256::new().chain_update(LABEL).chain_update(handle.as_bytes()).finalize().into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestStore;

    fn at(millis: u64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    #[tokio::test]
    async fn a_store_remembers_until_the_session_would_have_ended() {
        let store = TestStore::default();
        let revocations = StoreRevocations::over(store.clone());
        let handle = Handle::new([1; 16]);
        assert_eq!(revocations.revoked(handle, at(5)).await.unwrap(), None);
        assert!(revocations.revoke(handle, at(100), at(5)).await.unwrap());
        assert!(!revocations.revoke(handle, at(100), at(6)).await.unwrap());
        let elsewhere = StoreRevocations::over(store);
        assert_eq!(elsewhere.revoked(handle, at(99)).await.unwrap(), Some(at(5)));
        assert_eq!(elsewhere.revoked(handle, at(100)).await.unwrap(), None);
    }

    #[tokio::test]
    async fn only_the_first_of_several_ends_a_session_in_the_ready_store_too() {
        let revocations = StoreRevocations::over(crate::MemoryStore::new());
        let handle = Handle::new([1; 16]);
        assert!(revocations.revoke(handle, at(100), at(5)).await.unwrap());
        assert!(!revocations.revoke(handle, at(100), at(6)).await.unwrap());
        assert_eq!(revocations.revoked(handle, at(7)).await.unwrap(), Some(at(5)));
    }

    #[tokio::test]
    async fn a_store_that_fails_says_so() {
        let store = TestStore::default();
        let revocations = StoreRevocations::over(store.clone());
        store.fail(StoreError::Full);
        assert!(revocations.revoke(Handle::new([1; 16]), at(100), at(5)).await.is_err());
        store.fail(StoreError::Corrupt);
        assert!(revocations.revoked(Handle::new([1; 16]), at(5)).await.is_err());
    }
}
