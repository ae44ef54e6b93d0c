//! Sessions that end, here and in other processes.

mod ear;
mod listen;
mod table;

use std::sync::{Arc, atomic::AtomicBool};

use passport_core::BoxFuture;
use passport_session::IdHash;

use self::{listen::Listening, table::Table};
use crate::{connection::Connector, schema::Schema};

/// Those who wait, and what is needed to hear for them. Nothing runs and no connection is open while nobody waits.
pub(crate) struct Watch {
    table: Arc<Table>,
    listening: Arc<Listening>,
}

impl Watch {
    pub(crate) fn new(connector: Connector, schema: &Schema) -> Self {
        let table = Arc::<Table>::default();
        let running = Arc::new(AtomicBool::new(false));
        Self { table, listening: Arc::new(Listening::new(connector, schema, running)) }
    }

    /// Wakes who waits in this process for ids that have ended by its own doing.
    pub(crate) fn end(&self, ids: &[IdHash]) {
        self.table.end(ids.iter());
    }

    /// Resolves when this id is no longer live.
    pub(crate) fn ended(&self, id: IdHash) -> BoxFuture<'static, ()> {
        let waiter = self.table.wait(id);
        let (table, listening) = (Arc::clone(&self.table), Arc::clone(&self.listening));
        Box::pin(async move {
            listening.start(&table);
            waiter.ended().await;
        })
    }
}
