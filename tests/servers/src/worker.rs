//! Users of a session store whose server is killed at any moment: whatever a call has confirmed is true afterwards.

use std::{num::NonZeroU32, sync::Arc, time::Duration};

use passport_core::{Handle, Life, Owner, Record, Timestamp};
use passport_session::{Beyond, IdHash, Limit, Loaded, MARK_CHAIN, SessionStore, Written};

use crate::Random;

/// A limit that nobody comes near to.
const MANY: Limit = Limit { most: NonZeroU32::new(1_000_000).unwrap(), beyond: Beyond::Refuse };

/// Where a session is, and what it holds; `None`: it has ended.
type State = Option<(IdHash, u64)>;

/// A session: one of these states is true. There are several where a call was not confirmed.
#[derive(Debug)]
struct Session {
    may_be: Vec<State>,
    /// The ids that it had before.
    ended: Vec<IdHash>,
    /// How often somebody tried to move it.
    moves: usize,
}

/// One user, who does one thing after the other, and remembers what was confirmed.
#[derive(Debug)]
pub(crate) struct Worker {
    number: u64,
    random: Random,
    next: u64,
    sessions: Vec<Session>,
    /// The ids of all sessions that are no more.
    ended: Vec<IdHash>,
}

impl Worker {
    /// The user of this number, who has done nothing yet.
    pub(crate) fn new(number: u64) -> Self {
        Self { number, random: Random::new(number), next: 0, sessions: Vec::new(), ended: Vec::new() }
    }

    /// How often it has begun to do something.
    pub(crate) fn steps(&self) -> u64 {
        self.next
    }

    /// How many ids have ended for certain.
    pub(crate) fn ended(&self) -> usize {
        self.ended.len()
    }

    /// Does things until one of them fails.
    pub(crate) async fn work(mut self, store: Arc<dyn SessionStore>) -> Self {
        while self.step(&*store).await.is_some() {}
        self
    }

    /// `None`: a call was not confirmed.
    async fn step(&mut self, store: &dyn SessionStore) -> Option<()> {
        let (id, content) = (self.id(), self.next);
        let (new, record) = ((id, content), self.holding(content));
        let live: Vec<usize> =
            (0..self.sessions.len()).filter(|at| self.sessions[*at].may_be[0].is_some()).collect();
        let choice = if live.len() < 4 { 0 } else { self.random.below(20) };
        if choice < 5 {
            self.sessions.push(Session { may_be: vec![Some(new), None], ended: vec![], moves: 0 });
            store.create(id, &record, hour(), MANY).await.ok()?;
            self.sessions.last_mut()?.may_be.pop();
            return Some(());
        }
        if choice == 19 {
            for at in &live {
                self.sessions[*at].may_be.push(None);
            }
            store.delete_all(&self.owner(), None, now()).await.ok()?;
            for at in live {
                self.sessions[at].end();
            }
            return Some(());
        }
        let at = *self.random.of(&live);
        let (old, before) = self.sessions[at].may_be[0]?;
        let loaded = store.load(old, now()).await.ok()?;
        let Loaded::Found { record: found, version, .. } = loaded else { panic!("{loaded:?}: {self:?}") };
        assert_eq!(found, self.holding(before));
        let session = &mut self.sessions[at];
        match choice {
            5..10 => {
                session.may_be.push(Some((old, content)));
                let written = store.update(old, &record, version, hour()).await.ok()?;
                assert!(matches!(written, Written::Done(_)), "{written:?}");
                session.may_be.remove(0);
            }
            10..15 => {
                session.moves += 1;
                // The store may end it instead of one more mark in its row.
                let too_often = session.moves > MARK_CHAIN;
                session.may_be.push(Some(new));
                if too_often {
                    session.may_be.push(None);
                }
                session.may_be = match store.rotate(old, id, &record, version, hour(), MANY).await.ok()? {
                    Written::Done(_) => vec![Some(new)],
                    Written::Gone if too_often => vec![None],
                    other => panic!("nobody else writes it, after {} moves: {other:?}", session.moves),
                };
                session.ended.push(old);
            }
            15..17 => assert!(store.touch(old, hour()).await.ok()?),
            _ => {
                session.may_be.push(None);
                assert!(store.delete(old, now()).await.ok()?);
                session.end();
            }
        }
        Some(())
    }

    /// Looks what is true after the server was started again, and goes on from there.
    pub(crate) async fn check(&mut self, store: &dyn SessionStore) {
        let (mut live, number) = (Vec::new(), self.number);
        for session in &mut self.sessions {
            session.settle(store, number).await;
            live.extend(session.may_be[0].map(|state| state.0));
        }
        let listed = store.list(&self.owner(), now()).await.unwrap_or_else(|error| panic!("{error}"));
        let mut listed: Vec<IdHash> = listed.iter().map(|entry| entry.id).collect();
        listed.sort_unstable();
        live.sort_unstable();
        assert_eq!(listed, live, "the user's list");
        // Looked at in every round, they would take longer and longer: `check_ended` does it once.
        for session in self.sessions.extract_if(.., |session| session.may_be[0].is_none()) {
            self.ended.extend(session.ended);
        }
    }

    /// Looks once more at all that has ended since the beginning.
    pub(crate) async fn check_ended(&self, store: &dyn SessionStore) {
        for id in &self.ended {
            assert!(found(store, *id).await.is_none(), "a session that had ended lives: {id:?}");
        }
    }

    fn id(&mut self) -> IdHash {
        self.next += 1;
        let mut bytes = [0; 32];
        for (part, word) in bytes.as_chunks_mut::<8>().0.iter_mut().zip([self.number, self.next, 0, 1]) {
            // Spread over the whole range, as hashes are.
            *part = Random::new(word).any().to_be_bytes();
        }
        IdHash::from_bytes(bytes)
    }

    fn owner(&self) -> Owner {
        Owner::new("user", self.number.to_string().as_bytes())
    }

    fn holding(&self, content: u64) -> Record {
        holding(self.number, content)
    }
}

impl Session {
    fn end(&mut self) {
        self.ended.extend(self.may_be.iter().flatten().map(|state| state.0));
        self.may_be = vec![None];
    }

    /// Finds out which of its states is the true one.
    async fn settle(&mut self, store: &dyn SessionStore, user: u64) {
        let may_be = self.may_be.iter().flatten().map(|state| state.0);
        let mut ids: Vec<IdHash> = may_be.chain(self.ended.iter().copied()).collect();
        ids.sort_unstable();
        ids.dedup();
        let mut live = Vec::new();
        for id in ids {
            live.extend(found(store, id).await.map(|record| (id, record)));
        }
        assert!(live.len() <= 1, "a session under two ids: {self:?}");
        let live = live.pop();
        let is = |state: &State| match (state, &live) {
            (None, None) => true,
            (Some((id, content)), Some((at, record))) => id == at && *record == holding(user, *content),
            _ => false,
        };
        let state = self.may_be.iter().find(|state| is(state));
        let state = *state.unwrap_or_else(|| panic!("what was confirmed is not true: {live:?}, {self:?}"));
        let left = self.may_be.iter().flatten().map(|state| state.0);
        let left = left.filter(|id| state.is_none_or(|state| state.0 != *id));
        self.ended.extend(left);
        self.may_be = vec![state];
    }
}

async fn found(store: &dyn SessionStore, id: IdHash) -> Option<Record> {
    match store.load(id, now()).await.unwrap_or_else(|error| panic!("{error}")) {
        Loaded::Found { record, .. } => Some(record),
        Loaded::Ended | Loaded::None => None,
    }
}

fn holding(user: u64, content: u64) -> Record {
    let (key, at) = (user.to_string(), Timestamp::from_millis(1));
    let record =
        Record::sample(Handle::new([7; 16]), at, &[("user", &key)], &[("n", &content.to_le_bytes())]);
    record.unwrap_or_else(|error| panic!("{error}"))
}

fn now() -> Timestamp {
    Timestamp::system()
}

fn hour() -> Life {
    let seen = now();
    Life { seen, expires: seen.plus(Duration::from_secs(3600)) }
}
