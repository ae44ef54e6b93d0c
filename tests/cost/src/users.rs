//! The users, in memory.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering::Relaxed},
};

use async_trait::async_trait;
use passport_core::{BoxError, Fingerprint, UserStore};

/// What an application knows of a user.
#[derive(Clone, Debug)]
pub struct User {
    /// What a session keeps.
    pub id: u64,
    /// What `/me` says.
    pub name: String,
    /// Of the password, as stored.
    pub hash: String,
    /// What ends the user's sessions when it is raised.
    pub epoch: u64,
}

/// All users, and whose turn it is to log in.
#[derive(Clone, Debug)]
pub struct Users {
    all: Arc<[Arc<User>]>,
    next: Arc<AtomicUsize>,
    ends: Ends,
    at_hand: bool,
}

/// What ends a user's sessions.
#[derive(Clone, Copy, Debug)]
pub enum Ends {
    /// The epoch: what the manual recommends.
    Epoch,
    /// A change of the password's hash, as elsewhere.
    Hash,
}

impl Users {
    /// So many users, whose password hashes are so long.
    pub fn new(count: usize, hash: usize, ends: Ends) -> Self {
        let user = |id: usize| {
            Arc::new(User { id: id as u64, name: format!("user-{id:07}"), hash: "h".repeat(hash), epoch: 1 })
        };
        Self { all: (0..count).map(user).collect(), next: Arc::default(), ends, at_hand: true }
    }

    /// The same, where each has to be asked for: by a future, as from a database, but one that answers at once.
    pub fn asked_for(self) -> Self {
        Self { at_hand: false, ..self }
    }

    /// The one with this id.
    pub fn get(&self, id: u64) -> Option<&Arc<User>> {
        self.all.get(usize::try_from(id).ok()?)
    }

    /// One after the other, so that nobody reaches the limit of sessions.
    pub fn next(&self) -> Arc<User> {
        Arc::clone(&self.all[self.next.fetch_add(1, Relaxed) % self.all.len()])
    }
}

#[async_trait]
impl UserStore for Users {
    type User = User;
    type Key = u64;

    fn serialize_user(&self, user: &User) -> u64 {
        user.id
    }

    async fn deserialize_user(&self, id: u64) -> Result<Option<Arc<User>>, BoxError> {
        Ok(self.get(id).cloned())
    }

    fn cached_user(&self, id: &u64) -> Option<Arc<User>> {
        if self.at_hand { self.get(*id).cloned() } else { None }
    }

    fn fingerprint(&self, user: &User) -> Fingerprint {
        match self.ends {
            Ends::Epoch => Fingerprint::epoch(user.epoch),
            Ends::Hash => Fingerprint::of(&user.hash),
        }
    }
}
