//! A table of people, in memory: the two traits that an application implements, once for both kinds of user.

use std::{
    fmt,
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
};

use passport_core::{BoxError, Fingerprint, UserStore, async_trait};
use passport_local::{Account, Accounts};
use serde_json::Value;

use crate::Person;

/// One kind of person.
pub trait Row: Clone + Send + Sync + 'static {
    /// The columns that every kind has.
    fn person(&self) -> &Person;
    /// The same, to change.
    fn person_mut(&mut self) -> &mut Person;
    /// What may leave the server: an allow-list.
    fn payload(&self) -> Value;
}

/// A table. Clones are the same table.
pub struct Table<R>(Arc<RwLock<Vec<Stored<R>>>>);

/// A row, and beside it what never leaves the table.
struct Stored<R> {
    row: Arc<R>,
    hash: String,
}

impl<R: Row> Table<R> {
    pub(crate) fn new() -> Self {
        Self(Arc::default())
    }

    /// Adds a person, who gets the next id. `None`: somebody has that email already.
    pub(crate) fn insert(
        &self,
        hash: String,
        row: impl FnOnce(u64) -> Result<R, BoxError>,
    ) -> Result<Option<Arc<R>>, BoxError> {
        let mut rows = self.write();
        let next = rows.last().map_or(1, |last| last.row.person().id + 1);
        let row = Arc::new(row(next)?);
        if rows.iter().any(|other| is_same(&other.row.person().email, &row.person().email)) {
            return Ok(None);
        }
        rows.push(Stored { row: Arc::clone(&row), hash });
        Ok(Some(row))
    }

    /// The person with this email, disabled ones too.
    pub fn with_email(&self, email: &str) -> Option<Arc<R>> {
        self.find(|row| is_same(&row.person().email, email)).map(|(row, _)| row)
    }

    /// The person with this public name, disabled ones too.
    pub fn with_uuid(&self, uuid: &str) -> Option<Arc<R>> {
        self.find(|row| row.person().uuid == uuid).map(|(row, _)| row)
    }

    /// Enables or disables a person. What a disabled one had is not good again afterwards.
    pub fn set_active(&self, id: u64, active: bool) -> Option<Arc<R>> {
        self.change(
            |person| person.id == id,
            |stored| {
                let person = Arc::make_mut(&mut stored.row).person_mut();
                person.active = active;
                person.changed();
            },
        )
    }

    /// Gives a person another password. `None` if the person has changed since this epoch: has got another one, or was
    /// disabled.
    pub fn set_hash(&self, id: u64, epoch: u64, hash: String) -> Option<Arc<R>> {
        self.change(
            |person| person.id == id && person.epoch == epoch,
            |stored| {
                stored.hash = hash;
                Arc::make_mut(&mut stored.row).person_mut().changed();
            },
        )
    }

    fn change(&self, whose: impl Fn(&Person) -> bool, change: impl FnOnce(&mut Stored<R>)) -> Option<Arc<R>> {
        let mut rows = self.write();
        let stored = rows.iter_mut().find(|stored| whose(stored.row.person()))?;
        change(stored);
        Some(Arc::clone(&stored.row))
    }

    fn find(&self, wanted: impl Fn(&R) -> bool) -> Option<(Arc<R>, String)> {
        let rows = self.read();
        let found = rows.iter().find(|stored| wanted(&stored.row))?;
        Some((Arc::clone(&found.row), found.hash.clone()))
    }

    fn read(&self) -> RwLockReadGuard<'_, Vec<Stored<R>>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Vec<Stored<R>>> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whatever the case: `BOB@X` is `bob@x`. Nothing in an email is a wildcard here.
fn is_same(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}

/// What a session keeps of a person, and how to find that one again: `status = 1` is a part of finding.
#[async_trait]
impl<R: Row> UserStore for Table<R> {
    type User = R;
    type Key = u64;

    fn serialize_user(&self, row: &R) -> u64 {
        row.person().id
    }

    async fn deserialize_user(&self, id: u64) -> Result<Option<Arc<R>>, BoxError> {
        let found = self.find(|row| row.person().id == id && row.person().active);
        Ok(found.map(|(row, _)| row))
    }

    fn fingerprint(&self, row: &R) -> Fingerprint {
        Fingerprint::epoch(row.person().epoch)
    }
}

/// What a login by email and password looks up.
#[async_trait]
impl<R: Row> Accounts for Table<R> {
    type User = R;

    async fn find(&self, email: &str) -> Result<Option<Account<R>>, BoxError> {
        let found = self.find(|row| is_same(&row.person().email, email));
        Ok(found.map(|(row, hash)| {
            let (id, active) = (row.person().id.to_string(), row.person().active);
            Account::new(row, id).hash(hash).disabled(!active)
        }))
    }
}

impl<R> Clone for Table<R> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<R> fmt::Debug for Table<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Table")
    }
}
