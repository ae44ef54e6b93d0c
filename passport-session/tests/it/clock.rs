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

pub(crate) struct Turned {
    store: Arc<dyn SessionStore>,
    millis: AtomicU64,
}

impl Turned {
    pub(crate) fn new(store: impl SessionStore) -> Self {
        Self::sharing(Arc::new(store))
    }

    pub(crate) fn sharing(store: Arc<dyn SessionStore>) -> Self {
        Self { store, millis: AtomicU64::new(1_700_000_000_000) }
    }
}

#[async_trait::async_trait]
impl Harness for Turned {
    async fn store(&self) -> Arc<dyn SessionStore> {
        Arc::clone(&self.store)
    }

    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.millis.load(Ordering::SeqCst))
    }

    async fn advance(&self, by: Duration) {
        self.millis.fetch_add(u64::try_from(by.as_millis()).unwrap_or(u64::MAX), Ordering::SeqCst);
    }
}
