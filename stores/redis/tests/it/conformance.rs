//! The suite that every store has to pass.

use std::{sync::Arc, time::Duration};

use passport_core::Timestamp;
use passport_session::{
    IdHash, SessionStore,
    conformance::{self, Fault, Harness, Verdict},
};
use passport_test_servers::Redis;
use tokio::task::JoinSet;

use crate::raw::{Raw, envelope_at, key, patient};

struct Real {
    store: Arc<dyn SessionStore>,
    second: Arc<dyn SessionStore>,
    raw: Raw,
}

impl Real {
    async fn over(redis: &Redis) -> Self {
        let (store, second) = (patient(redis).await, patient(redis).await);
        Self { store: Arc::new(store), second: Arc::new(second), raw: Raw::to(redis).await }
    }
}

#[async_trait::async_trait]
impl Harness for Real {
    async fn store(&self) -> Arc<dyn SessionStore> {
        Arc::clone(&self.store)
    }

    async fn second(&self) -> Arc<dyn SessionStore> {
        Arc::clone(&self.second)
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

    fn sweeps(&self) -> bool {
        false
    }

    async fn corrupt(&self, id: IdHash) -> Fault {
        self.raw.replace(&key(&id), b"no record at all").await;
        Fault::Done
    }

    async fn newer_schema(&self, id: IdHash) -> Fault {
        let mut value = self.raw.value(&key(&id)).await;
        let at = envelope_at(&value);
        value[at] += 1;
        self.raw.replace(&key(&id), &value).await;
        Fault::Done
    }

    async fn swap(&self, a: IdHash, b: IdHash) -> Fault {
        let (of_a, of_b) = (self.raw.value(&key(&a)).await, self.raw.value(&key(&b)).await);
        self.raw.replace(&key(&a), &of_b).await;
        self.raw.replace(&key(&b), &of_a).await;
        Fault::Done
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn redis_keeps_every_rule_of_the_contract() {
    let Some(redis) = Redis::start() else { return };
    let harness = Arc::new(Real::over(&redis).await);
    let mut cases = JoinSet::new();
    for case in conformance::cases() {
        let harness = Arc::clone(&harness);
        cases.spawn(async move { (case.name(), case.run(&*harness).await) });
    }
    let mut failures = Vec::new();
    let mut untried = 0;
    for (name, result) in cases.join_all().await {
        match result {
            Ok(Verdict::Passed) => {}
            Ok(Verdict::NotApplicable(why)) => {
                untried += 1;
                println!("n/a {name}: {why}");
            }
            Err(failure) => failures.push(failure.to_string()),
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert!(untried <= 6, "{untried} cases were not tried");
}
