//! The ready verifier: accounts on one side, hashes on the other.

use std::{fmt, sync::Arc};

use async_trait::async_trait;
use passport_core::{BoxError, Error, Subject};

use crate::{Account, Accounts, Checked, ClientKey, Credentials, Hasher, Verdict, Verify};

/// The longest name that is looked up, in bytes.
const NAME_LIMIT: usize = 1024;

/// The ready verifier over an application's [`Accounts`].
///
/// [`Local::new`](crate::Local::new) makes one with the default [`Hasher`]; make it here to give it another.
///
/// # Examples
///
/// ```
/// use passport_local::{Account, Argon2id, Gate, Hasher, Local, Passwords, accounts_from};
/// # struct User;
/// # let accounts = accounts_from(|_: String| async { Ok(None::<Account<User>>) });
///
/// let hasher = Hasher::with(Argon2id::new(64 * 1024, 3, 1)?, Gate::process());
/// let strategy = Local::verify(Passwords::new(accounts).hasher(hasher));
/// # Ok::<_, passport_core::Error>(())
/// ```
pub struct Passwords<A> {
    accounts: A,
    hasher: Hasher,
}

impl<A: Accounts> Passwords<A> {
    /// Verifies against these accounts.
    pub fn new(accounts: A) -> Self {
        Self { accounts, hasher: Hasher::new() }
    }

    /// Uses this hasher: one that sign-up and change of password use too.
    pub fn hasher(mut self, hasher: Hasher) -> Self {
        self.hasher = hasher;
        self
    }

    async fn find(&self, username: &str) -> Result<Option<Account<A::User>>, BoxError> {
        // No database has such a name, and some answer a zero byte with an error.
        if username.len() > NAME_LIMIT || username.contains('\0') {
            return Ok(None);
        }
        self.accounts.find(username).await.map_err(|error| match error.downcast::<Error>() {
            Ok(own) => own as BoxError,
            Err(other) => Error::User(other).into(),
        })
    }

    async fn upgraded(&self, account: &Account<A::User>, new_hash: &str) -> Arc<A::User> {
        let old_hash = account.hash.as_deref().unwrap_or_default();
        match self.accounts.upgraded(&account.user, old_hash, new_hash).await {
            Ok(Some(user)) => user,
            Ok(None) => Arc::clone(&account.user),
            Err(error) => {
                tracing::warn!(key = account.key, %error, "an upgraded password hash was not stored");
                Arc::clone(&account.user)
            }
        }
    }
}

#[async_trait]
impl<A: Accounts> Verify for Passwords<A> {
    type User = A::User;

    async fn verify(
        &self,
        credentials: Credentials,
        client: &ClientKey,
    ) -> Result<Verdict<A::User>, BoxError> {
        let account = self.find(&credentials.username).await?;
        let stored = account.as_ref().and_then(Account::usable_hash);
        let checked = match self.hasher.check(credentials.password, stored, client).await {
            Ok(checked) => checked,
            Err(error) => return Ok(Verdict::Refused(error.into_failure()?)),
        };
        let Some(account) = account else { return Ok(Verdict::Wrong(None)) };
        match checked {
            Checked::Right { upgrade: Some(hash) } => {
                Ok(Verdict::right(self.upgraded(&account, &hash).await))
            }
            Checked::Right { upgrade: None } => Ok(Verdict::right(account.user)),
            Checked::Unusable(reason) => {
                tracing::error!(key = account.key, %reason, "an account cannot log in");
                Ok(Verdict::Wrong(Some(Subject::Known(account.key))))
            }
            Checked::Wrong => Ok(Verdict::Wrong(Some(Subject::Known(account.key)))),
        }
    }
}

impl<A> fmt::Debug for Passwords<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Passwords").field("hasher", &self.hasher).finish_non_exhaustive()
    }
}
