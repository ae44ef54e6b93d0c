//! People, and where they come from.

use std::{
    collections::HashMap,
    marker::PhantomData,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed},
    },
};

use passport_core::{BoxError, Fingerprint, UserStore, async_trait};

/// One kind of user; its name is its key.
pub(crate) trait Person: Send + Sync + 'static {
    fn of(name: &str, epoch: u64) -> Self;
    fn name(&self) -> &str;
    fn epoch(&self) -> u64;
}

#[derive(Debug)]
pub(crate) struct User {
    name: String,
    epoch: u64,
}

#[derive(Debug)]
pub(crate) struct Admin {
    name: String,
    epoch: u64,
}

impl Person for User {
    fn of(name: &str, epoch: u64) -> Self {
        Self { name: name.to_owned(), epoch }
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn epoch(&self) -> u64 {
        self.epoch
    }
}

impl Person for Admin {
    fn of(name: &str, epoch: u64) -> Self {
        Self { name: name.to_owned(), epoch }
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn epoch(&self) -> u64 {
        self.epoch
    }
}

/// Everybody there is: alice, bob and root, of either kind.
pub(crate) struct Users<P> {
    inner: Arc<Inner>,
    kind: PhantomData<fn() -> P>,
}

struct Inner {
    epochs: Mutex<HashMap<String, u64>>,
    asked: AtomicUsize,
    far: AtomicBool,
    down: AtomicBool,
    panics: AtomicBool,
    fingerprint_panics: AtomicBool,
    cached: AtomicBool,
    /// What the cache has, if not the same as the store.
    kept: Mutex<Option<HashMap<String, u64>>>,
    cache_panics: AtomicBool,
}

impl<P> Clone for Users<P> {
    fn clone(&self) -> Self {
        Self { inner: Arc::clone(&self.inner), kind: PhantomData }
    }
}

impl<P: Person> Users<P> {
    pub(crate) fn new() -> Self {
        let epochs = ["alice", "bob", "root"].map(|name| (name.to_owned(), 0));
        let inner = Inner {
            epochs: Mutex::new(epochs.into()),
            asked: AtomicUsize::new(0),
            far: AtomicBool::new(false),
            down: AtomicBool::new(false),
            panics: AtomicBool::new(false),
            fingerprint_panics: AtomicBool::new(false),
            cached: AtomicBool::new(false),
            kept: Mutex::default(),
            cache_panics: AtomicBool::new(false),
        };
        Self { inner: Arc::new(inner), kind: PhantomData }
    }

    /// As a login finds them.
    pub(crate) fn get(&self, name: &str) -> P {
        P::of(name, self.inner.epochs.lock().unwrap()[name])
    }

    /// A changed password, or whatever else ends this user's sessions.
    pub(crate) fn change(&self, name: &str) {
        *self.inner.epochs.lock().unwrap().get_mut(name).unwrap() += 1;
    }

    pub(crate) fn remove(&self, name: &str) {
        self.inner.epochs.lock().unwrap().remove(name);
    }

    /// Whoever was removed is back, as if nothing had been.
    pub(crate) fn restore(&self, name: &str) {
        self.inner.epochs.lock().unwrap().insert(name.to_owned(), 0);
    }

    /// How often somebody was looked up.
    pub(crate) fn asked(&self) -> usize {
        self.inner.asked.load(Relaxed)
    }

    /// Whether they have to be waited for.
    pub(crate) fn far_away(&self, far: bool) {
        self.inner.far.store(far, Relaxed);
    }

    pub(crate) fn fail(&self, down: bool) {
        self.inner.down.store(down, Relaxed);
    }

    pub(crate) fn panic(&self, panics: bool) {
        self.inner.panics.store(panics, Relaxed);
    }

    /// Only where it is asked what ends a user's sessions.
    pub(crate) fn panic_at_fingerprints(&self, panics: bool) {
        self.inner.fingerprint_panics.store(panics, Relaxed);
    }
}

impl<P: Person> Users<P> {
    /// Whether all of them are at hand.
    pub(crate) fn cache(&self, cached: bool) {
        self.inner.cached.store(cached, Relaxed);
    }

    /// From now on the cache learns nothing new.
    pub(crate) fn keep_cache(&self) {
        *self.inner.kept.lock().unwrap() = Some(self.inner.epochs.lock().unwrap().clone());
    }

    pub(crate) fn panic_at_hand(&self, panics: bool) {
        self.inner.cache_panics.store(panics, Relaxed);
    }

    fn find(&self, name: &str) -> Option<Arc<P>> {
        let epoch = self.inner.epochs.lock().unwrap().get(name).copied();
        epoch.map(|epoch| Arc::new(P::of(name, epoch)))
    }
}

#[async_trait]
impl<P: Person> UserStore for Users<P> {
    type User = P;
    type Key = String;

    fn serialize_user(&self, user: &P) -> String {
        assert!(!self.inner.panics.load(Relaxed), "the user store panics");
        user.name().to_owned()
    }

    async fn deserialize_user(&self, key: String) -> Result<Option<Arc<P>>, BoxError> {
        self.inner.asked.fetch_add(1, Relaxed);
        assert!(!self.inner.panics.load(Relaxed), "the user store panics");
        if self.inner.far.load(Relaxed) {
            tokio::task::yield_now().await;
        }
        if self.inner.down.load(Relaxed) {
            return Err("the users cannot be reached".into());
        }
        Ok(self.find(&key))
    }

    fn cached_user(&self, key: &String) -> Option<Arc<P>> {
        assert!(!self.inner.cache_panics.load(Relaxed), "the cache panics");
        if let Some(kept) = &*self.inner.kept.lock().unwrap() {
            return kept.get(key).map(|epoch| Arc::new(P::of(key, *epoch)));
        }
        self.inner.cached.load(Relaxed).then(|| self.find(key))?
    }

    fn fingerprint(&self, user: &P) -> Fingerprint {
        assert!(!self.inner.fingerprint_panics.load(Relaxed), "the user store panics");
        Fingerprint::epoch(user.epoch())
    }
}
