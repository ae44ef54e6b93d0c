use std::sync::{Arc, Mutex};

use passport_core::{BoxError, async_trait};
use passport_local::{Account, Accounts, Local, Passwords};

use crate::{cheap_hasher, form, hash, user};

#[derive(Debug)]
pub(crate) struct User {
    pub(crate) name: String,
}

/// One row of a table.
#[derive(Clone)]
pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) hash: Option<String>,
    pub(crate) disabled: bool,
}

/// A table of accounts. A clone is the same table.
#[derive(Clone, Default)]
pub(crate) struct Table {
    pub(crate) rows: Arc<Mutex<Vec<Row>>>,
    pub(crate) asked: Arc<Mutex<Vec<String>>>,
    pub(crate) read_only: bool,
}

impl Table {
    pub(crate) fn of(rows: impl IntoIterator<Item = (&'static str, Option<String>, bool)>) -> Self {
        let rows = rows.into_iter().map(|(name, hash, disabled)| Row { name, hash, disabled }).collect();
        Self { rows: Arc::new(Mutex::new(rows)), ..Self::default() }
    }

    pub(crate) fn hash_of(&self, name: &str) -> String {
        self.rows.lock().unwrap().iter().find(|row| row.name == name).unwrap().hash.clone().unwrap()
    }

    pub(crate) fn strategy(&self) -> Local<User> {
        Local::verify(Passwords::new(self.clone()).hasher(cheap_hasher()))
    }
}

#[async_trait]
impl Accounts for Table {
    type User = User;

    async fn find(&self, username: &str) -> Result<Option<Account<User>>, BoxError> {
        self.asked.lock().unwrap().push(username.to_owned());
        if username == "broken" {
            return Err("the database is down".into());
        }
        let rows = self.rows.lock().unwrap();
        Ok(rows.iter().find(|row| row.name == username).map(|row| {
            Account::new(User { name: row.name.into() }, format!("key-of-{}", row.name))
                .hash(row.hash.clone())
                .disabled(row.disabled)
        }))
    }

    async fn upgraded(&self, user: &Arc<User>, old: &str, new: &str) -> Result<Option<Arc<User>>, BoxError> {
        if self.read_only {
            return Err("the database is read-only".into());
        }
        let mut rows = self.rows.lock().unwrap();
        let row = rows.iter_mut().find(|row| row.name == user.name && row.hash.as_deref() == Some(old));
        let row = row.ok_or("the hash has changed")?;
        row.hash = Some(new.to_owned());
        Ok(Some(Arc::new(User { name: format!("{}, upgraded", user.name) })))
    }
}

#[tokio::test]
async fn the_right_password_signs_in() {
    let strategy = Table::of([("alice", Some(hash("correct horse")), false)]).strategy();
    assert_eq!(user(&strategy, &form("username=alice&password=correct+horse")).await, "alice");
}

#[tokio::test]
async fn a_broken_database_is_an_error_and_503() {
    use passport_core::Strategy;
    let error =
        Table::default().strategy().authenticate(&form("username=broken&password=x")).await.unwrap_err();
    let error = error.downcast::<passport_core::Error>().unwrap();
    assert_eq!(error.status(), http::StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test]
async fn a_name_that_no_database_holds_is_not_looked_up() {
    let table = Table::default();
    for name in ["a%00b".to_owned(), "x".repeat(1025)] {
        let _ = crate::failure(&table.strategy(), &form(format!("username={name}&password=x"))).await;
    }
    assert!(table.asked.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_weak_hash_is_replaced_and_the_login_is_the_upgraded_users() {
    let weak = "$argon2i$v=19$m=256,t=2,p=1$c29tZXNhbHQ$iekCn0Y3spW+sCcFanM2xBT63UP2sghkUoHLIUpWRS8";
    let table = Table::of([("alice", Some(weak.into()), false)]);
    let strategy = table.strategy();
    assert_eq!(user(&strategy, &form("username=alice&password=password")).await, "alice, upgraded");
    assert!(table.hash_of("alice").starts_with("$argon2id$"));
    assert_eq!(user(&strategy, &form("username=alice&password=password")).await, "alice");
}

#[tokio::test]
async fn a_login_succeeds_although_its_upgrade_cannot_be_stored() {
    let weak = "$argon2i$v=19$m=256,t=2,p=1$c29tZXNhbHQ$iekCn0Y3spW+sCcFanM2xBT63UP2sghkUoHLIUpWRS8";
    let table = Table { read_only: true, ..Table::of([("alice", Some(weak.into()), false)]) };
    assert_eq!(user(&table.strategy(), &form("username=alice&password=password")).await, "alice");
    assert_eq!(table.hash_of("alice"), weak);
}
