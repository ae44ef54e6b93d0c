//! It keeps every rule of the contract.

use std::{sync::Arc, time::Duration};

use passport_core::Timestamp;
use passport_session::{
    IdHash, SessionStore,
    conformance::{self, Fault, Harness},
};
use passport_store_postgres::PostgresStore;

use crate::{sample::hex, server::Database};

struct Real {
    database: Database,
    store: Arc<PostgresStore>,
    second: Arc<PostgresStore>,
}

impl Real {
    async fn new() -> Option<Self> {
        let database = Database::shared()?;
        let store = Arc::new(database.patient().connect().await.unwrap());
        let second = Arc::new(database.patient().connect().await.unwrap());
        Some(Self { database, store, second })
    }

    fn set(&self, id: IdHash, record: &str) -> Fault {
        let id = hex(id);
        self.database.sql(&format!("UPDATE passport.sessions SET record = {record} WHERE id = '\\x{id}'"));
        Fault::Done
    }
}

#[async_trait::async_trait]
impl Harness for Real {
    async fn store(&self) -> Arc<dyn SessionStore> {
        self.store.clone()
    }

    async fn second(&self) -> Arc<dyn SessionStore> {
        self.second.clone()
    }

    fn now(&self) -> Timestamp {
        Timestamp::system()
    }

    async fn advance(&self, by: Duration) {
        tokio::time::sleep(by).await;
    }

    fn real_time(&self) -> bool {
        true
    }

    async fn corrupt(&self, id: IdHash) -> Fault {
        self.set(id, "substr(record, 1, 20)")
    }

    async fn newer_schema(&self, id: IdHash) -> Fault {
        self.set(id, "set_byte(record, 0, 2)")
    }

    async fn swap(&self, a: IdHash, b: IdHash) -> Fault {
        let (a, b) = (hex(a), hex(b));
        self.database.sql(&format!(
            "UPDATE passport.sessions s SET record = o.record FROM passport.sessions o \
             WHERE s.id IN ('\\x{a}', '\\x{b}') AND o.id IN ('\\x{a}', '\\x{b}') AND o.id <> s.id"
        ));
        Fault::Done
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn it_keeps_every_rule_of_the_contract() {
    let Some(real) = Real::new().await else { return };
    let report = conformance::run(&real).await;
    println!("{report}");
    assert!(report.is_passed(), "{report}");
    // Those that would have to wait for long, or turn a clock. None for want of a fault or of an answer.
    let mut left_out = report.not_applicable().map(|(_, why)| why);
    assert!(left_out.all(|why| !why.contains("harness") && !why.contains("asked again")), "{report}");
}
