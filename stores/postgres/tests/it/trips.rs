//! Every operation is one round trip, whatever it finds.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use passport_core::{Handle, Record, Timestamp};
use passport_session::{SessionStore, Written};
use passport_store_postgres::PostgresStore;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
};

use crate::{
    sample::{at_most, created, hour, id, login, many, owner, visitor},
    server::Database,
};

/// How often the client spoke after the server had.
#[derive(Default)]
struct Trips {
    count: AtomicUsize,
    server_spoke: AtomicBool,
}

impl Trips {
    /// Stands between a store and the server: where it listens.
    async fn between(self: &Arc<Self>, port: u16) -> u16 {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let here = listener.local_addr().unwrap().port();
        let trips = Arc::clone(self);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let server = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
                let ((from_client, to_client), (from_server, to_server)) =
                    (client.into_split(), server.into_split());
                let (up, down) = (Arc::clone(&trips), Arc::clone(&trips));
                tokio::spawn(pass(from_client, to_server, move || {
                    if up.server_spoke.swap(false, Ordering::SeqCst) {
                        up.count.fetch_add(1, Ordering::SeqCst);
                    }
                }));
                tokio::spawn(pass(from_server, to_client, move || {
                    down.server_spoke.store(true, Ordering::SeqCst);
                }));
            }
        });
        here
    }

    /// How many one piece of work takes.
    async fn of<T>(&self, work: impl Future<Output = T>) -> (usize, T) {
        let before = self.count.load(Ordering::SeqCst);
        let done = work.await;
        (self.count.load(Ordering::SeqCst) - before, done)
    }
}

async fn pass(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, note: impl Fn()) {
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(length @ 1..) = from.read(&mut buffer).await {
        note();
        if to.write_all(&buffer[..length]).await.is_err() {
            break;
        }
    }
}

async fn counted() -> Option<(Database, Arc<Trips>, PostgresStore)> {
    let database = Database::shared()?;
    let trips = Arc::<Trips>::default();
    let port = trips.between(database.server().port()).await;
    let name = database.url().rsplit('/').next().unwrap().to_owned();
    let url = format!("postgres://passport@127.0.0.1:{port}/{name}");
    let builder = PostgresStore::builder(&url).pool(1).deadline(std::time::Duration::from_secs(60));
    let store = builder.connect().await.unwrap();
    // The pool's connection is made by the first call.
    store.load(id(), Timestamp::system()).await.unwrap();
    Some((database, trips, store))
}

#[tokio::test]
async fn every_operation_on_one_session_is_one_round_trip() {
    let Some((_database, trips, store)) = counted().await else { return };
    let (a, b, now) = (id(), id(), Timestamp::system());
    let (count, version) = trips.of(store.create(a, &visitor("v"), hour(), many())).await;
    let version = version.unwrap();
    assert_eq!(count, 1, "create");
    assert_eq!(trips.of(store.load(a, now)).await.0, 1, "load");
    assert_eq!(trips.of(store.load(id(), now)).await.0, 1, "load of nothing");
    let (count, written) = trips.of(store.update(a, &visitor("w"), version, hour())).await;
    let Written::Done(version) = written.unwrap() else { panic!("not written") };
    assert_eq!(count, 1, "update");
    assert_eq!(trips.of(store.touch(a, hour())).await.0, 1, "touch");
    let (count, written) = trips.of(store.rotate(a, b, &login(1, "l"), version, hour(), many())).await;
    assert!(matches!(written, Ok(Written::Done(_))), "{written:?}");
    assert_eq!(count, 1, "the login of a visitor");
    assert_eq!(trips.of(store.list(&owner(1), now)).await.0, 1, "list");
    let (count, ended) = trips.of(store.delete(b, now)).await;
    assert_eq!((count, ended.unwrap()), (1, true), "delete");
}

#[tokio::test]
async fn a_logout_everywhere_is_one_round_trip_for_fifty_sessions_too() {
    let Some((_database, trips, store)) = counted().await else { return };
    let both = [("user", "1"), ("admin", "2")];
    let both = Record::sample(Handle::new([7; 16]), Timestamp::from_millis(1), &both, &[]).unwrap();
    for at in 0..50 {
        created(&store, 1).await;
        if at % 10 == 0 {
            store.create(id(), &both, hour(), many()).await.unwrap();
        }
    }
    let (count, ended) = trips.of(store.delete_all(&owner(1), None, Timestamp::system())).await;
    assert_eq!((count, ended.unwrap()), (1, 55));
}

#[tokio::test]
async fn a_login_beyond_the_limit_is_one_round_trip_too() {
    let Some((_database, trips, store)) = counted().await else { return };
    for _ in 0..5 {
        created(&store, 1).await;
    }
    let (count, created) = trips.of(store.create(id(), &login(1, "l"), hour(), at_most(2))).await;
    created.unwrap();
    assert_eq!(count, 1);
    assert_eq!(store.list(&owner(1), Timestamp::system()).await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_chain_of_sixteen_moves_is_ended_in_one_round_trip() {
    let Some((_database, trips, store)) = counted().await else { return };
    let (first, mut version) = created(&store, 1).await;
    let mut at = first;
    for _ in 0..passport_session::MARK_CHAIN {
        let next = id();
        let written = store.rotate(at, next, &login(1, "l"), version, hour(), many()).await.unwrap();
        let Written::Done(now) = written else { panic!("{written:?}") };
        (at, version) = (next, now);
    }
    let (count, ended) = trips.of(store.delete(first, Timestamp::system())).await;
    assert_eq!((count, ended.unwrap()), (1, true));
}
