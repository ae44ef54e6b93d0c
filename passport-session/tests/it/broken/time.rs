//! Times that are kept wrongly.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use passport_core::{Life, Timestamp};
use passport_session::{IdHash, Loaded, StoreError};

use super::{Broken, Fault};

/// What a store with another notion of time remembers for each id.
#[derive(Default)]
pub(super) struct Times(Mutex<HashMap<IdHash, Timestamp>>);

impl Times {
    fn set(&self, id: IdHash, at: Timestamp) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(id, at);
    }

    fn of(&self, id: IdHash) -> Option<Timestamp> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&id).copied()
    }
}

impl Broken {
    /// What is stored when a session that is at this id is to live so long.
    pub(super) async fn stored(&self, id: IdHash, life: Life) -> Result<Life, StoreError> {
        let Some(before) = self.life_of(id, life.seen).await? else { return Ok(life) };
        Ok(match self.fault {
            Fault::WritesKeepSeen => Life { seen: before.seen, ..life },
            Fault::RotateShortensNothing => Life { expires: life.expires.max(before.expires), ..life },
            _ => life,
        })
    }

    /// Notes what the last write said.
    pub(super) fn note(&self, id: IdHash, life: Life) {
        if self.fault == Fault::SeenGoesBack {
            self.times.set(id, life.seen);
        }
    }

    /// Notes when a session that is about to end would have ended.
    pub(super) async fn note_end(&self, id: IdHash, now: Timestamp) -> Result<(), StoreError> {
        if self.fault == Fault::MarkEndsWithSession
            && let Some(life) = self.life_of(id, now).await?
        {
            self.times.set(id, life.expires);
        }
        Ok(())
    }

    pub(super) fn shown(&self, id: IdHash, loaded: Loaded, now: Timestamp) -> Loaded {
        match loaded {
            Loaded::Found { record, version, life } => {
                Loaded::Found { record, version, life: self.shown_life(id, life, now) }
            }
            Loaded::Ended if self.fault == Fault::MarkEndsWithSession => match self.times.of(id) {
                Some(end) if end <= now => Loaded::None,
                _ => Loaded::Ended,
            },
            other => other,
        }
    }

    pub(super) fn shown_life(&self, id: IdHash, life: Life, now: Timestamp) -> Life {
        let seen = match self.fault {
            Fault::SeenIsNow => now,
            Fault::SeenGoesBack => self.times.of(id).unwrap_or(life.seen),
            _ => life.seen,
        };
        Life { seen, ..life }
    }
}
