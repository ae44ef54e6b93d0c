//! Processes that write to one file at once.

use passport_core::{Kind, Record, Timestamp};
use passport_session::{Loaded, SessionStore, StoreError, Written};

use crate::{
    database::{Database, MANY, id, life, visitor},
    process::{Process, open},
};

/// How often each process adds one.
pub(crate) const EACH: u64 = 100;

fn number(record: &Record) -> u64 {
    u64::from_le_bytes(record.get(Kind::Data, "cart").unwrap().try_into().unwrap())
}

/// Adds one to a number that others add to as well, so many times.
pub(crate) async fn count(store: &dyn SessionStore, times: u64) {
    let now = Timestamp::system();
    match store.create(id(7), &visitor(&0_u64.to_le_bytes()), life(now), MANY).await {
        Ok(_) | Err(StoreError::Exists) => {}
        other => panic!("{other:?}"),
    }
    for _ in 0..times {
        loop {
            let Loaded::Found { record, version, .. } = store.load(id(7), now).await.unwrap() else {
                panic!("it is live")
            };
            let more = visitor(&(number(&record) + 1).to_le_bytes());
            match store.update(id(7), &more, version, life(now)).await.unwrap() {
                Written::Done(_) => break,
                Written::Conflict => {}
                Written::Gone => panic!("it is live"),
            }
        }
    }
}

pub(crate) async fn counted(store: &dyn SessionStore) -> u64 {
    match store.load(id(7), Timestamp::system()).await.unwrap() {
        Loaded::Found { record, .. } => number(&record),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn two_processes_that_count_together_lose_nothing() {
    let database = Database::new();
    let both = [(); 2].map(|()| Process::start(&database.path(), "counts"));
    for process in both {
        process.ends_well();
    }
    let store = open(&database.path()).await;
    assert_eq!(counted(&*store).await, 2 * EACH);
}
