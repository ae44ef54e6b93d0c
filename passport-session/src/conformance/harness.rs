//! What the suite has to be told about a store.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use passport_core::Timestamp;

use crate::{IdHash, SessionStore};

/// A store under test, and how time passes for it.
#[async_trait]
pub trait Harness: Send + Sync {
    /// The store. May be the same each time.
    async fn store(&self) -> Arc<dyn SessionStore>;

    /// Another handle on the same database, with connections of its own, as another process has it.
    async fn second(&self) -> Arc<dyn SessionStore> {
        self.store().await
    }

    /// What time it is.
    fn now(&self) -> Timestamp;

    /// Lets this much time pass. For a store that judges by its own clock this really waits.
    async fn advance(&self, by: Duration);

    /// Whether the store judges by its own clock, so that [`advance`](Self::advance) really waits. Then no case waits for
    /// more than a few seconds, and those that need a minute or the exact millisecond say that they do not apply.
    fn real_time(&self) -> bool {
        false
    }

    /// Whether the store needs [`SessionStore::sweep`]. One that expires by itself does not, and answers zero.
    fn sweeps(&self) -> bool {
        true
    }

    /// Replaces what is stored under this id by bytes that are no record.
    async fn corrupt(&self, _id: IdHash) -> Fault {
        Fault::Unsupported
    }

    /// Makes what is stored under this id look as if a newer release had written it.
    async fn newer_schema(&self, _id: IdHash) -> Fault {
        Fault::Unsupported
    }

    /// Exchanges what is stored under these two ids.
    async fn swap(&self, _a: IdHash, _b: IdHash) -> Fault {
        Fault::Unsupported
    }
}

/// Whether a fault could be brought about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It is there.
    Done,
    /// This store cannot have it.
    Unsupported,
}
