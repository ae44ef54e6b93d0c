//! A store whose database others write to.

use std::{sync::Arc, time::Duration};

use passport_core::{Record, Timestamp};
use passport_session::{
    Envelope, IdHash, Loaded, SessionStore,
    conformance::{Fault as Brought, Harness},
};

use crate::{
    broken::{Broken, Fault},
    clock::Turned,
};

pub(crate) struct Outside {
    turned: Turned,
    store: Arc<Broken>,
}

impl Outside {
    pub(crate) fn new(fault: Fault) -> Self {
        let store = Arc::new(Broken::new(fault));
        Self { turned: Turned::sharing(Arc::clone(&store) as Arc<dyn SessionStore>), store }
    }

    async fn record(&self, id: IdHash) -> Record {
        match self.store.load(id, self.now()).await {
            Ok(Loaded::Found { record, .. }) => record,
            other => panic!("the case has created it: {other:?}"),
        }
    }
}

#[async_trait::async_trait]
impl Harness for Outside {
    async fn store(&self) -> Arc<dyn SessionStore> {
        self.turned.store().await
    }

    fn now(&self) -> Timestamp {
        self.turned.now()
    }

    async fn advance(&self, by: Duration) {
        self.turned.advance(by).await;
    }

    async fn corrupt(&self, id: IdHash) -> Brought {
        let mut bytes = Envelope::seal(id, &self.record(id).await);
        bytes.pop();
        self.store.overwrite(id, bytes);
        Brought::Done
    }

    async fn newer_schema(&self, id: IdHash) -> Brought {
        let mut bytes = Envelope::seal(id, &self.record(id).await);
        bytes[0] = u8::MAX;
        self.store.overwrite(id, bytes);
        Brought::Done
    }

    async fn swap(&self, a: IdHash, b: IdHash) -> Brought {
        let (of_a, of_b) = (self.record(a).await, self.record(b).await);
        self.store.overwrite(a, Envelope::seal(b, &of_b));
        self.store.overwrite(b, Envelope::seal(a, &of_a));
        Brought::Done
    }
}
