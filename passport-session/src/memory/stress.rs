//! Everything at once: nothing hangs, and the books are right afterwards.

use std::{num::NonZeroU32, sync::Arc, time::Duration};

use passport_core::{Handle, Life, Owner, Record, Timestamp};

use super::{MemoryStore, shard::hash};
use crate::{Beyond, IdHash, Limit, Loaded, SessionStore, Written};

const TASKS: u64 = 8;
const STEPS: u64 = 3000;
const USERS: u64 = 6;
/// Few enough that tasks meet at the same ids.
const IDS: u64 = 200;
const LIMIT: Limit = Limit { most: NonZeroU32::new(7).unwrap(), beyond: Beyond::EndOldest };

/// Numbers in no order, the same in each run.
struct Dice(u64);

impl Dice {
    fn throw(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }

    fn id(&mut self) -> IdHash {
        let number = u32::try_from(self.throw(IDS)).unwrap();
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&hash(number + 1).rotate_left(32).to_le_bytes());
        IdHash::from_bytes(bytes)
    }

    fn record(&mut self) -> Record {
        let logins: Vec<(&str, String)> = match self.throw(4) {
            0 => vec![],
            1 => vec![("user", self.key()), ("admin", self.key())],
            _ => vec![("user", self.key())],
        };
        let logins: Vec<_> = logins.iter().map(|(realm, key)| (*realm, key.as_str())).collect();
        let data = vec![b'x'; usize::try_from(self.throw(500)).unwrap()];
        Record::sample(Handle::new([0; 16]), Timestamp::from_millis(1), &logins, &[("a", &data)]).unwrap()
    }

    fn key(&mut self) -> String {
        self.throw(USERS).to_string()
    }
}

async fn step(store: &MemoryStore, dice: &mut Dice, now: Timestamp) {
    let (id, life) = (dice.id(), Life { seen: now, expires: now.plus(Duration::from_secs(dice.throw(100))) });
    let found = match store.load(id, now).await.unwrap() {
        Loaded::Found { version, .. } => Some(version),
        _ => None,
    };
    let record = dice.record();
    match (dice.throw(12), found) {
        (0, _) => drop(store.delete(id, now).await.unwrap()),
        (1, _) => {
            let owner = Owner::new("user", dice.key().as_bytes());
            store.delete_all(&owner, Some(dice.id()), now).await.unwrap();
        }
        (2, _) => drop(store.touch(id, life).await.unwrap()),
        (3, _) => drop(store.sweep(now).await.unwrap()),
        (4..8, Some(version)) => drop(store.rotate(id, dice.id(), &record, version, life, LIMIT).await),
        (_, Some(version)) => {
            let _: Result<Written, _> = store.update(id, &record, version, life).await;
        }
        (_, None) => drop(store.create(id, &record, life, LIMIT).await),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn after_everything_at_once_nothing_is_left_or_miscounted() {
    let store = Arc::new(MemoryStore::with_capacity(150).with_max_bytes(30_000));
    let tasks: Vec<_> = (0..TASKS)
        .map(|task| {
            let store = Arc::clone(&store);
            tokio::spawn(async move {
                let mut dice = Dice(task);
                for number in 0..STEPS {
                    step(&store, &mut dice, Timestamp::from_millis(1_000_000 + 50 * number)).await;
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let end = Timestamp::from_millis(1_000_000 + 50 * STEPS);
    for (realm, user) in
        ["user", "admin"].into_iter().flat_map(|realm| (0..USERS).map(move |user| (realm, user)))
    {
        let owner = Owner::new(realm, user.to_string().as_bytes());
        store.delete_all(&owner, None, end).await.unwrap();
        assert!(store.index.hold(std::iter::once(owner)).tags(&owner).is_empty());
    }
    while store.sweep(end.plus(Duration::from_secs(1000))).await.unwrap() != 0 {}
    assert_eq!((store.room.slots(), store.room.bytes()), (0, 0));
}
