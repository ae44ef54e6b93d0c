//! A server that stops, hangs, restarts or refuses.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use passport_core::Timestamp;
use passport_session::{IdHash, Loaded, SessionStore, StoreError};
use passport_store_postgres::PostgresStore;
use passport_test_servers::{AGES, eventually};
use tokio::{task::JoinHandle, time::sleep};

use crate::{
    sample::{created, hour, id, is_live, login, many, note},
    server::Database,
};

/// Writers and readers that go on whatever happens.
struct Load {
    over: Arc<AtomicBool>,
    answers: Arc<AtomicUsize>,
    errors: Arc<AtomicUsize>,
    tasks: Vec<JoinHandle<()>>,
}

impl Load {
    fn on(store: &Arc<PostgresStore>) -> Self {
        let (over, answers, errors) = <(Arc<AtomicBool>, Arc<AtomicUsize>, Arc<AtomicUsize>)>::default();
        let task = |user| {
            let (store, over) = (Arc::clone(store), Arc::clone(&over));
            let (answers, errors) = (Arc::clone(&answers), Arc::clone(&errors));
            tokio::spawn(async move {
                let mut live = None;
                while !over.load(Ordering::SeqCst) {
                    let begun = Instant::now();
                    match visit(&store, user, &mut live).await {
                        Ok(()) => answers.fetch_add(1, Ordering::SeqCst),
                        Err(error) => {
                            assert!(
                                matches!(error, StoreError::Unreachable(_) | StoreError::TimedOut),
                                "{error:?}"
                            );
                            // Not a hot loop against a closed port.
                            sleep(Duration::from_millis(5)).await;
                            errors.fetch_add(1, Ordering::SeqCst)
                        }
                    };
                    assert!(begun.elapsed() < AGES, "a visit took {:?}", begun.elapsed());
                }
            })
        };
        let tasks = (0..12).map(task).collect();
        Self { over, answers, errors, tasks }
    }

    /// Waits for so many more of these.
    async fn more(count: &AtomicUsize, more: usize) {
        let enough = count.load(Ordering::SeqCst) + more;
        eventually("enough of them", async || count.load(Ordering::SeqCst) >= enough).await;
    }

    async fn end(self) {
        self.over.store(true, Ordering::SeqCst);
        for task in self.tasks {
            task.await.unwrap();
        }
    }
}

/// A login if there is none, and a look at it, which has to show this user's own record.
async fn visit(store: &PostgresStore, user: u64, live: &mut Option<IdHash>) -> Result<(), StoreError> {
    let now = Timestamp::system();
    let Some(at) = *live else {
        let new = id();
        store.create(new, &login(user, &user.to_string()), hour(), many()).await?;
        *live = Some(new);
        return Ok(());
    };
    match store.load(at, now).await? {
        Loaded::Found { record, .. } => assert_eq!(note(&record), user.to_string(), "another's record"),
        other => panic!("a confirmed login is {other:?}"),
    }
    store.touch(at, hour()).await?;
    // If this fails, nobody can say what became of it.
    *live = None;
    store.delete(at, now).await.map(drop)
}

fn store_of(database: &Database) -> impl Future<Output = Arc<PostgresStore>> {
    let builder = PostgresStore::builder(database.url()).pool(5).deadline(Duration::from_secs(1));
    async move { Arc::new(builder.connect().await.unwrap()) }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_restarts_under_load_is_found_again() {
    let Some(database) = Database::alone() else { return };
    let store = store_of(&database).await;
    let load = Load::on(&store);
    Load::more(&load.answers, 50).await;
    database.server().stop();
    Load::more(&load.errors, 5).await;
    database.server().restart();
    let begun = Instant::now();
    Load::more(&load.answers, 50).await;
    println!("fifty answers {:?} after the restart", begun.elapsed());
    load.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_hangs_is_an_error_in_time_and_nobody_gets_anothers_record() {
    let Some(database) = Database::alone() else { return };
    let store = store_of(&database).await;
    let load = Load::on(&store);
    for _ in 0..3 {
        Load::more(&load.answers, 50).await;
        database.server().pause();
        Load::more(&load.errors, 5).await;
        database.server().resume();
        let begun = Instant::now();
        Load::more(&load.answers, 50).await;
        println!("fifty answers {:?} after it went on", begun.elapsed());
    }
    load.end().await;
}

#[tokio::test]
async fn while_the_server_hangs_a_call_fails_when_its_time_is_over() {
    let Some(database) = Database::alone() else { return };
    let store = store_of(&database).await;
    let patient = database.patient().connect().await.unwrap();
    let (live, _) = created(&patient, 1).await;
    database.server().pause();
    let begun = Instant::now();
    let came = store.load(live, Timestamp::system()).await;
    assert!(matches!(came, Err(StoreError::TimedOut)), "{came:?}");
    assert!(begun.elapsed() >= Duration::from_secs(1) && begun.elapsed() < AGES, "{:?}", begun.elapsed());
    database.server().resume();
    let begun = Instant::now();
    while store.load(live, Timestamp::system()).await.is_err() {
        assert!(begun.elapsed() < AGES);
    }
    assert!(is_live(&patient, live).await);
}

#[tokio::test]
async fn while_the_server_is_away_a_call_fails_at_once_and_says_why() {
    let Some(database) = Database::alone() else { return };
    let store = database.patient().connect().await.unwrap();
    let (live, _) = created(&store, 1).await;
    database.server().stop();
    for _ in 0..3 {
        let came = store.delete(live, Timestamp::system()).await;
        let Err(StoreError::Unreachable(why)) = came else { panic!("{came:?}") };
        assert!(!why.to_string().is_empty());
    }
    database.server().restart();
    assert!(is_live(&store, live).await, "the logout failed, so the session lives");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_administrator_who_ends_every_connection_ends_no_session() {
    let Some(database) = Database::shared() else { return };
    let store = store_of(&database).await;
    let patient = database.patient().connect().await.unwrap();
    let (live, _) = created(&patient, 99).await;
    let load = Load::on(&store);
    for _ in 0..3 {
        Load::more(&load.answers, 20).await;
        database.sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
             WHERE datname = current_database() AND pid <> pg_backend_pid()",
        );
    }
    Load::more(&load.answers, 50).await;
    load.end().await;
    assert!(is_live(&patient, live).await);
}

#[tokio::test]
async fn a_call_that_is_given_up_leaves_no_statement_running_and_no_answer_for_others() {
    let Some(database) = Database::shared() else { return };
    let store = database.patient().pool(1).connect().await.unwrap();
    let (live, version) = created(&store, 1).await;
    // The update waits for somebody who holds the row.
    let hold = database.holding("SELECT 1 FROM passport.sessions FOR UPDATE");
    let mine = login(1, "mine");
    let update = store.update(live, &mine, version, hour());
    assert!(tokio::time::timeout(Duration::from_millis(300), update).await.is_err());
    nobody_waits(&database).await;
    drop(hold);
    let Loaded::Found { record, version: now, .. } = store.load(live, Timestamp::system()).await.unwrap()
    else {
        panic!("the session has gone")
    };
    assert_eq!((note(&record).as_str(), now), ("new", version), "what was given up was not written");
}

#[tokio::test]
async fn a_statement_that_waits_too_long_is_given_up_and_never_happens() {
    let Some(database) = Database::shared() else { return };
    let store = store_of(&database).await;
    let patient = database.patient().connect().await.unwrap();
    let (live, _) = created(&patient, 1).await;
    let hold = database.holding("SELECT 1 FROM passport.sessions FOR UPDATE");
    let came = store.delete(live, Timestamp::system()).await;
    assert!(matches!(came, Err(StoreError::TimedOut)), "{came:?}");
    nobody_waits(&database).await;
    drop(hold);
    assert!(is_live(&patient, live).await);
}

/// Until no statement in this database waits for a row.
async fn nobody_waits(database: &Database) {
    let waits = "SELECT count(*) FROM pg_stat_activity \
                 WHERE datname = current_database() AND wait_event_type = 'Lock'";
    eventually("without a statement that waits", async || database.sql(waits) == "0").await;
}

/// Makes the server fail the next logouts with this code, `times` times.
fn fail_deletes(database: &Database, code: &str, times: u32) {
    database.sql(&format!(
        "CREATE SEQUENCE IF NOT EXISTS public.faults; ALTER SEQUENCE public.faults RESTART; \
         ALTER FUNCTION passport.delete_session(bytea) RENAME TO delete_session_{code}; \
         CREATE FUNCTION passport.delete_session(_id bytea) RETURNS bytea[] LANGUAGE plpgsql AS $$ BEGIN \
             IF nextval('public.faults') <= {times} THEN RAISE EXCEPTION 'a fault' USING ERRCODE = '{code}'; END IF; \
             RETURN passport.delete_session_{code}(_id); \
         END $$"
    ));
}

#[tokio::test]
async fn transactions_in_each_others_way_are_tried_again() {
    let Some(database) = Database::shared() else { return };
    let store = database.patient().connect().await.unwrap();
    for code in ["40001", "40P01"] {
        let (live, _) = created(&store, 1).await;
        fail_deletes(&database, code, 3);
        assert!(store.delete(live, Timestamp::system()).await.unwrap(), "{code}");
    }
}

#[tokio::test]
async fn each_of_the_servers_faults_is_told_apart() {
    let Some(database) = Database::shared() else { return };
    let store = database.patient().connect().await.unwrap();
    let now = Timestamp::system();
    let (live, _) = created(&store, 1).await;
    fail_deletes(&database, "53100", 1);
    assert!(matches!(store.delete(live, now).await, Err(StoreError::Full)));
    fail_deletes(&database, "57014", 1);
    assert!(matches!(store.delete(live, now).await, Err(StoreError::TimedOut)));
    fail_deletes(&database, "XX000", 1);
    assert!(matches!(store.delete(live, now).await, Err(StoreError::Other(_))));
    fail_deletes(&database, "25006", 1000);
    assert!(matches!(store.delete(live, now).await, Err(StoreError::Unreachable(_))));
    assert!(is_live(&store, live).await);
}

/// As after a failover: the old connections lead to what is a replica now.
#[tokio::test]
async fn a_connection_to_what_became_a_replica_is_left_for_another() {
    let Some(database) = Database::shared() else { return };
    let store = database.patient().pool(1).connect().await.unwrap();
    let (live, _) = created(&store, 1).await;
    fail_deletes(&database, "25006", 1);
    assert!(
        store.delete(live, Timestamp::system()).await.unwrap(),
        "the next connection leads to the primary"
    );
}
