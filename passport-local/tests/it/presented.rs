//! Credentials that a handler has already.

use std::sync::{Arc, Mutex};

use passport_core::{Client, Outcome, Passport, Session, Strategy};
use passport_local::{Admission, Credentials};

use crate::{accounts::Table, failure, hash, user};

fn session() -> Session {
    let passport = Passport::stateless().strategy("local", Table::default().strategy()).build().unwrap();
    let pending = passport.begin(&http::Method::POST, None, &http::HeaderMap::new(), None);
    pending.session().clone()
}

#[tokio::test]
async fn a_handler_logs_in_with_a_name_and_a_password_whatever_the_fields_are_called() {
    let table = Table::of([("alice", Some(hash("right")), false)]);
    let strategy = table.strategy().fields("email", "secret").unwrap();
    let right = Credentials::new("alice", "right").into_request(&session());
    assert_eq!(user(&strategy, &right).await, "alice");
    for (name, password) in [("alice", "wrong"), ("nobody", "right"), ("", "right"), ("alice", "")] {
        let wrong = Credentials::new(name, password).into_request(&session());
        assert_eq!(failure(&strategy, &wrong).await.as_message(), "Wrong username or password.", "{name}");
    }
}

#[tokio::test]
async fn credentials_are_presented_once() {
    let strategy = Table::of([("alice", Some(hash("right")), false)]).strategy();
    let req = Credentials::new("alice", "right").into_request(&session());
    assert_eq!(user(&strategy, &req).await, "alice");
    assert!(matches!(strategy.authenticate(&req).await.unwrap(), Outcome::Pass));
    assert!(matches!(strategy.authenticate(&req.clone()).await.unwrap(), Outcome::Pass));
}

#[tokio::test]
async fn a_rate_limit_still_knows_where_the_attempt_comes_from() {
    let told = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&told);
    let strategy = Table::default().strategy().before_hash(move |name, client| {
        log.lock().unwrap().push((name, client.as_str().map(str::to_owned)));
        async { Ok(Admission::Admit) }
    });
    let session = session();
    session.set_client(Client::new().with_address("192.0.2.7".parse().unwrap()));
    let _ = failure(&strategy, &Credentials::new("nobody", "x").into_request(&session)).await;
    assert_eq!(*told.lock().unwrap(), [("nobody".to_owned(), Some("192.0.2.7".to_owned()))]);
}
