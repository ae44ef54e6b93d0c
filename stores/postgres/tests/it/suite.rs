//! It keeps every rule of the contract.

use std::{sync::Arc, time::Duration};

use passport_core::Timestamp;
use passport_session::{
    IdHash, SessionStore,
    conformance::{self, Fault, Harness},
};
use passport_store_postgres::PostgresStore;

use crate::server::Database;

struct Real {
    database: Database,
    store: Arc<PostgresStore>,
    second: Arc<PostgresStore>,
}

fn hex(id: IdHash) -> String {
    id.as_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
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
    let left_out: Vec<_> = report.not_applicable().collect();
    assert!(left_out.iter().all(|(_, why)| why.starts_with("it would have to")), "{left_out:?}");
}
