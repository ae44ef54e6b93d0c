//! A server that is killed while a session store over it is at work.

use std::{sync::Arc, time::Duration};

use passport_session::SessionStore;
use tokio::{task::JoinSet, time::sleep};

use crate::{Random, worker::Worker};

const ROUNDS: usize = 10;
const WORKERS: u64 = 6;

/// Has several users work on a store, kills its server at any moment, starts it again, and looks whether all that was
/// confirmed is true; several times. `store` is the store at the beginning of each round, and after each restart.
///
/// # Panics
///
/// If something that was confirmed is not true afterwards.
pub async fn crash<S: SessionStore>(store: impl AsyncFn() -> Arc<S>, kill: impl Fn(), restart: impl Fn()) {
    let mut random = Random::new(7);
    let mut workers: Vec<Worker> = (1..=WORKERS).map(Worker::new).collect();
    for round in 0..ROUNDS {
        let over = store().await;
        let before = did(&workers);
        let mut working = JoinSet::new();
        for worker in workers.drain(..) {
            working.spawn(worker.work(over.clone()));
        }
        sleep(Duration::from_millis(100 + random.any() % 500)).await;
        kill();
        workers = working.join_all().await;
        let steps = did(&workers) - before;
        restart();
        let over = store().await;
        for worker in &mut workers {
            worker.check(&*over).await;
        }
        println!("round {round}: {steps} steps");
    }
    let over = store().await;
    for worker in &workers {
        worker.check_ended(&*over).await;
    }
    let ended: usize = workers.iter().map(Worker::ended).sum();
    println!("{ended} ids had ended, and stayed so");
    assert!(ended > 0, "no session has ended");
}

fn did(workers: &[Worker]) -> u64 {
    workers.iter().map(Worker::steps).sum()
}
