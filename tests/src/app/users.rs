//! The known users, in memory, as an application's own table would have them.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use passport_core::{BoxError, Fingerprint, UserStore};
use passport_local::{Account, Accounts};

/// Of `correct horse battery staple`.
const ALICE: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$/I+W08FjnZZL7ls0AsSF9A$Q7xRJ3z04P3AQNZQrj4TymGhq+tHnXnZCw/WqvI+CWw";
/// Of `wonderland is far away`.
const BOB: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$z5FQw3LTq6BvFpU47JEjRQ$guw7E/0a6ggfJhPggNFGTFfr6XN54JQj8FkJwd7iCxY";
/// Of `the admin of all things`.
const ROOT: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$tswT2p6ytkh9o1RgexRLOA$Pw92BmXX8ydEwp1SCh5Eiy7f/CFJGheK5gQxlxmQ9DA";

/// A user of the first realm.
#[derive(Debug)]
pub struct User {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) hash: String,
    pub(crate) epoch: u64,
}

impl User {
    /// The user's name.
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// A user of the second realm, whose id is also a user's in the first.
#[derive(Debug)]
pub struct Admin;

/// What the JSON of `/me` says.
pub(super) trait Named: Send + Sync + 'static {
    /// The user's name.
    fn name(&self) -> &str;
    /// Its realm.
    fn realm() -> &'static str;
}

impl Named for User {
    fn name(&self) -> &str {
        &self.name
    }

    fn realm() -> &'static str {
        "user"
    }
}

impl Named for Admin {
    fn name(&self) -> &'static str {
        "root"
    }

    fn realm() -> &'static str {
        "admin"
    }
}

struct Row {
    user: Arc<User>,
    disabled: bool,
}

/// The table.
#[derive(Clone)]
pub(super) struct Users(Arc<Mutex<HashMap<String, Row>>>);

impl Users {
    pub(super) fn known() -> Self {
        let row = |id, name: &str, hash: &str| {
            let user = User { id, name: name.to_owned(), hash: hash.to_owned(), epoch: 0 };
            (name.to_owned(), Row { user: Arc::new(user), disabled: false })
        };
        Self(Arc::new(Mutex::new(HashMap::from([row(1, "alice", ALICE), row(2, "bob", BOB)]))))
    }

    /// Changes a user and raises its epoch, which ends its sessions. The user as it is then; `None` for nobody.
    fn change(&self, name: &str, disabled: Option<bool>, hash: Option<String>) -> Option<Arc<User>> {
        let mut rows = self.rows();
        let row = rows.get_mut(name)?;
        row.disabled = disabled.unwrap_or(row.disabled);
        let old = &row.user;
        let hash = hash.unwrap_or_else(|| old.hash.clone());
        row.user = Arc::new(User { id: old.id, name: old.name.clone(), hash, epoch: old.epoch + 1 });
        Some(Arc::clone(&row.user))
    }

    pub(super) fn disable(&self, name: &str, disabled: bool) -> Option<Arc<User>> {
        self.change(name, Some(disabled), None)
    }

    pub(super) fn set_hash(&self, name: &str, hash: String) -> Option<Arc<User>> {
        self.change(name, None, Some(hash))
    }

    pub(super) fn delete(&self, name: &str) -> Option<Arc<User>> {
        self.rows().remove(name).map(|row| row.user)
    }

    fn rows(&self) -> MutexGuard<'_, HashMap<String, Row>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
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
        let rows = self.rows();
        Ok(rows.values().find(|row| row.user.id == id && !row.disabled).map(|row| Arc::clone(&row.user)))
    }

    fn fingerprint(&self, user: &User) -> Fingerprint {
        Fingerprint::epoch(user.epoch)
    }
}

#[async_trait]
impl Accounts for Users {
    type User = User;

    async fn find(&self, username: &str) -> Result<Option<Account<User>>, BoxError> {
        Ok(self.rows().get(username).map(|row| {
            let account = Account::new(Arc::clone(&row.user), row.user.id.to_string());
            account.hash(row.user.hash.clone()).disabled(row.disabled)
        }))
    }
}

impl fmt::Debug for Users {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Users")
    }
}

/// The one administrator.
#[derive(Debug)]
pub(super) struct Admins;

#[async_trait]
impl UserStore for Admins {
    type User = Admin;
    type Key = u64;

    fn serialize_user(&self, _: &Admin) -> u64 {
        1
    }

    async fn deserialize_user(&self, id: u64) -> Result<Option<Arc<Admin>>, BoxError> {
        Ok((id == 1).then(|| Arc::new(Admin)))
    }

    fn fingerprint(&self, _: &Admin) -> Fingerprint {
        Fingerprint::none()
    }
}

#[async_trait]
impl Accounts for Admins {
    type User = Admin;

    async fn find(&self, username: &str) -> Result<Option<Account<Admin>>, BoxError> {
        Ok((username == "root").then(|| Account::new(Arc::new(Admin), "1").hash(ROOT.to_owned())))
    }
}
