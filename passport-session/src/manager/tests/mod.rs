mod collisions;
mod cookies;
mod faults;
mod lifetimes;
mod users;

use std::{future::Future, pin::pin, task::Context};

use passport_core::{Life, Timestamp};

use super::*;
use crate::{
    FakeClock, Sessions, StoreError,
    testing::{Login, TestStore, increment, number, same, write},
};

const MINUTE: Duration = Duration::from_secs(60);

struct Fixture {
    store: TestStore,
    clock: FakeClock,
    sessions: Arc<dyn SessionManager>,
}

fn fixture() -> Fixture {
    let (store, clock) = (TestStore::default(), FakeClock::new());
    let sessions = Sessions::over(store.clone()).clock(clock.clone()).into();
    Fixture { store, clock, sessions }
}

impl Fixture {
    async fn create(&self, logins: &[Login]) -> Token {
        self.sessions.create(&write(logins, &[("n", &[0])])).await.unwrap().0
    }

    async fn find(&self, token: &Token) -> Option<Found> {
        match self.sessions.load(token).await.unwrap() {
            Lookup::Found(found) => Some(found),
            Lookup::Ended | Lookup::None => None,
        }
    }

    /// Alice, as the configured timeouts make her login.
    fn alice(&self) -> Login {
        self.login("alice", None)
    }

    fn login(&self, key: &'static str, remember: Option<Duration>) -> Login {
        let lifetime = self.sessions.lifetime(remember);
        let until = self.clock.now().plus(lifetime.absolute);
        Login { idle: lifetime.idle, until, remembered: remember.is_some(), ..Login::of("user", key) }
    }
}
