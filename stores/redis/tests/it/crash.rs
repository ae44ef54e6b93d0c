//! The server killed at any moment: what a call has confirmed is true afterwards.

use std::{sync::Arc, time::Duration};

use passport_core::Record;
use passport_session::{IdHash, Loaded, SessionStore, Written};
use passport_store_redis::RedisStore;
use passport_test_servers::Redis;
use tokio::task::JoinSet;

use crate::{
    raw::patient,
    records::{Dice, MANY, eventually, hour, id, now, owner, record},
};

const ROUNDS: u64 = 10;
const WORKERS: u64 = 6;

/// Where a session is, and what it holds; `None`: it has ended.
type State = Option<(IdHash, u64)>;

/// A session: one of these states is true. Where a call was not confirmed, there are two.
struct Session {
    may_be: Vec<State>,
    /// The ids that it had before.
    ended: Vec<IdHash>,
}

/// One user, who does one thing after the other.
struct Worker {
    user: String,
    dice: Dice,
    next: u64,
    sessions: Vec<Session>,
}

impl Worker {
    fn new(number: u64) -> Self {
        let dice = Dice(number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        Self { user: format!("\"worker {number}\""), dice, next: number << 32, sessions: Vec::new() }
    }

    fn holding(&self, content: u64) -> Record {
        record(&[("user", &self.user)], &[("n", &content.to_le_bytes())])
    }

    fn number(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    /// Does things until one of them fails.
    async fn work(mut self, store: Arc<RedisStore>) -> Self {
        while self.step(&store).await.is_some() {}
        self
    }

    /// `None`: a call was not confirmed.
    async fn step(&mut self, store: &RedisStore) -> Option<()> {
        let (id_number, content) = (self.number(), self.number());
        let new = (id(id_number), content);
        let record = self.holding(content);
        let live: Vec<usize> =
            (0..self.sessions.len()).filter(|at| self.sessions[*at].may_be[0].is_some()).collect();
        let choice = if live.len() < 4 { 0 } else { self.dice.roll(20) };
        if choice < 5 {
            self.sessions.push(Session { may_be: vec![Some(new), None], ended: vec![] });
            store.create(new.0, &record, hour(), MANY).await.ok()?;
            self.sessions.last_mut()?.may_be.pop();
            return Some(());
        }
        if choice == 19 {
            for at in &live {
                self.sessions[*at].may_be.push(None);
            }
            store.delete_all(&owner(&self.user), None, now()).await.ok()?;
            for at in live {
                self.sessions[at].end();
            }
            return Some(());
        }
        let at = live[usize::try_from(self.dice.roll(live.len() as u64)).unwrap()];
        let (old, before) = self.sessions[at].may_be[0].unwrap();
        let loaded = store.load(old, now()).await.ok()?;
        let Loaded::Found { record: found, version, .. } = loaded else { panic!("{loaded:?}") };
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
                session.may_be.push(Some(new));
                let written = store.rotate(old, new.0, &record, version, hour(), MANY).await.ok()?;
                // After sixteen moves the session has ended.
                match written {
                    Written::Done(_) => drop(session.may_be.remove(0)),
                    Written::Gone => session.may_be = vec![None],
                    Written::Conflict => panic!("nobody else writes it"),
                }
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

    /// Looks what is true, and goes on from there.
    async fn check(&mut self, store: &RedisStore) {
        let mut all = Vec::new();
        for session in &mut self.sessions {
            let ids =
                session.may_be.iter().flatten().map(|state| state.0).chain(session.ended.iter().copied());
            let mut ids: Vec<IdHash> = ids.collect();
            ids.sort_unstable();
            ids.dedup();
            let mut found = Vec::new();
            for id in ids {
                if let Loaded::Found { record, .. } = store.load(id, now()).await.unwrap() {
                    found.push((id, record));
                }
            }
            assert!(found.len() <= 1, "a session under two ids");
            let found = found.pop();
            let is = |state: &State| match (state, &found) {
                (None, None) => true,
                (Some((id, content)), Some((at, holds))) => {
                    id == at && *holds == record(&[("user", &self.user)], &[("n", &content.to_le_bytes())])
                }
                _ => false,
            };
            let state = session.may_be.iter().find(|state| is(state));
            let state = *state.unwrap_or_else(|| panic!("what was confirmed is not true: {found:?}"));
            let left = session.may_be.iter().flatten().map(|state| state.0);
            let left = left.filter(|id| state.is_none_or(|state| state.0 != *id));
            session.ended.extend(left);
            session.may_be = vec![state];
            all.extend(state.map(|state| state.0));
        }
        let mut listed: Vec<IdHash> =
            store.list(&owner(&self.user), now()).await.unwrap().iter().map(|entry| entry.id).collect();
        listed.sort_unstable();
        all.sort_unstable();
        assert_eq!(listed, all, "the user's list");
        // The checks of what ended long ago would grow without end.
        self.sessions.retain(|session| session.may_be[0].is_some());
    }
}

impl Session {
    fn end(&mut self) {
        self.ended.extend(self.may_be.iter().flatten().map(|state| state.0));
        self.may_be = vec![None];
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_was_confirmed_survives_a_kill_at_any_moment() {
    let Some(redis) = Redis::start() else { return };
    let mut dice = Dice(7);
    let mut workers: Vec<Worker> = (1..=WORKERS).map(Worker::new).collect();
    for round in 0..ROUNDS {
        let store = Arc::new(patient(&redis).await);
        let mut working = JoinSet::new();
        for worker in workers.drain(..) {
            working.spawn(worker.work(Arc::clone(&store)));
        }
        tokio::time::sleep(Duration::from_millis(100 + dice.roll(500))).await;
        redis.kill();
        workers = working.join_all().await;
        redis.restart();
        let fresh = patient(&redis).await;
        eventually("the records are read", async || fresh.load(id(1), now()).await.is_ok()).await;
        for worker in &mut workers {
            worker.check(&fresh).await;
        }
        let calls: u64 = workers.iter().map(|worker| (worker.next & 0xffff_ffff) / 2).sum();
        println!("round {round}: {calls} calls in all");
        assert!(calls > 0, "nothing was done");
    }
}
