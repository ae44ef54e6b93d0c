//! The suite that every store has to pass.

use std::{sync::Arc, time::Duration};

use passport_core::{Clock, Timestamp};
use passport_session::{
    IdHash, SessionStore,
    conformance::{self, Fault, Harness},
};
use rusqlite::params;

use crate::database::Database;

struct Suite {
    database: Database,
    one: Arc<dyn SessionStore>,
    two: Arc<dyn SessionStore>,
}

impl Suite {
    async fn new() -> Self {
        let database = Database::new();
        let (one, two) = (Arc::new(database.open().await), Arc::new(database.open().await));
        Self { database, one, two }
    }

    fn record(&self, id: IdHash) -> Vec<u8> {
        let db = self.database.directly();
        db.query_row("SELECT record FROM sessions WHERE id = ?1", [id.as_bytes()], |row| row.get(0)).unwrap()
    }

    fn overwrite(&self, id: IdHash, record: &[u8]) -> Fault {
        let sql = "UPDATE sessions SET record = ?2 WHERE id = ?1";
        assert_eq!(self.database.directly().execute(sql, params![id.as_bytes(), record]).unwrap(), 1);
        Fault::Done
    }
}

#[async_trait::async_trait]
impl Harness for Suite {
    async fn store(&self) -> Arc<dyn SessionStore> {
        Arc::clone(&self.one)
    }

    async fn second(&self) -> Arc<dyn SessionStore> {
        Arc::clone(&self.two)
    }

    fn now(&self) -> Timestamp {
        self.database.clock.now()
    }

    async fn advance(&self, by: Duration) {
        self.database.clock.advance(by);
    }

    async fn corrupt(&self, id: IdHash) -> Fault {
        let mut record = self.record(id);
        record.pop();
        self.overwrite(id, &record)
    }

    async fn newer_schema(&self, id: IdHash) -> Fault {
        let mut record = self.record(id);
        record[0] += 1;
        self.overwrite(id, &record)
    }

    async fn swap(&self, a: IdHash, b: IdHash) -> Fault {
        let (of_a, of_b) = (self.record(a), self.record(b));
        self.overwrite(a, &of_b);
        self.overwrite(b, &of_a)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn it_keeps_every_rule() {
    let report = conformance::run(&Suite::new().await).await;
    println!("{report}");
    assert!(report.is_passed(), "{report}");
    assert_eq!(report.not_applicable().count(), 0, "{report}");
}
