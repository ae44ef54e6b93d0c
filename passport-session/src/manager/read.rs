//! What the store has under an id, and what its faults are to a request.

use passport_core::{Error, Lookup, Timestamp};

use super::Manager;
use crate::{IdHash, Loaded, StoreError, lifetime};

impl Manager {
    pub(super) async fn look_up(&self, id: IdHash) -> Result<Lookup, Error> {
        let now = self.settings.now();
        self.meaning_of(self.store.load(id, now).await, now)
    }

    /// What a store's answer means.
    pub(super) fn meaning_of(
        &self,
        loaded: Result<Loaded, StoreError>,
        now: Timestamp,
    ) -> Result<Lookup, Error> {
        match loaded {
            Ok(Loaded::Found { record, version, life }) => {
                Ok(Lookup::Found(lifetime::found(record, version, life, now, self.settings.idle)))
            }
            Ok(Loaded::Ended) => Ok(Lookup::Ended),
            Ok(Loaded::None) => Ok(Lookup::None),
            Err(StoreError::Corrupt) => {
                tracing::error!(
                    cookie = self.settings.cookie.name(),
                    "a session record cannot be decoded: its visitor is anonymous, and it stays in the store"
                );
                Ok(Lookup::None)
            }
            Err(error) => {
                if matches!(error, StoreError::SchemaTooNew(_) | StoreError::Foreign) {
                    tracing::error!(cookie = self.settings.cookie.name(), "{error}");
                }
                Err(error.into())
            }
        }
    }
}

/// What a store's fault is to the application. What is not an answer is a 503.
impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::TimedOut => Self::SessionTimedOut,
            StoreError::LimitReached => Self::TooManySessions,
            other => Self::Session(other.into()),
        }
    }
}
