//! Whatever is done, the answers are those of the store in memory.

use std::{collections::HashMap, num::NonZeroU32};

use passport_core::{Handle, Kind, Life, Record, Timestamp};
use passport_session::{Beyond, IdHash, Limit, Loaded, MemoryStore, SessionStore, StoreError, Written};
use passport_store_postgres::PostgresStore;
use passport_test_servers::Random;

use crate::{
    sample::{hour, id, many},
    server::Database,
};

const STEPS: usize = 800;
const REALMS: [&str; 3] = ["user", "admin", "guest"];

/// Both stores, and what each calls the versions of an id.
struct Both {
    real: PostgresStore,
    model: MemoryStore,
    versions: HashMap<IdHash, (u64, u64)>,
    ids: Vec<IdHash>,
    random: Random,
    /// Logins of one user are never of one age: which is the oldest is for the store to say otherwise.
    clock: u64,
}

/// An answer without the version, which each store counts in its own way.
#[derive(Debug, PartialEq, Eq)]
enum Said {
    Done,
    Conflict,
    Gone,
    Exists,
    Limit,
}

fn said(answer: Result<Written, StoreError>) -> (Said, u64) {
    match answer {
        Ok(Written::Done(version)) => (Said::Done, version),
        Ok(Written::Conflict) => (Said::Conflict, 0),
        Ok(Written::Gone) => (Said::Gone, 0),
        Err(StoreError::Exists) => (Said::Exists, 0),
        Err(StoreError::LimitReached) => (Said::Limit, 0),
        Err(error) => panic!("{error:?}"),
    }
}

/// What can be compared of a lookup: the lives only roughly, by two clocks.
fn seen(loaded: Loaded) -> (&'static str, Option<Record>, u64) {
    match loaded {
        Loaded::Found { record, version, .. } => ("found", Some(record), version),
        Loaded::Ended => ("ended", None, 0),
        Loaded::None => ("none", None, 0),
    }
}

impl Both {
    fn some_id(&mut self) -> IdHash {
        let known = self.ids.len();
        if known < 4 || self.random.one_in(8) {
            self.ids.push(id());
        }
        // The last few, mostly: those live, and chains of marks grow.
        let back = self.random.below(self.ids.len().min(24));
        self.ids[self.ids.len() - 1 - back]
    }

    /// Nobody, one user, or several in one session.
    fn some_record(&mut self) -> Record {
        let mut logins = vec![];
        for realm in REALMS {
            if self.random.one_in(2) {
                logins.push((realm, ["\"a\"", "\"b\""][self.random.below(2)]));
            }
        }
        self.clock += 1;
        let (at, note) = (Timestamp::from_millis(self.clock), self.clock.to_le_bytes());
        Record::sample(Handle::new([7; 16]), at, &logins, &[("note", &note)]).unwrap()
    }

    fn some_limit(&mut self) -> Limit {
        let most = NonZeroU32::new([3, 4, 5][self.random.below(3)]).unwrap();
        match self.random.any() % 3 {
            0 => many(),
            1 => Limit { most, beyond: Beyond::EndOldest },
            _ => Limit { most, beyond: Beyond::Refuse },
        }
    }

    /// The version of an id as each store calls it; now and then one that it has not.
    fn some_version(&mut self, id: IdHash) -> (u64, u64) {
        let known = self.versions.get(&id).copied().unwrap_or((1, 1));
        if self.random.one_in(10) { (known.0 + 1_000_000, known.1 + 1_000_000) } else { known }
    }

    async fn step(&mut self) -> String {
        let (life, now) = (hour(), Timestamp::system());
        match self.random.any() % 12 {
            0..=2 => self.create(life).await,
            3..=5 => self.rotate(life).await,
            6..=7 => self.update(life).await,
            8 => {
                let id = self.some_id();
                let (real, model) = (self.real.touch(id, life).await, self.model.touch(id, life).await);
                assert_eq!(real.unwrap(), model.unwrap(), "touch");
                "touch".into()
            }
            9 => {
                let id = self.some_id();
                let (real, model) = (self.real.delete(id, now).await, self.model.delete(id, now).await);
                assert_eq!(real.unwrap(), model.unwrap(), "delete");
                "delete".into()
            }
            10 => self.delete_all(now).await,
            _ => self.list(now).await,
        }
    }

    async fn create(&mut self, life: Life) -> String {
        let (id, record, limit) = (self.some_id(), self.some_record(), self.some_limit());
        let real = said(self.real.create(id, &record, life, limit).await.map(Written::Done));
        let model = said(self.model.create(id, &record, life, limit).await.map(Written::Done));
        // Which of two refusals comes first is no promise of the store in memory.
        let refused = [&Said::Exists, &Said::Limit];
        let both_refuse = refused.contains(&&real.0) && refused.contains(&&model.0);
        assert!(real.0 == model.0 || both_refuse, "create: {real:?}, and not {model:?}");
        self.note(id, &real, &model);
        format!("create {:?}", real.0)
    }

    async fn rotate(&mut self, life: Life) -> String {
        let (old, new) = (self.some_id(), self.some_id());
        let (version, record, limit) = (self.some_version(old), self.some_record(), self.some_limit());
        let real = said(self.real.rotate(old, new, &record, version.0, life, limit).await);
        let model = said(self.model.rotate(old, new, &record, version.1, life, limit).await);
        let refused = [&Said::Exists, &Said::Limit];
        let both_refuse = refused.contains(&&real.0) && refused.contains(&&model.0);
        assert!(real.0 == model.0 || both_refuse, "rotate: {real:?}, and not {model:?}");
        self.note(new, &real, &model);
        format!("rotate {:?}", real.0)
    }

    async fn update(&mut self, life: Life) -> String {
        let id = self.some_id();
        let (version, record) = (self.some_version(id), self.some_record());
        let real = said(self.real.update(id, &record, version.0, life).await);
        let model = said(self.model.update(id, &record, version.1, life).await);
        assert_eq!(real.0, model.0, "update");
        self.note(id, &real, &model);
        format!("update {:?}", real.0)
    }

    async fn delete_all(&mut self, now: Timestamp) -> String {
        let (id, record) = (self.some_id(), self.some_record());
        let except = self.random.one_in(2).then_some(id);
        let Some(owner) = record.owners().next() else { return "nobody".into() };
        let real = self.real.delete_all(&owner, except, now).await.unwrap();
        assert_eq!(real, self.model.delete_all(&owner, except, now).await.unwrap(), "delete_all");
        format!("delete_all {}", real.min(1))
    }

    async fn list(&mut self, now: Timestamp) -> String {
        let record = self.some_record();
        for owner in record.owners() {
            let mut lists = vec![];
            for list in [self.real.list(&owner, now).await, self.model.list(&owner, now).await] {
                let list = list.unwrap().into_iter().map(|entry| (entry.id, entry.listed.record));
                let mut list: Vec<_> = list.map(|(id, record)| (id, record.as_bytes().to_vec())).collect();
                list.sort_unstable();
                lists.push(list);
            }
            assert_eq!(lists[0], lists[1], "list");
        }
        "list".into()
    }

    fn note(&mut self, id: IdHash, real: &(Said, u64), model: &(Said, u64)) {
        if real.0 == Said::Done {
            self.versions.insert(id, (real.1, model.1));
        }
    }

    /// The ids that were used last are the same in both, and a version means the same record.
    async fn compare(&mut self, after: &str) {
        let now = Timestamp::system();
        let from = self.ids.len().saturating_sub(30);
        for id in self.ids[from..].iter().copied() {
            let real = seen(self.real.load(id, now).await.unwrap());
            let model = seen(self.model.load(id, now).await.unwrap());
            assert_eq!((real.0, &real.1), (model.0, &model.1), "an id after {after}");
            if let Some(record) = &real.1 {
                assert!(record.get(Kind::Private, "").is_none());
                // A login that ended for another one has changed it.
                self.versions.insert(id, (real.2, model.2));
            }
        }
    }
}

#[tokio::test]
async fn whatever_is_done_the_answers_are_those_of_the_store_in_memory() {
    let Some(database) = Database::shared() else { return };
    let real = database.patient().connect().await.unwrap();
    let (model, random) = (MemoryStore::new(), Random::new(0xface));
    let mut both = Both { real, model, versions: HashMap::new(), ids: vec![], random, clock: 1_000 };
    let mut done = HashMap::<String, usize>::new();
    for at in 0..STEPS {
        let what = both.step().await;
        if at % 10 == 0 {
            both.compare(&what).await;
        }
        *done.entry(what).or_default() += 1;
    }
    println!("{done:#?}");
    for what in
        ["create Done", "create Exists", "create Limit", "rotate Done", "rotate Gone", "rotate Conflict"]
    {
        assert!(done.contains_key(what), "{what} never happened");
    }
    for what in ["update Done", "update Conflict", "update Gone", "delete_all 1", "delete_all 0"] {
        assert!(done.contains_key(what), "{what} never happened");
    }
}
