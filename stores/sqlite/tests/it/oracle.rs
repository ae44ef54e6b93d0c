//! The same calls, at random, to this store and to the one in memory: the same answers.

use std::{collections::HashMap, num::NonZeroU32, time::Duration};

use passport_core::{Clock, Handle, Life, Owner, Record, Timestamp};
use passport_session::{Beyond, IdHash, Limit, Loaded, MemoryStore, SessionStore, StoreError, Written};
use passport_store_sqlite::SqliteStore;

use crate::database::{Database, id};

const USERS: [(&str, &str); 4] =
    [("user", "\"alice\""), ("user", "\"bob\""), ("admin", "\"root\""), ("admin", "\"alice\"")];
/// So many ids are in play at once.
const IDS: u32 = 16;

/// Numbers that look random and are the same for one seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: u32) -> u32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        u32::try_from((self.0 >> 33) % u64::from(most)).unwrap()
    }
}

struct Both {
    database: Database,
    memory: MemoryStore,
    sqlite: SqliteStore,
    dice: Dice,
    /// Versions that one record had, in memory and here.
    versions: HashMap<IdHash, Vec<(u64, u64)>>,
    newest: u32,
    seconds: u64,
}

impl Both {
    async fn new(seed: u64) -> Self {
        let database = Database::new();
        let (memory, sqlite) = (MemoryStore::new(), database.open().await);
        Self { database, memory, sqlite, dice: Dice(seed), versions: HashMap::new(), newest: IDS, seconds: 0 }
    }

    fn now(&self) -> Timestamp {
        self.database.clock.now()
    }

    fn any_id(&mut self) -> IdHash {
        let number = self.newest - self.dice.below(IDS);
        id(number)
    }

    fn life(&mut self) -> Life {
        let seconds = [5, 50, 500, 5000][self.dice.below(4) as usize];
        Life { seen: self.now(), expires: self.now().plus(Duration::from_secs(seconds)) }
    }

    /// Nobody is logged in, or one in each of some realms, each at another second.
    fn record(&mut self) -> Record {
        let mut record = Record::empty(Handle::new([7; 16]));
        for (realm, key) in USERS {
            if self.dice.below(3) == 0 {
                self.seconds += 1;
                record = record
                    .with_sample_login(Timestamp::from_millis(1000 * self.seconds), realm, key)
                    .unwrap();
            }
        }
        record
    }

    fn limit(&mut self) -> Limit {
        let most = NonZeroU32::new(2 + self.dice.below(3)).unwrap();
        Limit { most, beyond: if self.dice.below(2) == 0 { Beyond::EndOldest } else { Beyond::Refuse } }
    }

    fn owner(&mut self) -> Owner {
        let (realm, key) = USERS[self.dice.below(4) as usize];
        Owner::new(realm, key.as_bytes())
    }

    /// One that it has or had, or one that it never had.
    fn version(&mut self, id: IdHash) -> (u64, u64) {
        let back = [0, 0, 0, 1][self.dice.below(4) as usize];
        let known = self.versions.get(&id).and_then(|known| known.iter().rev().nth(back));
        known.copied().unwrap_or((u64::MAX, u64::MAX))
    }

    async fn step(&mut self) {
        let (id, life, record) = (self.any_id(), self.life(), self.record());
        let (limit, owner, now) = (self.limit(), self.owner(), self.now());
        match self.dice.below(12) {
            0..=2 => {
                self.newest += 1;
                let id = crate::database::id(self.newest);
                let memory = self.memory.create(id, &record, life, limit).await;
                let sqlite = self.sqlite.create(id, &record, life, limit).await;
                same("create", memory.map(drop), sqlite.map(drop));
            }
            3 | 4 => {
                let version = self.version(id);
                let memory = self.memory.update(id, &record, version.0, life).await;
                let sqlite = self.sqlite.update(id, &record, version.1, life).await;
                same("update", memory.map(kind), sqlite.map(kind));
            }
            5..=7 => {
                self.newest += 1;
                let new = crate::database::id(self.newest);
                let version = self.version(id);
                let memory = self.memory.rotate(id, new, &record, version.0, life, limit).await;
                let sqlite = self.sqlite.rotate(id, new, &record, version.1, life, limit).await;
                same("rotate", memory.map(kind), sqlite.map(kind));
            }
            8 => same("touch", self.memory.touch(id, life).await, self.sqlite.touch(id, life).await),
            9 => same("delete", self.memory.delete(id, now).await, self.sqlite.delete(id, now).await),
            10 => {
                let except = (self.dice.below(2) == 0).then_some(id);
                let memory = self.memory.delete_all(&owner, except, now).await;
                let sqlite = self.sqlite.delete_all(&owner, except, now).await;
                same("delete_all", memory, sqlite);
            }
            _ => {
                let seconds = u64::from(self.dice.below(40));
                self.database.clock.advance(Duration::from_secs(seconds));
                self.sqlite.sweep(self.now()).await.unwrap();
            }
        }
        // What has expired is gone there, and may be here for another minute.
        while self.memory.sweep(self.now()).await.unwrap() != 0 {}
        self.compare().await;
    }

    /// Whether both hold the same.
    async fn compare(&mut self) {
        let now = self.now();
        for number in self.newest - IDS..=self.newest {
            let id = id(number);
            let (memory, sqlite) = (self.memory.load(id, now).await, self.sqlite.load(id, now).await);
            match (memory.unwrap(), sqlite.unwrap()) {
                (
                    Loaded::Found { record, version, life },
                    Loaded::Found { record: same_record, version: other, life: same_life },
                ) => {
                    assert_eq!(
                        (&record, life.seen, life.expires),
                        (&same_record, same_life.seen, same_life.expires)
                    );
                    let known = self.versions.entry(id).or_default();
                    if known.last() != Some(&(version, other)) {
                        known.push((version, other));
                    }
                }
                // Memory may forget that an id has ended where nobody can tell any more, and does not mark what
                // had expired before its logout.
                (Loaded::Ended | Loaded::None, Loaded::Ended) | (Loaded::None, Loaded::None) => {}
                (memory, sqlite) => panic!("{number}: {memory:?} in memory, {sqlite:?} here"),
            }
        }
        for (realm, key) in USERS {
            let owner = Owner::new(realm, key.as_bytes());
            let ids = |entries: Vec<passport_session::Entry>| {
                let mut ids: Vec<_> = entries.iter().map(|entry| *entry.id.as_bytes()).collect();
                ids.sort_unstable();
                ids
            };
            let memory = ids(self.memory.list(&owner, now).await.unwrap());
            assert_eq!(memory, ids(self.sqlite.list(&owner, now).await.unwrap()), "{realm} {key}");
        }
    }
}

fn kind(written: Written) -> &'static str {
    match written {
        Written::Done(_) => "done",
        Written::Conflict => "conflict",
        Written::Gone => "gone",
    }
}

fn same<T: PartialEq + std::fmt::Debug>(
    what: &str,
    memory: Result<T, StoreError>,
    sqlite: Result<T, StoreError>,
) {
    let told = |answer: Result<T, StoreError>| answer.map_err(|error| error.to_string());
    assert_eq!(told(memory), told(sqlite), "{what}: in memory, and here");
}

#[tokio::test]
async fn it_answers_as_the_store_in_memory_does() {
    for seed in 0..6 {
        let mut both = Both::new(seed).await;
        for step in 0..250 {
            println!("seed {seed}, step {step}");
            both.step().await;
        }
    }
}
