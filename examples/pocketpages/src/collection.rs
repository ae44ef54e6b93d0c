//! Collections of records, in memory: the users, and the administrators.

use std::{
    fmt,
    marker::PhantomData,
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
};

use passport_core::{BoxError, Fingerprint, UserStore, async_trait};
use passport_local::{Account, Accounts};

/// More than a program for trying out needs, and less than would hurt: strangers make records.
const MOST: usize = 10_000;

/// Which collection a record is of.
pub trait Kind: Send + Sync + 'static {}

/// The collection `users`.
#[derive(Debug)]
pub enum Users {}

/// The collection `admins`.
#[derive(Debug)]
pub enum Admins {}

impl Kind for Users {}
impl Kind for Admins {}

/// A record of `users`.
pub type User = Record<Users>;
/// A record of `admins`. A type of its own: no page for the one lets the other in.
pub type Admin = Record<Admins>;

/// Somebody who can sign in, as handlers see it: without the hash of the password.
pub struct Record<K> {
    /// Names the record for ever.
    pub id: u64,
    /// In lower case.
    pub email: String,
    /// Whether its owner has read a mail to that address.
    pub verified: bool,
    /// Raised by a change of password: all sessions before it are over. The original's `tokenKey`.
    pub epoch: u64,
    kind: PhantomData<fn() -> K>,
}

/// All records of one kind. Cheap to clone.
pub struct Collection<K>(Arc<RwLock<Vec<Row<K>>>>);

struct Row<K> {
    record: Arc<Record<K>>,
    /// Argon2id, as a PHC string. `None`: nobody signs in with a password.
    hash: Option<String>,
}

/// Why there is no new record.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum NotMade {
    Taken,
    Full,
}

impl Collection<Users> {
    /// Alice and Bob.
    pub fn users() -> Self {
        Self::of(&[("alice@example.com", ALICE), ("bob@example.com", BOB)])
    }
}

impl Collection<Admins> {
    /// Root.
    pub fn admins() -> Self {
        Self::of(&[("root@example.com", ROOT)])
    }
}

impl<K: Kind> Collection<K> {
    fn of(known: &[(&str, &str)]) -> Self {
        let rows = known.iter().zip(1..).map(|((email, hash), id)| Row {
            record: record(id, email, true),
            hash: Some((*hash).to_owned()),
        });
        Self(Arc::new(RwLock::new(rows.collect())))
    }

    /// A new record. Nobody else has its address.
    pub(crate) fn make(
        &self,
        email: &str,
        hash: Option<String>,
        verified: bool,
    ) -> Result<Arc<Record<K>>, NotMade> {
        let mut rows = self.write();
        if rows.iter().any(|row| row.record.email == email) {
            return Err(NotMade::Taken);
        }
        if rows.len() >= MOST {
            return Err(NotMade::Full);
        }
        let id = rows.last().map_or(1, |row| row.record.id + 1);
        let record = record(id, email, verified);
        rows.push(Row { record: Arc::clone(&record), hash });
        Ok(record)
    }

    /// Somebody has read a mail to this address: the record that has it, or a new one without a password.
    ///
    /// A record that nobody had verified may be a stranger's, made beforehand with a password that the stranger knows: that
    /// password goes, and the stranger is signed out.
    pub(crate) fn verified(&self, email: &str) -> Result<Arc<Record<K>>, NotMade> {
        let mut rows = self.write();
        if let Some(row) = rows.iter_mut().find(|row| row.record.email == email) {
            if !row.record.verified {
                let epoch = row.record.epoch + 1;
                row.record =
                    Arc::new(Record { verified: true, epoch, email: email.to_owned(), ..*row.record });
                row.hash = None;
            }
            return Ok(Arc::clone(&row.record));
        }
        drop(rows);
        self.make(email, None, true)
    }

    /// The stored hash of this record.
    pub(crate) fn hash(&self, id: u64) -> Option<String> {
        self.read().iter().find(|row| row.record.id == id)?.hash.clone()
    }

    /// Replaces the password if the old hash is still there, and ends all sessions of before: the record as it is now.
    pub(crate) fn change_password(
        &self,
        id: u64,
        old_hash: &str,
        new_hash: String,
    ) -> Option<Arc<Record<K>>> {
        let mut rows = self.write();
        let row = rows.iter_mut().find(|row| row.record.id == id && row.hash.as_deref() == Some(old_hash))?;
        let (email, epoch) = (row.record.email.clone(), row.record.epoch + 1);
        row.record = Arc::new(Record { email, epoch, ..*row.record });
        row.hash = Some(new_hash);
        Some(Arc::clone(&row.record))
    }

    fn read(&self) -> RwLockReadGuard<'_, Vec<Row<K>>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Vec<Row<K>>> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a session keeps of a record, and how to find it again.
#[async_trait]
impl<K: Kind> UserStore for Collection<K> {
    type User = Record<K>;
    type Key = u64;

    fn serialize_user(&self, record: &Record<K>) -> u64 {
        record.id
    }

    async fn deserialize_user(&self, id: u64) -> Result<Option<Arc<Record<K>>>, BoxError> {
        Ok(self.read().iter().find(|row| row.record.id == id).map(|row| Arc::clone(&row.record)))
    }

    fn fingerprint(&self, record: &Record<K>) -> Fingerprint {
        Fingerprint::epoch(record.epoch)
    }
}

/// What a sign-in with a password looks up: an address, or the part before `@example.com`.
#[async_trait]
impl<K: Kind> Accounts for Collection<K> {
    type User = Record<K>;

    async fn find(&self, identity: &str) -> Result<Option<Account<Record<K>>>, BoxError> {
        let mut email = identity.trim().to_lowercase();
        if !email.contains('@') {
            email.push_str("@example.com");
        }
        let rows = self.read();
        let row = rows.iter().find(|row| row.record.email == email);
        Ok(row.map(|row| {
            Account::new(Arc::clone(&row.record), row.record.id.to_string()).hash(row.hash.clone())
        }))
    }
}

fn record<K>(id: u64, email: &str, verified: bool) -> Arc<Record<K>> {
    Arc::new(Record { id, email: email.to_owned(), verified, epoch: 0, kind: PhantomData })
}

impl<K> Clone for Collection<K> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<K> fmt::Debug for Collection<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Collection")
    }
}

impl<K> fmt::Debug for Record<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Record").field("id", &self.id).finish_non_exhaustive()
    }
}

// Hashed beforehand, so that the program starts at once.
const ALICE: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$SZs0yn0RayDraBWD782ODA$3agduNDpzmvbK3Elbv8sLXDsVjodEMQN23l1kx3T/+4";
const BOB: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$70kr/82q7KAeKPWAQdzfBw$wcRnq4kMcGxjJYHfMX5dngovuoCkOSCcnyuUYp6TscU";
const ROOT: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$Bm6FjzvR91kMM32B3B1oAw$zqnm5DKax1lxnZtFfLEjhss5ll5s3gPHtRBT8K4uUtc";
