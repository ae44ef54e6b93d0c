//! Revocations in this process.

use std::{
    collections::{HashMap, hash_map::Entry},
    fmt,
    sync::{Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use passport_core::{BoxError, Handle, Timestamp};

use super::Revocations;

/// Below this many, forgetting is not worth the walk.
const FEW: usize = 1024;

/// Revocations in this process's memory: some 64 bytes for each logout, until the session would have ended.
///
/// # Security
///
/// A restart forgets them, and another process never hears of them: a cookie that was logged out works again
/// there. So use them in a single process, with a [`Key::generate`](super::Key::generate) that ends with it;
/// otherwise use [`StoreRevocations`](super::StoreRevocations).
#[derive(Default)]
pub struct MemoryRevocations(Mutex<Revoked>);

#[derive(Default)]
struct Revoked {
    /// When each ended, and until when that matters.
    handles: HashMap<Handle, (Timestamp, Timestamp)>,
    /// How many there may be before those that no longer matter go.
    enough: usize,
}

impl MemoryRevocations {
    /// Nothing has ended yet.
    pub fn new() -> Self {
        Self::default()
    }

    fn lock(&self) -> MutexGuard<'_, Revoked> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Revoked {
    /// Each walk over all is paid for by as many logouts as it leaves.
    fn make_room(&mut self, now: Timestamp) {
        if self.handles.len() >= self.enough.max(FEW) {
            self.handles.retain(|_, (_, until)| now < *until);
            self.handles.shrink_to(2 * self.handles.len());
            self.enough = 2 * self.handles.len();
        }
    }
}

#[async_trait]
impl Revocations for MemoryRevocations {
    async fn revoke(&self, handle: Handle, until: Timestamp, now: Timestamp) -> Result<bool, BoxError> {
        let mut revoked = self.lock();
        revoked.make_room(now);
        match revoked.handles.entry(handle) {
            Entry::Occupied(_) => Ok(false),
            Entry::Vacant(vacant) => {
                vacant.insert((now, until));
                Ok(true)
            }
        }
    }

    async fn revoked(&self, handle: Handle, _: Timestamp) -> Result<Option<Timestamp>, BoxError> {
        Ok(self.lock().handles.get(&handle).map(|(at, _)| *at))
    }
}

impl fmt::Debug for MemoryRevocations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryRevocations").field("kept", &self.lock().handles.len()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: u64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    fn handle(number: u128) -> Handle {
        Handle::new(number.to_be_bytes())
    }

    #[tokio::test]
    async fn only_the_first_of_several_ends_a_session() {
        let revocations = MemoryRevocations::new();
        assert_eq!(revocations.revoked(handle(1), at(5)).await.unwrap(), None);
        assert!(revocations.revoke(handle(1), at(100), at(5)).await.unwrap());
        assert!(!revocations.revoke(handle(1), at(100), at(6)).await.unwrap());
        assert_eq!(revocations.revoked(handle(1), at(7)).await.unwrap(), Some(at(5)));
    }

    #[tokio::test]
    async fn what_no_longer_matters_takes_no_room() {
        let revocations = MemoryRevocations::new();
        for number in 0..100_000_u64 {
            revocations.revoke(handle(number.into()), at(number + 100), at(number)).await.unwrap();
        }
        assert!(revocations.lock().handles.len() <= FEW);
        assert!(revocations.lock().handles.capacity() <= 4 * FEW);
        assert!(revocations.revoked(handle(99_999), at(99_999)).await.unwrap().is_some());
    }
}
