use std::sync::{
    Condvar,
    atomic::{AtomicUsize, Ordering},
};

use super::*;

/// Hashes that are done when the test says so, and that count themselves.
#[derive(Clone, Default)]
struct Hashes(Arc<Counters>);

#[derive(Default)]
struct Counters {
    running: AtomicUsize,
    most: AtomicUsize,
    open: Mutex<bool>,
    opened: Condvar,
    order: Mutex<Vec<String>>,
}

impl Hashes {
    fn one(&self, name: &str) -> impl FnOnce() + Send + 'static {
        let (counters, name) = (Arc::clone(&self.0), name.to_owned());
        move || {
            let running = counters.running.fetch_add(1, Ordering::SeqCst) + 1;
            counters.most.fetch_max(running, Ordering::SeqCst);
            counters.order.lock().unwrap().push(name);
            drop(counters.opened.wait_while(counters.open.lock().unwrap(), |open| !*open).unwrap());
            counters.running.fetch_sub(1, Ordering::SeqCst);
        }
    }

    fn finish(&self) {
        *self.0.open.lock().unwrap() = true;
        self.0.opened.notify_all();
    }

    fn order(&self) -> Vec<String> {
        self.0.order.lock().unwrap().clone()
    }
}

/// Starts an attempt and lets it come as far as it can.
async fn attempt(gate: &Gate, hashes: &Hashes, key: &str) -> tokio::task::JoinHandle<Result<(), HashError>> {
    let (gate, job, key) = (gate.clone(), hashes.one(key), ClientKey::from(key));
    let task = tokio::spawn(async move { gate.run(&key, job).await });
    // On a runtime with one thread the new task is polled before this one is again.
    tokio::task::yield_now().await;
    task
}

async fn until(condition: impl Fn() -> bool) {
    while !condition() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_client_that_hangs_up_does_not_free_the_permit_of_its_hash() {
    let (gate, hashes) = (Gate::new(2, 4000), Hashes::default());
    let mut tasks = Vec::new();
    for _ in 0..2000 {
        tasks.push(attempt(&gate, &hashes, "crowd").await);
    }
    for task in tasks {
        task.abort();
        let _ = task.await;
    }
    assert_eq!((gate.running(), gate.waiting()), (2, 0));
    let late = attempt(&gate, &hashes, "late").await;
    assert_eq!(gate.waiting(), 1);
    hashes.finish();
    late.await.unwrap().unwrap();
    until(|| gate.running() == 0).await;
    assert_eq!(hashes.0.most.load(Ordering::SeqCst), 2);
    assert_eq!(hashes.order().len(), 3);
}

#[tokio::test]
async fn beyond_the_queue_the_answer_is_busy() {
    let (gate, hashes) = (Gate::new(1, 2), Hashes::default());
    let mut tasks = Vec::new();
    for _ in 0..3 {
        tasks.push(attempt(&gate, &hashes, "a").await);
    }
    let refused = attempt(&gate, &hashes, "a").await.await.unwrap().unwrap_err();
    assert!(matches!(refused, HashError::Busy { .. }));
    hashes.finish();
    for task in tasks {
        task.await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn clients_take_turns() {
    let (gate, hashes) = (Gate::new(1, 80), Hashes::default());
    let mut tasks = vec![attempt(&gate, &hashes, "first").await];
    for key in ["a", "a", "a", "b", "c", "b"] {
        tasks.push(attempt(&gate, &hashes, key).await);
    }
    hashes.finish();
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    assert_eq!(hashes.order(), ["first", "a", "b", "c", "a", "b", "a"]);
}

#[tokio::test]
async fn one_client_holds_an_eighth_once_others_wait() {
    let (gate, hashes) = (Gate::new(1, 80), Hashes::default());
    let mut greedy = vec![attempt(&gate, &hashes, "a").await];
    for _ in 0..80 {
        greedy.push(attempt(&gate, &hashes, "a").await);
    }
    assert_eq!(gate.waiting(), 80, "alone, it may fill the queue");
    let other = attempt(&gate, &hashes, "b").await;
    assert_eq!(gate.waiting(), 11, "ten of the first, one of the other");
    assert!(attempt(&gate, &hashes, "a").await.await.unwrap().is_err(), "an eleventh of the first");
    hashes.finish();
    other.await.unwrap().unwrap();
    let mut served = 0;
    for task in greedy {
        served += usize::from(task.await.unwrap().is_ok());
    }
    assert_eq!(served, 11, "the running one and ten that waited");
}

#[tokio::test]
async fn a_full_queue_makes_room_for_who_has_less() {
    let (gate, hashes) = (Gate::new(1, 16), Hashes::default());
    let mut tasks = vec![attempt(&gate, &hashes, "first").await];
    for key in 0..8 {
        for _ in 0..2 {
            tasks.push(attempt(&gate, &hashes, &key.to_string()).await);
        }
    }
    assert_eq!(gate.waiting(), 16);
    let newcomer = attempt(&gate, &hashes, "newcomer").await;
    assert_eq!(gate.waiting(), 16);
    hashes.finish();
    newcomer.await.unwrap().unwrap();
    let mut refused = 0;
    for task in tasks {
        refused += usize::from(task.await.unwrap().is_err());
    }
    assert_eq!(refused, 1);
}

#[tokio::test]
async fn a_permit_that_came_too_late_goes_to_the_next() {
    let gate = Gate::new(1, 8);
    let key = ClientKey::unknown();
    let Answer::Permit(permit) = gate.ask(&key) else { panic!("a free permit") };
    let Answer::Wait(called, _woken) = gate.ask(&key) else { panic!("a place") };
    let Answer::Wait(next, _woken) = gate.ask(&key) else { panic!("a place") };
    drop(permit);
    assert_eq!((gate.running(), gate.waiting()), (1, 1), "the first has been called");
    drop(called);
    assert_eq!((gate.running(), gate.waiting()), (1, 0), "and handed it on");
    assert!(next.redeem().is_some());
    assert_eq!(gate.running(), 0);
}

#[tokio::test]
async fn a_hash_that_panics_gives_its_permit_back() {
    let gate = Gate::new(1, 0);
    let error = gate.run(&ClientKey::unknown(), || panic!("on purpose")).await.unwrap_err();
    assert!(matches!(error, HashError::Panicked));
    assert_eq!(gate.running(), 0);
}

#[test]
fn outside_of_tokio_it_is_an_error_and_not_a_panic() {
    let mut run = Box::pin(async { Gate::new(1, 0).run(&ClientKey::unknown(), || ()).await });
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    let std::task::Poll::Ready(result) = run.as_mut().poll(&mut context) else { panic!("it waits") };
    assert!(matches!(result, Err(HashError::NoRuntime)));
}

#[test]
fn every_default_is_the_gate_of_the_process() {
    assert!(Arc::ptr_eq(&Gate::default().0, &Gate::process().0));
}
