mod cookies;
mod ending;
mod faults;
mod lifetimes;

use std::sync::Mutex;

use passport_core::{BoxError, Found, Handle, Lookup, Presented, Timestamp, Token, async_trait};

use super::*;
use crate::{
    FakeClock,
    testing::{Login, number, same, write},
};

const MINUTE: Duration = Duration::from_secs(60);

/// What the revocations do instead of answering.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mood {
    Well,
    Unreachable,
    Silent,
}

/// Revocations in memory that count how often they are asked, and fail on demand.
struct Watched {
    kept: MemoryRevocations,
    calls: Mutex<Vec<&'static str>>,
    mood: Mutex<Mood>,
}

impl Watched {
    fn take_calls(&self) -> Vec<&'static str> {
        std::mem::take(&mut self.calls.lock().unwrap())
    }

    fn become_(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }

    async fn call(&self, name: &'static str) -> Result<(), BoxError> {
        self.calls.lock().unwrap().push(name);
        let mood = *self.mood.lock().unwrap();
        match mood {
            Mood::Well => Ok(()),
            Mood::Unreachable => Err("unreachable".into()),
            Mood::Silent => std::future::pending().await,
        }
    }
}

#[async_trait]
impl Revocations for Watched {
    async fn revoke(&self, handle: Handle, until: Timestamp, now: Timestamp) -> Result<bool, BoxError> {
        self.call("revoke").await?;
        self.kept.revoke(handle, until, now).await
    }

    async fn revoked(&self, handle: Handle, now: Timestamp) -> Result<Option<Timestamp>, BoxError> {
        self.call("revoked").await?;
        self.kept.revoked(handle, now).await
    }
}

struct Fixture {
    revocations: Arc<Watched>,
    clock: FakeClock,
    sessions: Arc<dyn SessionManager>,
}

fn key(byte: u8) -> Key {
    Key::from_bytes([byte; 32])
}

fn fixture() -> Fixture {
    let kept = MemoryRevocations::new();
    let (calls, mood) = (Mutex::default(), Mutex::new(Mood::Well));
    let revocations = Arc::new(Watched { kept, calls, mood });
    let clock = FakeClock::new();
    let sessions = SealedSessions::new(key(1), revocations.clone()).clock(clock.clone()).into();
    Fixture { revocations, clock, sessions }
}

impl Fixture {
    /// The same revocations and clock, other keys.
    fn with_keys(&self, keys: Keys) -> Arc<dyn SessionManager> {
        SealedSessions::new(keys, self.revocations.clone()).clock(self.clock.clone()).into()
    }

    async fn create(&self, logins: &[Login]) -> Token {
        self.sessions.create(&write(logins, &[("n", &[7])])).await.unwrap().0
    }

    async fn find(&self, token: &Token) -> Option<Found> {
        match self.sessions.load(token).await.unwrap() {
            Lookup::Found(found) => Some(found),
            Lookup::Ended | Lookup::None => None,
        }
    }

    fn alice(&self) -> Login {
        let lifetime = self.sessions.lifetime(None);
        let until = self.clock.now().plus(lifetime.absolute);
        Login { idle: lifetime.idle, until, ..Login::of("user", "alice") }
    }
}
