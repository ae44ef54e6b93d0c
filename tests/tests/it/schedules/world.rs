//! Where schedules run: two server processes over one store, and who is there before they begin.

use std::sync::Arc;

use passport_core::{Clock, Life, Record, Timestamp};
use passport_session::{Beyond, IdHash, Limit, Loaded, MemoryStore, SessionStore};

use super::{
    board::Board,
    clock::StepClock,
    errand::QUIET,
    people::People,
    poll_once,
    server::{CookieNow, Server, id_of},
    sight::Sight,
    trace::{Ghost, Trace},
};
use crate::support::{Admin, User};

/// What the browser in question has before the requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Start {
    NoCookie,
    Anonymous,
    Alice,
    /// Alice, and the admin root in the same session.
    TwoRealms,
}

/// How often alice can change her password.
const CHANGES: usize = 4;
const NO_LIMIT: Limit = Limit { most: std::num::NonZeroU32::MAX, beyond: Beyond::Refuse };

/// Two server processes. Their store is another one in every schedule.
pub(super) struct World {
    pub(super) start: Start,
    pub(super) board: Board,
    pub(super) clock: StepClock,
    pub(super) servers: [Arc<Server>; 2],
    /// Those of alice's and bob's other browsers, and that of the browser in question if it has one.
    pub(super) cookies: Vec<String>,
    /// Looking a user up is a step.
    gated_users: bool,
    people: People<User>,
    records: Vec<(IdHash, Record, Life)>,
    ghosts: Vec<Ghost>,
    fingerprints: Vec<[u8; 16]>,
    began: Timestamp,
}

impl World {
    /// In this state; alice and bob have a session in another browser each.
    pub(super) fn new(start: Start) -> Self {
        let board = Board::default();
        board.open(true);
        let clock = StepClock::new(board.clone());
        let (people, admins) = (People::<User>::new(board.clone()), People::<Admin>::new(board.clone()));
        let store: Arc<dyn SessionStore> = Arc::new(MemoryStore::with_capacity(1_000));
        let server =
            |store: &Arc<dyn SessionStore>| Server::new(&board, &clock, &people, &admins, Arc::clone(store));
        let servers = [server(&store), server(&store)];
        let mut fingerprints = Vec::new();
        for _ in 0..=CHANGES {
            let other = poll_once(log_in(&servers[0], "alice"));
            let (record, _) = poll_once(read(&*store, &clock, id_of(&other)));
            fingerprints.push(record.login("user").unwrap().fingerprint);
            people.change("alice");
        }
        people.reset(false);
        let mut cookies =
            vec![poll_once(log_in(&servers[0], "alice")), poll_once(log_in(&servers[0], "bob"))];
        let cookie = poll_once(enter(&servers[0], start));
        cookies.extend(cookie);
        let records = cookies.iter().map(|cookie| {
            let id = id_of(cookie);
            let (record, life) = poll_once(read(&*store, &clock, id));
            (id, record, life)
        });
        let records: Vec<_> = records.collect();
        let ghosts = records.iter().map(|(id, record, life)| {
            let first = Some(Arc::new(Sight::of(record, *life)));
            let now = first.clone();
            Ghost { id: *id, by: None, at: 0, from: None, first, now, before: None, ended: false }
        });
        let ghosts = ghosts.collect();
        clock.advance(QUIET);
        let began = clock.now();
        Self {
            start,
            board,
            clock,
            servers,
            cookies,
            gated_users: false,
            people,
            records,
            ghosts,
            fingerprints,
            began,
        }
    }

    /// Where looking a user up is a step of its own.
    pub(super) fn with_gated_users(self) -> Self {
        Self { gated_users: true, ..self }
    }

    /// Everything as it was in the beginning, in these stores: two handles on one.
    pub(super) async fn reset(&self, stores: [Arc<dyn SessionStore>; 2]) -> Trace {
        self.people.reset(self.gated_users);
        self.clock.set(self.began);
        for (id, record, life) in &self.records {
            stores[0].create(*id, record, *life, NO_LIMIT).await.unwrap();
        }
        for (server, store) in self.servers.iter().zip(stores) {
            server.store.replace(store);
        }
        let mut trace = Trace {
            ghosts: self.ghosts.clone(),
            fingerprints: self.fingerprints.clone(),
            ..Trace::default()
        };
        super::legal::begin(&mut trace);
        trace
    }

    /// That of the browser in question.
    pub(super) fn cookie(&self) -> Option<&String> {
        self.cookies.get(2)
    }

    pub(super) fn epoch(&self) -> u64 {
        self.people.epoch("alice")
    }
}

async fn log_in(server: &Server, name: &str) -> String {
    let request = server.begin(None);
    request.auth().login(server.people.get(name)).await.unwrap();
    cookie(request.end().await).unwrap()
}

async fn enter(server: &Server, start: Start) -> Option<String> {
    if start == Start::NoCookie {
        return None;
    }
    let request = server.begin(None);
    if start != Start::Anonymous {
        request.auth().login(server.people.get("alice")).await.unwrap();
    }
    if start == Start::TwoRealms {
        request.admin().login(server.admins.get("root")).await.unwrap();
    }
    request.session().insert("cart", 7).unwrap();
    request.session().insert("n", 40).unwrap();
    cookie(request.end().await)
}

fn cookie(now: Option<CookieNow>) -> Option<String> {
    match now.unwrap() {
        CookieNow::Issued(value) => Some(value),
        _ => None,
    }
}

async fn read(store: &dyn SessionStore, clock: &StepClock, id: IdHash) -> (Record, Life) {
    match store.load(id, clock.now()).await.unwrap() {
        Loaded::Found { record, life, .. } => (record, life),
        _ => panic!("it was just made"),
    }
}
