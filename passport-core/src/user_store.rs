//! Where users come from, and what a session keeps of them.

use std::sync::Arc;

use async_trait::async_trait;
use serde_core::{Serialize, de::DeserializeOwned};

use crate::{BoxError, BoxFuture, Error, Fingerprint};

/// Turns users into keys for a session, and keys back into users.
///
/// # Security
///
/// A key names one user for ever: the lists of a user's sessions go by it, so it must not change with the
/// password and must never be given to another user. Two values of it that mean the same user must
/// serialize to the same JSON.
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
/// use passport_core::{BoxError, Fingerprint, UserStore, async_trait};
///
/// struct User { id: u32, epoch: u64, disabled: bool }
///
/// struct Users(/* a connection pool */);
/// # impl Users { async fn by_id(&self, _: u32) -> Result<Option<Arc<User>>, BoxError> { Ok(None) } }
///
/// #[async_trait]
/// impl UserStore for Users {
///     type User = User;
///     type Key = u32;
///
///     fn serialize_user(&self, user: &User) -> u32 {
///         user.id
///     }
///
///     async fn deserialize_user(&self, id: u32) -> Result<Option<Arc<User>>, BoxError> {
///         Ok(self.by_id(id).await?.filter(|user| !user.disabled))
///     }
///
///     fn fingerprint(&self, user: &User) -> Fingerprint {
///         Fingerprint::epoch(user.epoch)
///     }
/// }
/// ```
#[async_trait]
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say where users come from",
    note = "implement `passport_core::UserStore` for it, with `#[async_trait]` on the impl block, or use `Closures::new(…)`"
)]
pub trait UserStore: Send + Sync + 'static {
    /// The kind of user.
    type User: Send + Sync + 'static;
    /// What a session keeps of one: a number, a string, whatever names it. Where its type has changed since a login and cannot
    /// read what was kept, nobody is logged in by that; the session stays, and going back to the old type brings the login back.
    type Key: Serialize + DeserializeOwned + Send + 'static;

    /// What the session keeps of this user.
    fn serialize_user(&self, user: &Self::User) -> Self::Key;

    /// The user of this key; `None` if there is no such user, or if it may not be logged in any more.
    ///
    /// A cache that several servers fill for themselves must not be older than a login: who changes the password at one of them would
    /// be logged out at another, by a user whose [`fingerprint`](Self::fingerprint) is the old one.
    ///
    /// # Errors
    ///
    /// If nobody can say: that answers 503, and is no logout.
    async fn deserialize_user(&self, key: Self::Key) -> Result<Option<Arc<Self::User>>, BoxError>;

    /// The user of this key, if it is at hand, in a cache or in memory. `None` if not: then
    /// [`deserialize_user`](Self::deserialize_user) is asked, which knows everybody. So it is if this one's
    /// [`fingerprint`](Self::fingerprint) is not that of the login, because the cache may be older than that. Leave it away unless you have
    /// one: it saves a future in each request, and no more.
    ///
    /// It must not wait for anything slow: a lock that is held for a moment is fine, a query is not. One request may ask for the same key more than
    /// once. [`Auth::recheck`](crate::Auth::recheck) passes it over. A panic in it answers 503, and is no logout.
    ///
    /// # Security
    ///
    /// It is believed, so it says what `deserialize_user` would: nobody who may not be logged in any more. Whoever is changed, disabled or
    /// deleted has to leave the cache before that is confirmed, on every server.
    fn cached_user(&self, _key: &Self::Key) -> Option<Arc<Self::User>> {
        None
    }

    /// What ends all of this user's sessions when it changes.
    fn fingerprint(&self, user: &Self::User) -> Fingerprint;
}

/// A user store from three closures, for those who start from a tutorial.
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
/// use passport_core::{BoxError, Closures, Fingerprint};
///
/// struct User { id: u32, epoch: u64 }
///
/// let users = Closures::new(
///     |user: &User| user.id,
///     |id: u32| async move { Ok::<_, BoxError>((id == 1).then(|| Arc::new(User { id, epoch: 0 }))) },
///     |user: &User| Fingerprint::epoch(user.epoch),
/// );
/// # let _ = users;
/// ```
pub struct Closures<U, K> {
    serialize: Box<dyn Fn(&U) -> K + Send + Sync>,
    deserialize: Box<Deserialize<U, K>>,
    fingerprint: Box<dyn Fn(&U) -> Fingerprint + Send + Sync>,
}

type Deserialize<U, K> = dyn Fn(K) -> BoxFuture<'static, Result<Option<Arc<U>>, BoxError>> + Send + Sync;

impl<U: Send + Sync + 'static, K> Closures<U, K> {
    /// `serialize` says what a session keeps of a user, `deserialize` finds the user again, `fingerprint` says
    /// what ends the user's sessions when it changes.
    pub fn new<D, F>(
        serialize: impl Fn(&U) -> K + Send + Sync + 'static,
        deserialize: D,
        fingerprint: impl Fn(&U) -> Fingerprint + Send + Sync + 'static,
    ) -> Self
    where
        D: Fn(K) -> F + Send + Sync + 'static,
        F: Future<Output = Result<Option<Arc<U>>, BoxError>> + Send + 'static,
    {
        Self {
            serialize: Box::new(serialize),
            deserialize: Box::new(move |key| Box::pin(deserialize(key))),
            fingerprint: Box::new(fingerprint),
        }
    }
}

impl<U, K> std::fmt::Debug for Closures<U, K> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Closures")
    }
}

#[async_trait]
impl<U, K> UserStore for Closures<U, K>
where
    U: Send + Sync + 'static,
    K: Serialize + DeserializeOwned + Send + 'static,
{
    type User = U;
    type Key = K;

    fn serialize_user(&self, user: &U) -> K {
        (self.serialize)(user)
    }

    async fn deserialize_user(&self, key: K) -> Result<Option<Arc<U>>, BoxError> {
        (self.deserialize)(key).await
    }

    fn fingerprint(&self, user: &U) -> Fingerprint {
        (self.fingerprint)(user)
    }
}

/// Users that are nothing but their key: see [`Passport::of_ids`](crate::Passport::of_ids).
pub(crate) struct Ids<U>(std::marker::PhantomData<fn() -> U>);

impl<U> Ids<U> {
    pub(crate) const fn new() -> Self {
        Self(std::marker::PhantomData)
    }
}

#[async_trait]
impl<U> UserStore for Ids<U>
where
    U: Serialize + DeserializeOwned + Clone + Send + Sync + 'static,
{
    type User = U;
    type Key = U;

    fn serialize_user(&self, user: &U) -> U {
        user.clone()
    }

    async fn deserialize_user(&self, key: U) -> Result<Option<Arc<U>>, BoxError> {
        Ok(Some(Arc::new(key)))
    }

    fn cached_user(&self, key: &U) -> Option<Arc<U>> {
        Some(Arc::new(key.clone()))
    }

    fn fingerprint(&self, _: &U) -> Fingerprint {
        Fingerprint::none()
    }
}

/// What a user store was asked.
pub(crate) type Call<'a, U> = BoxFuture<'a, Result<Option<Arc<U>>, BoxError>>;

/// A `UserStore` without its key's type.
pub(crate) trait DynUserStore<U>: Send + Sync {
    /// The key, as JSON.
    fn key(&self, user: &U) -> Result<Vec<u8>, Error>;
    fn fingerprint(&self, user: &U) -> Fingerprint;
    /// `None`: ask.
    fn cached(&self, key: &[u8]) -> Option<Arc<U>>;
    /// `None`: this is no key of this store.
    fn find(&self, key: &[u8]) -> Option<Call<'_, U>>;
    /// Whether these bytes are a key of this store, written as this store writes it.
    fn is_key(&self, key: &[u8]) -> bool;
}

impl<S: UserStore> DynUserStore<S::User> for S {
    fn key(&self, user: &S::User) -> Result<Vec<u8>, Error> {
        serde_json::to_vec(&self.serialize_user(user)).map_err(|_| Error::Key("written as JSON"))
    }

    fn fingerprint(&self, user: &S::User) -> Fingerprint {
        UserStore::fingerprint(self, user)
    }

    fn cached(&self, key: &[u8]) -> Option<Arc<S::User>> {
        self.cached_user(&serde_json::from_slice(key).ok()?)
    }

    // Hands on the box of async-trait: no second one.
    fn find(&self, key: &[u8]) -> Option<Call<'_, S::User>> {
        Some(self.deserialize_user(serde_json::from_slice(key).ok()?))
    }

    fn is_key(&self, key: &[u8]) -> bool {
        let parsed = serde_json::from_slice::<S::Key>(key).ok();
        parsed.and_then(|parsed| serde_json::to_vec(&parsed).ok()).is_some_and(|again| again == key)
    }
}

/// The user store of a passport without sessions: nobody is ever put into one.
pub(crate) struct Nobody;

impl<U> DynUserStore<U> for Nobody {
    fn key(&self, _: &U) -> Result<Vec<u8>, Error> {
        Err(Error::NoSessions)
    }

    fn fingerprint(&self, _: &U) -> Fingerprint {
        Fingerprint::none()
    }

    fn cached(&self, _: &[u8]) -> Option<Arc<U>> {
        None
    }

    fn find(&self, _: &[u8]) -> Option<Call<'_, U>> {
        None
    }

    fn is_key(&self, _: &[u8]) -> bool {
        false
    }
}
