use passport_core::Subject;

use crate::{accounts::Table, failure, form, hash, seen, user};

fn table() -> Table {
    let absurd = "$argon2id$v=19$m=4194304,t=9,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";
    Table::of([
        ("alice", Some(hash("right")), false),
        ("disabled", Some(hash("right")), true),
        ("passwordless", None, false),
        ("absurd", Some(absurd.into()), false),
        ("unreadable", Some("right".into()), false),
        ("empty", Some(String::new()), false),
    ])
}

#[tokio::test]
async fn every_cause_of_failure_looks_the_same() {
    let strategy = table().strategy();
    let expected = (None, "Wrong username or password.".to_owned(), None, None);
    let long = "x".repeat(1025);
    for (name, password) in [
        ("alice", "wrong"),
        ("alice", long.as_str()),
        ("nobody", "right"),
        ("nobody", long.as_str()),
        ("disabled", "right"),
        ("disabled", "wrong"),
        ("passwordless", "right"),
        ("absurd", "right"),
        ("unreadable", "right"),
        ("empty", "right"),
        ("Alice", "right"),
        ("alice%00", "right"),
    ] {
        let failed = failure(&strategy, &form(format!("username={name}&password={password}"))).await;
        assert_eq!(seen(&failed), expected, "{name}");
    }
}

#[tokio::test]
async fn the_message_can_be_another_for_all_of_them() {
    let strategy = table().strategy().message("No.");
    for body in ["username=alice&password=wrong", "username=nobody&password=x", "username=absurd&password=x"]
    {
        assert_eq!(failure(&strategy, &form(body)).await.as_message(), "No.");
    }
}

#[tokio::test]
async fn a_password_of_1024_bytes_still_signs_in() {
    let long = "x".repeat(1024);
    let strategy = Table::of([("alice", Some(hash(&long)), false)]).strategy();
    assert_eq!(user(&strategy, &form(format!("username=alice&password={long}"))).await, "alice");
}

#[tokio::test]
async fn a_password_that_is_too_long_is_not_even_looked_up() {
    let table = table();
    let _ = failure(&table.strategy(), &form(format!("username=alice&password={}", "x".repeat(1025)))).await;
    assert!(table.asked.lock().unwrap().is_empty());
}

#[tokio::test]
async fn the_log_is_told_the_key_of_who_exists_and_a_hash_of_who_does_not() {
    let strategy = table().strategy();
    for name in ["alice", "disabled", "passwordless", "absurd"] {
        let failed = failure(&strategy, &form(format!("username={name}&password=wrong"))).await;
        assert_eq!(failed.as_subject(), Some(&Subject::Known(format!("key-of-{name}"))));
    }
    let failed = failure(&strategy, &form("username=hunter2&password=wrong")).await;
    let Some(Subject::Unknown(hash)) = failed.as_subject() else { panic!("{failed:?}") };
    assert!(!hash.contains("hunter2"));
    let again = failure(&strategy, &form("username=hunter2&password=other")).await;
    assert_eq!(again.as_subject(), failed.as_subject());
}
