//! Opening: what is made, and the sentences when it cannot be.

use std::{fs, path::Path, time::Duration};

use passport_core::Clock;
use passport_session::{Loaded, SessionStore};
use passport_store_sqlite::SqliteStore;
use tempfile::TempDir;

use crate::database::{Database, MANY, id, life, login};

async fn refused(path: &Path, part: &str) {
    let error = SqliteStore::open(path).await.unwrap_err().to_string();
    assert!(error.contains(part), "{error}");
    assert!(error.contains(&path.display().to_string()), "{error}");
}

#[tokio::test]
async fn a_folder_that_is_missing_is_named() {
    let folder = TempDir::new().unwrap();
    let missing = folder.path().join("missing");
    refused(&missing.join("sessions.db"), &format!("the folder {} does not exist", missing.display())).await;
    assert!(!missing.exists());
}

/// These are nobody's to write, not even the administrator's, who runs tests in many a container.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn what_may_not_be_written_is_refused() {
    refused(Path::new("/proc/sys/kernel/osrelease"), "this process may not write to it").await;
    let error = SqliteStore::open("/sys/sessions.db").await.unwrap_err().to_string();
    let says = ["may not create files in /sys", "/sys is on a read-only file system"];
    assert!(says.iter().any(|part| error.contains(part)), "{error}");
}

#[tokio::test]
async fn what_is_no_database_is_refused_and_not_touched() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("letter.txt");
    let letter = "Dear Alice, ".repeat(1000);
    fs::write(&file, &letter).unwrap();
    refused(&file, "it is no SQLite database").await;
    assert_eq!(fs::read_to_string(&file).unwrap(), letter);
    refused(&file.join("sessions.db"), "is no folder").await;
    refused(folder.path(), "it is a folder").await;
}

#[tokio::test]
async fn a_name_that_sqlite_reads_as_something_else_is_only_a_name() {
    let folder = TempDir::new().unwrap();
    for name in [":memory:", "file:sessions.db?mode=memory"] {
        let path = folder.path().join(name);
        drop(SqliteStore::open(&path).await.unwrap());
        assert!(path.is_file(), "{name}");
    }
}

#[tokio::test]
async fn a_lock_that_somebody_else_keeps_is_a_sentence_too() {
    let database = Database::new();
    let other = database.directly();
    other.execute_batch("PRAGMA locking_mode = EXCLUSIVE; CREATE TABLE t (x); ").unwrap();
    let opened = database.builder().deadline(Duration::from_millis(50)).open().await;
    let error = opened.unwrap_err().to_string();
    assert!(error.contains("another process has it locked"), "{error}");
}

#[cfg(unix)]
#[tokio::test]
async fn nobody_but_its_owner_can_read_the_database_and_what_is_beside_it() {
    use std::os::unix::fs::PermissionsExt;

    let database = Database::new();
    let store = database.open().await;
    store.create(id(1), &login("alice"), life(database.clock.now()), MANY).await.unwrap();
    let mut names = vec![];
    for file in fs::read_dir(database.path().parent().unwrap()).unwrap() {
        let file = file.unwrap();
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{file:?}");
        names.push(file.file_name().into_string().unwrap());
    }
    names.sort();
    assert_eq!(names, ["sessions.db", "sessions.db-shm", "sessions.db-wal"]);
}

#[cfg(unix)]
#[tokio::test]
async fn the_rights_of_a_file_that_is_there_stay_as_its_owner_set_them() {
    use std::os::unix::fs::PermissionsExt;

    let database = Database::new();
    fs::write(database.path(), b"").unwrap();
    fs::set_permissions(database.path(), fs::Permissions::from_mode(0o660)).unwrap();
    let store = database.open().await;
    store.create(id(1), &login("alice"), life(database.clock.now()), MANY).await.unwrap();
    for name in ["sessions.db", "sessions.db-wal"] {
        let file = database.path().with_file_name(name);
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o660, "{name}");
    }
}

#[tokio::test]
async fn settings_without_measure_are_cut_to_something_that_works() {
    let database = Database::new();
    let forever = database.builder().deadline(Duration::MAX).sweep_every(Duration::MAX).readers(0);
    let store = forever.max_bytes(u64::MAX).open().await.unwrap();
    let now = database.clock.now();
    store.create(id(1), &login("alice"), life(now), MANY).await.unwrap();
    assert!(matches!(store.load(id(1), now).await.unwrap(), Loaded::Found { .. }));
    assert_eq!(store.sweep(now).await.unwrap(), 0);
}

#[tokio::test]
async fn many_can_open_a_new_database_at_once() {
    for _ in 0..5 {
        let database = Database::new();
        let openings: Vec<_> = (0..8).map(|_| tokio::spawn(database.builder().open())).collect();
        let now = database.clock.now();
        for (number, opening) in (0..).zip(openings) {
            let store = opening.await.unwrap().unwrap();
            store.create(id(number), &login("alice"), life(now), MANY).await.unwrap();
        }
    }
}
