//! The schema comes and changes by itself.

use passport_core::Timestamp;
use passport_session::{Envelope, Loaded, SessionStore};
use passport_store_postgres::{ConnectError, PostgresStore};

use crate::{
    sample::{created, digits, hex, hour, id, is_live, login, many, note, owner},
    server::Database,
};

const VERSION: &str = "SELECT version FROM passport.schema_version";

async fn at_once(database: &Database, servers: usize) -> Vec<PostgresStore> {
    let starting: Vec<_> = (0..servers)
        .map(|_| {
            let builder = database.patient().pool(2);
            tokio::spawn(async move { builder.connect().await.unwrap() })
        })
        .collect();
    let mut started = vec![];
    for one in starting {
        started.push(one.await.unwrap());
    }
    started
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn servers_that_start_at_once_make_one_schema() {
    let Some(database) = Database::shared() else { return };
    let stores = at_once(&database, 8).await;
    let (live, _) = created(&stores[0], 1).await;
    for store in &stores {
        assert!(is_live(store, live).await);
    }
    assert_eq!(database.sql(VERSION), "2");
}

/// The tables as the first version had them, without the functions, and one session in them.
fn first_version(database: &Database) -> passport_session::IdHash {
    let tables = include_str!("../../src/schema/1.sql").replace("{schema}", "passport");
    database.sql(&format!(
        "CREATE SCHEMA passport; {tables}; CREATE TABLE passport.schema_version (version integer NOT NULL); \
         INSERT INTO passport.schema_version VALUES (1)"
    ));
    let id = id();
    let envelope = Envelope::seal(id, &login(1, "from before"));
    let envelope = digits(&envelope);
    let owner = digits(owner(1).as_bytes());
    let (at, now) = (hex(id), "(extract(epoch FROM clock_timestamp()) * 1000)::bigint");
    database.sql(&format!(
        "INSERT INTO passport.sessions (id, record, version, seen, expires, due) VALUES \
         ('\\x{at}', '\\x{envelope}', nextval('passport.versions'), {now}, {now} + 3600000, {now} + 3600000); \
         INSERT INTO passport.logins VALUES ('\\x{owner}', '\\x{at}', 1)"
    ));
    id
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_older_layout_is_brought_up_to_date_and_keeps_its_sessions() {
    let Some(database) = Database::shared() else { return };
    let id = first_version(&database);
    let stores = at_once(&database, 4).await;
    assert_eq!(database.sql(VERSION), "2");
    let now = Timestamp::system();
    let Loaded::Found { record, .. } = stores[0].load(id, now).await.unwrap() else {
        panic!("the session has gone")
    };
    assert_eq!(note(&record), "from before");
    assert_eq!(stores[1].list(&owner(1), now).await.unwrap().len(), 1);
    assert_eq!(stores[2].delete_all(&owner(1), None, now).await.unwrap(), 1);
    assert!(!is_live(&stores[3], id).await);
}

#[tokio::test]
async fn a_newer_schema_is_refused_with_a_sentence_and_left_alone() {
    let Some(database) = Database::shared() else { return };
    let store = database.patient().connect().await.unwrap();
    let (live, _) = created(&store, 1).await;
    database.sql("UPDATE passport.schema_version SET version = 7");
    let error = database.patient().connect().await.unwrap_err();
    assert!(matches!(error, ConnectError::SchemaTooNew { found: 7, known: 2, .. }), "{error:?}");
    let said = error.to_string();
    for part in ["passport", "version 7", "up to 2", "127.0.0.1", database.name()] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert_eq!(database.sql(VERSION), "7");
    assert!(is_live(&store, live).await, "a server that runs goes on");
}

#[tokio::test]
async fn two_schemas_in_one_database_are_two_stores() {
    let Some(database) = Database::shared() else { return };
    let one = database.patient().schema("one").connect().await.unwrap();
    let two = database.patient().schema("select").connect().await.unwrap();
    let (live, _) = created(&one, 1).await;
    assert!(is_live(&one, live).await);
    assert!(!is_live(&two, live).await);
    created(&two, 1).await;
    assert_eq!(two.delete_all(&owner(1), None, Timestamp::system()).await.unwrap(), 1);
    assert!(is_live(&one, live).await);
}

#[tokio::test]
async fn a_user_who_may_create_nothing_can_use_a_schema_that_is_there() {
    let Some(database) = Database::shared() else { return };
    let user = format!("{}_app", database.name());
    database.sql(&format!(
        "CREATE ROLE {user} LOGIN; REVOKE ALL ON DATABASE {} FROM PUBLIC; GRANT CONNECT ON DATABASE {0} TO {user}",
        database.name()
    ));
    let url = database.url().replace("passport@", &format!("{user}@"));
    let refused = PostgresStore::connect(&url).await.unwrap_err();
    assert!(matches!(refused, ConnectError::Migration { .. }), "{refused:?}");
    assert!(refused.to_string().contains("permission denied"), "{refused}");
    database.patient().connect().await.unwrap();
    database.sql(&format!(
        "GRANT USAGE ON SCHEMA passport TO {user}; \
         GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA passport TO {user}; \
         GRANT USAGE ON ALL SEQUENCES IN SCHEMA passport TO {user}"
    ));
    let builder = PostgresStore::builder(&url).deadline(std::time::Duration::from_secs(60));
    let store = builder.connect().await.unwrap();
    let (live, _) = created(&store, 1).await;
    assert!(store.delete(live, Timestamp::system()).await.unwrap());
    assert_eq!(store.sweep(Timestamp::system()).await.unwrap(), 0);
    drop(store);
    database.sql(&format!("DROP OWNED BY {user}; DROP ROLE {user}"));
}

#[tokio::test]
async fn what_an_administrator_set_for_all_transactions_does_not_change_what_is_promised() {
    let Some(database) = Database::shared() else { return };
    database.sql(&format!(
        "ALTER DATABASE {0} SET default_transaction_isolation = 'serializable'; \
         ALTER DATABASE {0} SET search_path = 'nowhere'; ALTER DATABASE {0} SET bytea_output = 'escape'",
        database.name()
    ));
    let store = database.patient().connect().await.unwrap();
    let (live, _) = created(&store, 1).await;
    store.create(id(), &login(1, "b"), hour(), many()).await.unwrap();
    assert!(is_live(&store, live).await);
    assert_eq!(store.delete_all(&owner(1), None, Timestamp::system()).await.unwrap(), 2);
}
