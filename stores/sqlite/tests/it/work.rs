//! Work whose outcome is known at every step: what processes do that are killed, or that meet each other.

use passport_core::{Kind, Record, Timestamp};
use passport_session::{IdHash, Loaded, SessionStore, Written};

use crate::database::{MANY, id, life, login_at, owner};

/// The steps of one session's life: created, written twice, moved, written, moved, logged out.
pub(crate) const STEPS: u32 = 7;

/// One line of sessions, one after another, each with a user of its own.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Line {
    pub(crate) number: u32,
}

/// What is true after a step: which of a session's three ids is live, with which login time.
#[derive(Debug, PartialEq)]
pub(crate) enum State {
    Nothing,
    Live { at: u32, second: u64 },
    Ended,
}

impl Line {
    fn ids(self, session: u32) -> [IdHash; 3] {
        [0, 1, 2].map(|at| id(self.number * 1_000_000 + session * 3 + at))
    }

    fn user(self, session: u32) -> String {
        format!("user {} {session}", self.number)
    }

    fn record(self, session: u32, second: u64) -> Record {
        login_at(&self.user(session), second)
    }

    /// Does the step with this number; it was not done before.
    pub(crate) async fn step(self, store: &dyn SessionStore, step: u32, now: Timestamp) {
        let (session, step) = (step / STEPS, step % STEPS);
        let [a, b, c] = self.ids(session);
        let record = self.record(session, u64::from(step));
        let at = match step {
            0 => {
                store.create(a, &record, life(now), MANY).await.unwrap();
                return;
            }
            1..=3 => a,
            4 | 5 => b,
            _ => {
                // The first id: it is followed twice.
                assert!(store.delete(a, now).await.unwrap());
                return;
            }
        };
        let Loaded::Found { version, .. } = store.load(at, now).await.unwrap() else { panic!("it is live") };
        let written = match step {
            3 => store.rotate(a, b, &record, version, life(now), MANY).await,
            5 => store.rotate(b, c, &record, version, life(now), MANY).await,
            _ => store.update(at, &record, version, life(now)).await,
        };
        assert!(matches!(written, Ok(Written::Done(_))), "{written:?}");
    }

    /// What has to be there after so many steps of a session.
    pub(crate) fn expected(steps: u32) -> State {
        match steps {
            0 => State::Nothing,
            1..=3 => State::Live { at: 0, second: u64::from(steps - 1) },
            4 | 5 => State::Live { at: 1, second: u64::from(steps - 1) },
            6 => State::Live { at: 2, second: 5 },
            _ => State::Ended,
        }
    }

    /// What is there of one session.
    pub(crate) async fn found(self, store: &dyn SessionStore, session: u32, now: Timestamp) -> State {
        let (mut state, mut marks) = (State::Nothing, 0);
        for (at, id) in (0..).zip(self.ids(session)) {
            match store.load(id, now).await.unwrap() {
                Loaded::Found { record, .. } => {
                    assert!(!matches!(state, State::Live { .. }), "one session at two ids");
                    let second = record.logins().next().unwrap().at.as_millis() / 1000;
                    assert_eq!(record, self.record(session, second));
                    assert_eq!(record.get(Kind::Data, "cart"), None);
                    state = State::Live { at, second };
                }
                Loaded::Ended => marks += 1,
                Loaded::None => {}
            }
        }
        let listed = store.list(&owner(&self.user(session)), now).await.unwrap().len();
        assert_eq!(listed, usize::from(matches!(state, State::Live { .. })), "the list agrees");
        if state == State::Nothing && marks > 0 { State::Ended } else { state }
    }

    /// Checks that all of these steps are done, and at most one more. How many they are.
    pub(crate) async fn check(self, store: &dyn SessionStore, confirmed: u32, now: Timestamp) -> u32 {
        for session in 0..confirmed / STEPS {
            assert_eq!(self.found(store, session, now).await, State::Ended, "{self:?}, session {session}");
        }
        let (session, steps) = (confirmed / STEPS, confirmed % STEPS);
        let found = self.found(store, session, now).await;
        if found == Self::expected(steps) {
            return confirmed;
        }
        assert_eq!(found, Self::expected(steps + 1), "{self:?} after {confirmed} confirmed steps");
        confirmed + 1
    }
}
