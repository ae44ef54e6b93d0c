use crate::{accounts::Table, failure, form, seen, user};

/// Signs in with a hash of another system, and finds it replaced.
async fn is_upgraded(legacy: &str, password: &str) {
    let table = Table::of([("alice", Some(legacy.to_owned()), false)]);
    let strategy = table.strategy();
    let wrong = failure(&strategy, &form("username=alice&password=wrong")).await;
    assert_eq!(seen(&wrong), seen(&failure(&strategy, &form("username=nobody&password=wrong")).await));
    assert_eq!(table.hash_of("alice"), legacy, "a failed login upgrades nothing");
    let login = form(format!("username=alice&password={password}"));
    assert_eq!(user(&strategy, &login).await, "alice, upgraded");
    assert!(table.hash_of("alice").starts_with("$argon2id$v=19$m=8,t=1,p=1$"));
    assert_eq!(user(&strategy, &login).await, "alice");
}

#[cfg(feature = "bcrypt")]
#[tokio::test]
async fn bcrypt_is_upgraded_at_the_next_login() {
    for version in ["2a", "2b", "2y"] {
        let hash = format!("${version}$06$m0CrhHm10qJ3lXRY.5zDGO3rS2KdeeWLuGmsfGlMfOxih58VYVfxe");
        is_upgraded(&hash, "a").await;
    }
}

#[cfg(feature = "scrypt")]
#[tokio::test]
async fn scrypt_is_upgraded_at_the_next_login() {
    is_upgraded(
        "$scrypt$ln=8,r=8,p=2$c29tZXNhbHRzb21lc2FsdA$21ItuU8VRVNiceqeqNa3pTxYUHvADgVXYa861xTh4xM",
        "password",
    )
    .await;
}

#[cfg(feature = "pbkdf2")]
#[tokio::test]
async fn pbkdf2_is_upgraded_at_the_next_login() {
    is_upgraded(
        "$pbkdf2-sha256$29000$N2YMIWQsBWBMae09x1jrPQ$1t8iyB2A.WF/Z5JZv.lfCIhXXN33N23OSgQYThBYRfk",
        "toomanysecrets",
    )
    .await;
}

#[cfg(feature = "bcrypt")]
#[tokio::test]
async fn a_password_that_the_old_system_never_normalized_still_fits() {
    // Made of the decomposed letter, as some keyboards send it.
    let hash = bcrypt::hash("cafe\u{301}", 4).unwrap();
    for typed in ["cafe%CC%81", "caf%C3%A9"] {
        let table = Table::of([("alice", Some(hash.clone()), false)]);
        let strategy = table.strategy();
        let login = form(format!("username=alice&password={typed}"));
        match typed {
            "cafe%CC%81" => assert_eq!(user(&strategy, &login).await, "alice, upgraded"),
            _ => drop(failure(&strategy, &login).await),
        }
    }
}
