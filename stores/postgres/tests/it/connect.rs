//! What is said when a store cannot be opened, and what is never said.

use std::{error::Error, time::Duration};

use passport_core::Timestamp;
use passport_session::{IdHash, Loaded, SessionStore};
use passport_store_postgres::{ConnectError, PostgresStore};

use crate::server::Database;

const SECRET: &str = "hunter2-and-more";

/// Everything that an error shows.
fn shown(error: &ConnectError) -> String {
    let mut shown = format!("{error} {error:?}");
    let mut source = error.source();
    while let Some(cause) = source {
        shown = format!("{shown} {cause} {cause:?}");
        source = cause.source();
    }
    shown
}

#[tokio::test]
async fn the_password_is_in_no_error_and_no_debug() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let urls = [
        format!("postgres://user:{SECRET}@127.0.0.1:{closed}/db"),
        format!("postgres://user:{SECRET}@127.0.0.1:{closed}/db?sslmode={SECRET}"),
        format!("postgres://user:{SECRET}@127.0.0.1:{closed}/db?{SECRET}=1"),
        format!("postgres://user:{SECRET}@127.0.0.1:{SECRET}/db"),
        format!("postgres//user:{SECRET}={SECRET}@127.0.0.1"),
        format!("postgres://user:{SECRET}%zz@127.0.0.1/db"),
        SECRET.to_owned(),
    ];
    for url in urls {
        let builder = PostgresStore::builder(&url);
        assert!(!format!("{builder:?}").contains(SECRET));
        let shown = shown(&builder.connect().await.unwrap_err());
        assert!(!shown.contains(SECRET), "{shown}");
    }
}

#[tokio::test]
async fn a_store_that_is_open_shows_where_it_is_and_no_password() {
    let Some(database) = Database::shared() else { return };
    let url = database.url().replace("passport@", &format!("passport:{SECRET}@"));
    let store = PostgresStore::builder(&url).deadline(Duration::from_secs(60)).connect().await.unwrap();
    let shown = format!("{store:?}");
    assert!(shown.contains(database.name()) && !shown.contains(SECRET), "{shown}");
}

#[tokio::test]
async fn the_sentence_says_what_failed_and_where() {
    let Some(database) = Database::shared() else { return };
    let port = database.server().port();
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let cases = [
        (format!("postgres://passport@127.0.0.1:{closed}/db"), vec!["127.0.0.1", "/db", "refused"]),
        (format!("postgres://passport@127.0.0.1:{port}/nowhere"), vec!["\"nowhere\" does not exist"]),
        (format!("postgres://nobody@127.0.0.1:{port}/postgres"), vec!["\"nobody\" does not exist"]),
        (format!("postgres://passport@127.0.0.1:{port}/postgres?sslmode=require"), vec!["TLS"]),
        ("postgres://passport@no-such-host.invalid/db".into(), vec!["no-such-host.invalid:5432"]),
        ("mysql://passport@127.0.0.1/db".into(), vec!["postgres://user:password@host:5432/database"]),
    ];
    for (url, parts) in cases {
        let said = PostgresStore::connect(&url).await.unwrap_err().to_string();
        assert!(parts.iter().all(|part| said.contains(part)), "{parts:?}: {said}");
    }
}

#[tokio::test]
async fn a_database_that_only_reads_is_refused() {
    let Some(database) = Database::shared() else { return };
    database.sql(&format!("ALTER DATABASE {} SET default_transaction_read_only = on", database.name()));
    let error = database.patient().connect().await.unwrap_err();
    assert!(error.to_string().contains("does not allow writes"), "{error}");
}

#[tokio::test]
async fn of_several_hosts_the_one_that_writes_is_found() {
    let Some(database) = Database::shared() else { return };
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let (name, port) = (database.name(), database.server().port());
    let url = format!("postgres://passport@127.0.0.1:{closed},127.0.0.1:{port}/{name}");
    let store = PostgresStore::builder(&url).deadline(Duration::from_secs(60)).connect().await;
    assert!(store.is_ok(), "{store:?}");
}

#[tokio::test]
async fn settings_that_cannot_be_are_refused_before_anybody_is_asked() {
    let nowhere = "postgres://passport@127.0.0.1:1/db";
    let error = PostgresStore::builder(nowhere).pool(0).connect().await.unwrap_err();
    assert!(matches!(error, ConnectError::Zero("pool")), "{error:?}");
    let error = PostgresStore::builder(nowhere).deadline(Duration::ZERO).connect().await.unwrap_err();
    assert!(matches!(error, ConnectError::Zero("deadline")), "{error:?}");
    let error = PostgresStore::builder(nowhere).schema("a; DROP").connect().await.unwrap_err();
    assert!(matches!(error, ConnectError::Schema(_)), "{error:?}");
}

#[tokio::test]
async fn a_deadline_beyond_all_time_is_a_long_one() {
    let Some(database) = Database::shared() else { return };
    let store = PostgresStore::builder(database.url()).deadline(Duration::MAX).connect().await.unwrap();
    let (id, now) = (IdHash::from_bytes([0x77; 32]), Timestamp::system());
    let loaded = store.load(id, now).await;
    assert!(matches!(loaded, Ok(Loaded::None)), "{loaded:?}");
}
