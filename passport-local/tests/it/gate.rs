use std::sync::{Arc, mpsc};

use http::StatusCode;
use passport_core::Strategy;
use passport_local::{ClientKey, Gate, Hasher, Local, Passwords};

use crate::{accounts::Table, cheap, failure, form, hash, user};

/// A strategy whose gate is taken until the sender is dropped.
async fn taken(queue: usize) -> (Arc<Local<crate::accounts::User>>, Gate, mpsc::Sender<()>) {
    let gate = Gate::new(1, queue);
    let (sender, receiver) = mpsc::channel::<()>();
    let holder = gate.clone();
    tokio::spawn(async move { holder.run(&ClientKey::unknown(), move || receiver.recv()).await });
    tokio::task::yield_now().await;
    let table = Table::of([("alice", Some(hash("right")), false)]);
    let strategy = Local::verify(Passwords::new(table).hasher(Hasher::with(cheap(), gate.clone())));
    (Arc::new(strategy), gate, sender)
}

#[tokio::test]
async fn the_overflow_is_503_and_says_when_to_come_back() {
    let (strategy, _gate, _sender) = taken(0).await;
    for body in ["username=alice&password=right", "username=nobody&password=right"] {
        let failed = failure(&*strategy, &form(body)).await;
        assert_eq!(failed.as_status(), Some(StatusCode::SERVICE_UNAVAILABLE));
        assert!(failed.as_retry_after().unwrap().as_secs() > 0);
    }
}

#[tokio::test]
async fn logins_whose_clients_hang_up_leave_the_queue_and_start_no_hash() {
    let (strategy, gate, sender) = taken(500).await;
    let mut logins = Vec::new();
    for _ in 0..500 {
        let strategy = Arc::clone(&strategy);
        logins.push(tokio::spawn(async move {
            strategy.authenticate(&form("username=alice&password=right")).await.map(drop)
        }));
    }
    while gate.waiting() < 500 {
        tokio::task::yield_now().await;
    }
    for login in &logins {
        login.abort();
    }
    for login in logins {
        assert!(login.await.unwrap_err().is_cancelled());
    }
    assert_eq!((gate.running(), gate.waiting()), (1, 0));
    drop(sender);
    assert_eq!(user(&*strategy, &form("username=alice&password=right")).await, "alice");
}

#[tokio::test]
async fn one_client_cannot_keep_another_from_signing_in() {
    let (_, gate, sender) = taken(64).await;
    let table = Table::of([("alice", Some(hash("right")), false)]);
    let strategy = Local::verify(Passwords::new(table).hasher(Hasher::with(cheap(), gate.clone())))
        .client_key(|req| req.uri().host().map(str::to_owned));
    let strategy = Arc::new(strategy);
    let from = |client: &str| {
        let mut request = form("username=alice&password=right");
        *request.uri_mut() = format!("http://{client}/").parse().unwrap();
        let strategy = Arc::clone(&strategy);
        tokio::spawn(async move { user(&*strategy, &request).await })
    };
    let flood: Vec<_> = (0..64).map(|_| from("flood")).collect();
    while gate.waiting() < 64 {
        tokio::task::yield_now().await;
    }
    let other = from("other");
    while gate.waiting() == 64 {
        tokio::task::yield_now().await;
    }
    assert_eq!(gate.waiting(), 9, "an eighth of the queue, and the other one");
    drop(sender);
    assert_eq!(other.await.unwrap(), "alice");
    for login in flood {
        login.abort();
    }
}
