//! The suite that every session store has to pass.
//!
//! It runs the rules of [`SessionStore`](crate::SessionStore) one by one, with concurrency and from two
//! handles on one database, and says for each what came instead. A store's own test is a [`Harness`] and this:
//!
//! ```
//! # use std::{sync::{Arc, atomic::{AtomicU64, Ordering}}, time::Duration};
//! # use passport_core::Timestamp;
//! use passport_session::{MemoryStore, SessionStore, conformance::{self, Harness}};
//!
//! struct InMemory {
//!     store: Arc<dyn SessionStore>,
//!     millis: AtomicU64,
//! }
//!
//! #[async_trait::async_trait]
//! impl Harness for InMemory {
//!     async fn store(&self) -> Arc<dyn SessionStore> {
//!         Arc::clone(&self.store)
//!     }
//!     fn now(&self) -> Timestamp {
//!         Timestamp::from_millis(self.millis.load(Ordering::SeqCst))
//!     }
//!     async fn advance(&self, by: Duration) {
//!         self.millis.fetch_add(u64::try_from(by.as_millis()).expect("a short time"), Ordering::SeqCst);
//!     }
//! }
//!
//! # tokio::runtime::Builder::new_multi_thread().enable_time().build().unwrap().block_on(async {
//! let store: Arc<dyn SessionStore> = Arc::new(MemoryStore::new());
//! let report = conformance::run(&InMemory { store, millis: AtomicU64::new(1_000_000) }).await;
//! assert!(report.is_passed(), "{report}");
//! # });
//! ```
//!
//! It needs a tokio runtime with a timer and more than one thread: on a single one, a store in memory
//! meets no races. All cases can share one database, also one that is in use: they have ids and users of
//! their own. [`cases`] lists them, to run them one at a time.
//!
//! # What it cannot show
//!
//! Durability, failover, and what happens to a call that is cut off: that needs the database's own process to
//! be killed. A race that is not met is not found; run it often, and on more than one core.

mod case;
mod cases;
mod harness;
mod report;
mod storm;
mod trial;

use self::trial::Trial;
pub use self::{
    case::{Case, Failure, Verdict},
    cases::cases,
    harness::{Fault, Harness},
    report::Report,
};

/// Runs every case against this store.
pub async fn run(harness: &dyn Harness) -> Report {
    let mut report = Report::default();
    for case in cases() {
        report.add(case, case.run(harness).await);
    }
    report
}
