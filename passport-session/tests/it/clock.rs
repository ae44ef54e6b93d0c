//! A store under test, with a clock that is turned by hand.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use passport_core::Timestamp;
use passport_session::{SessionStore, conformance::Harness};

use crate::own_clock::OwnClock;

pub(crate) struct Turned {
    store: Arc<dyn SessionStore>,
    dial: Arc<Dial>,
    /// Whether the store judges by its own clock. That one is turned, too: nobody waits.
    own_clock: bool,
}

pub(crate) struct Dial(AtomicU64);

impl Dial {
    fn new() -> Arc<Self> {
        Arc::new(Self(AtomicU64::new(1_700_000_000_000)))
    }

    pub(crate) fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::SeqCst))
    }
}

impl Turned {
    pub(crate) fn new(store: impl SessionStore) -> Self {
        Self::sharing(Arc::new(store))
    }

    pub(crate) fn sharing(store: Arc<dyn SessionStore>) -> Self {
        Self { store, dial: Dial::new(), own_clock: false }
    }

    /// The same store, which says that it judges by its own clock and believes its callers'.
    pub(crate) fn gullible(store: impl SessionStore) -> Self {
        Self { own_clock: true, ..Self::new(store) }
    }

    /// The same store behind a clock of its own.
    pub(crate) fn with_own_clock(store: impl SessionStore) -> Self {
        let dial = Dial::new();
        Self { store: Arc::new(OwnClock::new(store, Arc::clone(&dial))), dial, own_clock: true }
    }
}

#[async_trait::async_trait]
impl Harness for Turned {
    async fn store(&self) -> Arc<dyn SessionStore> {
        Arc::clone(&self.store)
    }

    fn now(&self) -> Timestamp {
        self.dial.now()
    }

    async fn advance(&self, by: Duration) {
        self.dial.0.fetch_add(u64::try_from(by.as_millis()).unwrap_or(u64::MAX), Ordering::SeqCst);
    }

    fn real_time(&self) -> bool {
        self.own_clock
    }
}
