//! Where the ready verifier looks names up.

use std::{fmt, sync::Arc};

use async_trait::async_trait;
use passport_core::BoxError;

/// The application's accounts: what the ready verifier asks for a name.
///
/// # Examples
///
/// ```
/// use std::{collections::HashMap, sync::Arc};
/// use passport_local::{Account, Accounts, Local};
/// use passport_core::{BoxError, async_trait};
///
/// struct User { id: u64, hash: String, disabled: bool }
/// struct Users(HashMap<String, Arc<User>>);
///
/// #[async_trait]
/// impl Accounts for Users {
///     type User = User;
///     async fn find(&self, username: &str) -> Result<Option<Account<User>>, BoxError> {
///         Ok(self.0.get(username).map(|user| {
///             let account = Account::new(Arc::clone(user), user.id.to_string());
///             account.hash(user.hash.clone()).disabled(user.disabled)
///         }))
///     }
/// }
/// let strategy = Local::new(Users(HashMap::new()));
/// ```
#[async_trait]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no place to look up accounts",
    note = "implement `passport_local::Accounts` for it, with `#[async_trait]` on the impl block, or wrap \
            a closure that takes the name as a `String`: `Local::new(accounts_from(|username| async move {{ … }}))`"
)]
pub trait Accounts: Send + Sync + 'static {
    /// The kind of user that has these accounts.
    type User: Send + Sync + 'static;

    /// Finds the account of a name, disabled ones too.
    ///
    /// The name comes as it was typed: whether `Alice` is `alice` is for this function to say.
    ///
    /// # Errors
    ///
    /// Whatever kept it from finding out: nobody is logged in, and the visitor is not told that the password
    /// was wrong.
    ///
    /// # Security
    ///
    /// It should take as long for a name that nobody has: one query, by an index.
    async fn find(&self, username: &str) -> Result<Option<Account<Self::User>>, BoxError>;

    /// Stores a better hash of the same password, after a login with a legacy hash or one with weaker
    /// parameters.
    ///
    /// Store it only where `old_hash` still is (`UPDATE … SET hash = $new WHERE id = $id AND hash = $old`),
    /// or it undoes a change of password that happens at the same time. Answer with the user as it is now if
    /// its fingerprint is made of the hash: the login is the answer's, and with the old one it would end at
    /// the next request. `None` keeps `user`. Unless it is implemented, nothing is stored.
    ///
    /// # Errors
    ///
    /// Whatever kept it from being stored: that is logged, and the login goes on with `user`.
    async fn upgraded(
        &self,
        _user: &Arc<Self::User>,
        _old_hash: &str,
        _new_hash: &str,
    ) -> Result<Option<Arc<Self::User>>, BoxError> {
        Ok(None)
    }
}

/// A user, and what the ready verifier must know about it.
pub struct Account<U> {
    pub(crate) user: Arc<U>,
    pub(crate) key: String,
    pub(crate) hash: Option<String>,
    pub(crate) disabled: bool,
}

impl<U> Account<U> {
    /// A user without a password: nobody logs in with one until [`Account::hash`] says otherwise. `key` names
    /// the user in the log of failed attempts: an id, not something secret.
    pub fn new(user: impl Into<Arc<U>>, key: impl Into<String>) -> Self {
        Self { user: user.into(), key: key.into(), hash: None, disabled: false }
    }

    /// Sets the stored hash, as a `String` or, for a column that may be null, an `Option<String>`.
    pub fn hash(mut self, hash: impl Into<Option<String>>) -> Self {
        self.hash = hash.into();
        self
    }

    /// Says whether the user must not log in. To the visitor that is no different from a wrong password.
    pub fn disabled(mut self, disabled: bool) -> Self {
        self.disabled = disabled;
        self
    }

    /// The hash that a password has to match, if any would do.
    pub(crate) fn usable_hash(&self) -> Option<&str> {
        if self.disabled { None } else { self.hash.as_deref() }
    }
}

impl<U> fmt::Debug for Account<U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account")
            .field("key", &self.key)
            .field("disabled", &self.disabled)
            .finish_non_exhaustive()
    }
}

/// Accounts that a closure finds: [`accounts_from`].
#[derive(Clone)]
pub struct AccountsFrom<F>(F);

/// Makes accounts of a closure that takes the name and finds the account. To store upgraded hashes, implement
/// [`Accounts`] instead.
///
/// # Examples
///
/// ```
/// use passport_local::{Account, Local, accounts_from};
///
/// struct User(String);
/// let strategy = Local::new(accounts_from(|username: String| async move {
///     Ok((username == "alice").then(|| Account::new(User(username), "1").hash("$argon2id$…".to_owned())))
/// }));
/// ```
pub fn accounts_from<U, F, Fut>(find: F) -> AccountsFrom<F>
where
    U: Send + Sync + 'static,
    F: Fn(String) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<Option<Account<U>>, BoxError>> + Send,
{
    AccountsFrom(find)
}

#[async_trait]
impl<U, F, Fut> Accounts for AccountsFrom<F>
where
    U: Send + Sync + 'static,
    F: Fn(String) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<Option<Account<U>>, BoxError>> + Send,
{
    type User = U;

    async fn find(&self, username: &str) -> Result<Option<Account<U>>, BoxError> {
        (self.0)(username.to_owned()).await
    }
}

impl<F> fmt::Debug for AccountsFrom<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AccountsFrom")
    }
}
