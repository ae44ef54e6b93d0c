//! The known users.

use std::sync::Arc;

use passport_core::{BoxError, Fingerprint, UserStore, async_trait};
use passport_local::{Account, Accounts};

/// A user, as handlers see one: without the hash of the password.
#[derive(Debug, PartialEq, Eq)]
pub struct User {
    /// Names the user for ever, also after a change of name.
    pub id: u64,
    /// Names the user to people.
    pub name: String,
    /// Raised by whatever must end all of the user's sessions: a change of password, "log out everywhere".
    pub epoch: u64,
}

/// The users of one realm, in memory. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Users(Arc<[Row]>);

/// What would be a row of a table.
#[derive(Debug)]
struct Row {
    user: Arc<User>,
    /// Argon2id, as a PHC string.
    hash: &'static str,
}

impl Users {
    /// `alice` / `correct horse battery staple` and `bob` / `wonderland is far away`.
    pub fn customers() -> Self {
        Self(Arc::new([row(1, "alice", ALICE), row(2, "bob", BOB)]))
    }

    /// `root` / `the admin of all things`, for a realm of its own.
    pub fn admins() -> Self {
        Self(Arc::new([row(1, "root", ROOT)]))
    }

    /// The user with this name.
    pub fn named(&self, name: &str) -> Option<Arc<User>> {
        self.find_row(|user| user.name == name).map(|row| Arc::clone(&row.user))
    }

    fn find_row(&self, wanted: impl Fn(&User) -> bool) -> Option<&Row> {
        self.0.iter().find(|row| wanted(&row.user))
    }
}

/// What a session keeps of a user, and how to find the user again.
#[async_trait]
impl UserStore for Users {
    type User = User;
    type Key = u64;

    fn serialize_user(&self, user: &User) -> u64 {
        user.id
    }

    async fn deserialize_user(&self, id: u64) -> Result<Option<Arc<User>>, BoxError> {
        Ok(self.find_row(|user| user.id == id).map(|row| Arc::clone(&row.user)))
    }

    fn fingerprint(&self, user: &User) -> Fingerprint {
        Fingerprint::epoch(user.epoch)
    }
}

/// What a login by username and password looks up.
#[async_trait]
impl Accounts for Users {
    type User = User;

    async fn find(&self, username: &str) -> Result<Option<Account<User>>, BoxError> {
        Ok(self.find_row(|user| user.name == username).map(|row| {
            Account::new(Arc::clone(&row.user), row.user.id.to_string()).hash(row.hash.to_owned())
        }))
    }
}

fn row(id: u64, name: &str, hash: &'static str) -> Row {
    Row { user: Arc::new(User { id, name: name.to_owned(), epoch: 0 }), hash }
}

// Hashed beforehand, so that an example starts at once.
const ALICE: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$SZs0yn0RayDraBWD782ODA$3agduNDpzmvbK3Elbv8sLXDsVjodEMQN23l1kx3T/+4";
const BOB: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$70kr/82q7KAeKPWAQdzfBw$wcRnq4kMcGxjJYHfMX5dngovuoCkOSCcnyuUYp6TscU";
const ROOT: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$Bm6FjzvR91kMM32B3B1oAw$zqnm5DKax1lxnZtFfLEjhss5ll5s3gPHtRBT8K4uUtc";

#[cfg(test)]
mod tests {
    use passport_local::{ClientKey, Hasher, Password};

    use super::*;

    async fn logs_in(users: &Users, name: &str, password: &str) -> bool {
        let row = users.find_row(|user| user.name == name).unwrap();
        let checked =
            Hasher::new().check(Password::new(password), Some(row.hash), &ClientKey::unknown()).await;
        checked.unwrap().is_right()
    }

    #[tokio::test]
    async fn everybody_logs_in_with_their_own_password() {
        let (customers, admins) = (Users::customers(), Users::admins());
        assert!(logs_in(&customers, "alice", "correct horse battery staple").await);
        assert!(logs_in(&customers, "bob", "wonderland is far away").await);
        assert!(logs_in(&admins, "root", "the admin of all things").await);
        assert!(!logs_in(&customers, "bob", "correct horse battery staple").await);
    }

    #[tokio::test]
    async fn what_a_session_keeps_finds_the_same_user_again() {
        let users = Users::customers();
        for name in ["alice", "bob"] {
            let user = users.named(name).unwrap();
            assert_eq!(users.deserialize_user(users.serialize_user(&user)).await.unwrap(), Some(user));
        }
        assert_eq!(users.deserialize_user(3).await.unwrap(), None);
    }
}
