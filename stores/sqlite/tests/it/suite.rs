//! The suite that every store has to pass.

use std::{sync::Arc, time::Duration};

use passport_core::{Clock, Timestamp};
use passport_session::{
    IdHash, SessionStore, TokioClock,
    conformance::{self, Fault, Harness, Verdict},
};
use rusqlite::params;

use crate::database::Database;

struct Suite {
    database: Database,
    /// Whether it is the computer's clock, and not the one that is turned.
    real_time: bool,
    one: Arc<dyn SessionStore>,
    two: Arc<dyn SessionStore>,
}

impl Suite {
    /// By the clock that is turned.
    async fn new() -> Self {
        let database = Database::new();
        let (one, two) = (Arc::new(database.open().await), Arc::new(database.open().await));
        Self { database, real_time: false, one, two }
    }

    /// By the computer's, as in production.
    async fn by_its_own_clock() -> Self {
        let database = Database::new();
        let open = || database.builder().clock(TokioClock).open();
        let (one, two) = (Arc::new(open().await.unwrap()), Arc::new(open().await.unwrap()));
        Self { database, real_time: true, one, two }
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
        if self.real_time { Timestamp::system() } else { self.database.clock.now() }
    }

    async fn advance(&self, by: Duration) {
        if self.real_time {
            tokio::time::sleep(by).await;
        } else {
            self.database.clock.advance(by);
        }
    }

    fn real_time(&self) -> bool {
        self.real_time
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
    let left: Vec<_> = report.not_applicable().map(|(name, _)| name).collect();
    // Those that need a store with a clock of its own.
    let suite = Suite::by_its_own_clock().await;
    for case in conformance::cases().iter().filter(|case| left.contains(&case.name())) {
        let verdict = case.run(&suite).await;
        println!("by its own clock: {}: {verdict:?}", case.name());
        assert!(matches!(verdict, Ok(Verdict::Passed)), "{}: {verdict:?}", case.name());
    }
}
