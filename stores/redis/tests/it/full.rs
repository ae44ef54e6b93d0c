//! A server whose memory is full.

use passport_session::{Loaded, SessionStore, StoreError, Written};
use passport_test_servers::Redis;

use crate::{
    raw::{Raw, patient},
    records::{MANY, hour, id, is_live, login, now, owner, visitor},
};

#[tokio::test]
async fn a_full_server_refuses_logins_and_no_logout() {
    let Some(redis) = Redis::start() else { return };
    let store = patient(&redis).await;
    let raw = Raw::to(&redis).await;
    let large = visitor(&[("cart", &[7; 2000])]);
    for number in 0..3 {
        store.create(id(number), &login("alice"), hour(), MANY).await.unwrap();
    }
    let version = store.create(id(3), &large, hour(), MANY).await.unwrap();
    let moving = store.create(id(4), &login("bob"), hour(), MANY).await.unwrap();
    let () = raw.ask(&[b"CONFIG", b"SET", b"maxmemory", b"1"]).await;

    let refused = store.create(id(9), &login("carol"), hour(), MANY).await;
    assert!(matches!(refused, Err(StoreError::Full)), "{refused:?}");
    assert!(matches!(store.load(id(9), now()).await.unwrap(), Loaded::None));
    assert!(store.list(&owner("carol"), now()).await.unwrap().is_empty());

    assert!(is_live(&store, id(0)).await);
    assert!(store.touch(id(0), hour()).await.unwrap());
    assert!(store.delete(id(0), now()).await.unwrap());
    assert_eq!(store.delete_all(&owner("alice"), None, now()).await.unwrap(), 2);
    assert!(!is_live(&store, id(1)).await);

    let grown = store.update(id(3), &visitor(&[("cart", &[7; 2001])]), version, hour()).await;
    assert!(matches!(grown, Err(StoreError::Full)), "{grown:?}");
    let shrunk = store.update(id(3), &visitor(&[]), version, hour()).await.unwrap();
    assert!(matches!(shrunk, Written::Done(_)), "{shrunk:?}");
    let moved = store.rotate(id(4), id(5), &login("bob"), moving, hour(), MANY).await.unwrap();
    assert!(matches!(moved, Written::Done(_)), "a password change, {moved:?}");
}
