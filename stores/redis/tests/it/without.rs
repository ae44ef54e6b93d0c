//! What a script leaves of a record is what `Record::without_owner` leaves.

use passport_core::{Owner, Record};
use passport_session::{Loaded, SessionStore};
use passport_store_redis::RedisStore;
use passport_test_servers::Redis;

use crate::{
    raw::patient,
    records::{MANY, hour, id, now, record},
};

const REALMS: [&str; 5] = ["user", "admin", "a", "partner of the house", "support"];

fn key(length: usize, realm: &str) -> String {
    format!("\"{realm}{}\"", "k".repeat(length))
}

async fn loaded(store: &RedisStore, number: u64) -> Option<Record> {
    match store.load(id(number), now()).await.unwrap() {
        Loaded::Found { record, .. } => Some(record),
        Loaded::Ended => None,
        Loaded::None => panic!("nothing at all"),
    }
}

/// With keys around the length at which their encoding changes.
#[tokio::test]
async fn ending_a_users_logins_leaves_the_others_and_no_data() {
    let Some(redis) = Redis::start() else { return };
    let store = patient(&redis).await;
    let mut number = 0;
    for count in 1..=REALMS.len() {
        for length in [0, 1, 200, 244, 252, 253, 254, 255, 256, 300, 5000] {
            let keys: Vec<_> = REALMS[..count].iter().map(|realm| (*realm, key(length, realm))).collect();
            let logins: Vec<_> = keys.iter().map(|(realm, key)| (*realm, key.as_str())).collect();
            let whole = record(&logins, &[("cart", b"tea"), ("big", &[7; 600])]);
            for (realm, key) in &logins {
                number += 1;
                store.create(id(number), &whole, hour(), MANY).await.unwrap();
                let owner = Owner::new(realm, key.as_bytes());
                assert_eq!(store.delete_all(&owner, None, now()).await.unwrap(), 1);
                let left = loaded(&store, number).await;
                assert_eq!(
                    left,
                    whole.without_owner(&owner),
                    "{count} logins, keys of {length}, without {realm}"
                );
                assert!(store.list(&owner, now()).await.unwrap().is_empty());
                // The next round's sessions are to be the only ones.
                store.delete(id(number), now()).await.unwrap();
            }
        }
    }
}

#[tokio::test]
async fn ending_all_users_one_after_the_other_ends_the_session() {
    let Some(redis) = Redis::start() else { return };
    let store = patient(&redis).await;
    let logins: Vec<_> = REALMS.iter().map(|realm| (*realm, "\"alice\"")).collect();
    let mut expected = Some(record(&logins, &[]));
    let mut version = store.create(id(1), expected.as_ref().unwrap(), hour(), MANY).await.unwrap();
    for realm in REALMS {
        let owner = Owner::new(realm, b"\"alice\"");
        assert_eq!(store.delete_all(&owner, None, now()).await.unwrap(), 1);
        expected = expected.unwrap().without_owner(&owner);
        assert_eq!(loaded(&store, 1).await, expected);
        if let Loaded::Found { version: now, .. } = store.load(id(1), now()).await.unwrap() {
            assert_ne!(now, version, "what is left has a new version");
            version = now;
        }
    }
    assert_eq!(expected, None);
}
