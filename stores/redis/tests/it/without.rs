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

/// Of a former user and of where the login came from, which stand behind the logins.
#[tokio::test]
async fn ending_a_users_logins_leaves_where_the_login_came_from() {
    let Some(redis) = Redis::start() else { return };
    let store = patient(&redis).await;
    let bare = record(&[("user", "\"alice\""), ("admin", "\"root\"")], &[]);
    let logins = bare.as_bytes().strip_suffix(&[0, 0, 0, 0, 0]).unwrap();
    for (former, agent) in [(0, "Browser"), (1, ""), (3, "Browser"), (255, &*"B".repeat(256))] {
        let mut bytes = logins.to_vec();
        bytes.push(former);
        bytes.extend(vec![7; 16 * usize::from(former)]);
        bytes.extend(client(agent));
        bytes.extend(client("192.0.2.7"));
        bytes.extend([0, 0]);
        let whole = Record::from_bytes(bytes).unwrap();
        let number = u64::from(former) + 1;
        store.create(id(number), &whole, hour(), MANY).await.unwrap();
        let alice = Owner::new("user", b"\"alice\"");
        assert_eq!(store.delete_all(&alice, None, now()).await.unwrap(), 1);
        let left = loaded(&store, number).await;
        assert_eq!(left, whole.without_owner(&alice), "{former} former users");
        assert_eq!(left.unwrap().client().user_agent().unwrap_or_default().len(), agent.len());
        store.delete(id(number), now()).await.unwrap();
    }
}

fn client(text: &str) -> Vec<u8> {
    let length = u32::try_from(text.len()).unwrap();
    let head = if length < 255 {
        vec![text.len().try_into().unwrap()]
    } else {
        [&[255][..], &length.to_le_bytes()].concat()
    };
    [head, text.as_bytes().to_vec()].concat()
}
