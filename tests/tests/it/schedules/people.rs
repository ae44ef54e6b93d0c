//! Users whose passwords change while requests run.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use passport_core::{BoxError, Fingerprint, UserStore, async_trait};

use super::board::Board;
use crate::support::Person;

/// Alice, bob and root. Clones are the same people.
pub(super) struct People<P> {
    board: Board,
    state: Arc<Mutex<State>>,
    kind: std::marker::PhantomData<fn() -> P>,
}

#[derive(Default)]
struct State {
    epochs: HashMap<String, u64>,
    /// Looking somebody up is a step of its own.
    gated: bool,
}

impl<P> Clone for People<P> {
    fn clone(&self) -> Self {
        Self { board: self.board.clone(), state: Arc::clone(&self.state), kind: std::marker::PhantomData }
    }
}

impl<P: Person> People<P> {
    pub(super) fn new(board: Board) -> Self {
        Self { board, state: Arc::default(), kind: std::marker::PhantomData }
    }

    /// As they were in the beginning.
    pub(super) fn reset(&self, gated: bool) {
        let mut state = self.state.lock().unwrap();
        state.epochs.clear();
        state.gated = gated;
    }

    pub(super) fn epoch(&self, name: &str) -> u64 {
        self.state.lock().unwrap().epochs.get(name).copied().unwrap_or_default()
    }

    /// As a login finds them.
    pub(super) fn get(&self, name: &str) -> P {
        P::of(name, self.epoch(name))
    }

    /// Changes the password: the user as it is then.
    pub(super) fn change(&self, name: &str) -> P {
        *self.state.lock().unwrap().epochs.entry(name.to_owned()).or_default() += 1;
        self.get(name)
    }
}

#[async_trait]
impl<P: Person> UserStore for People<P> {
    type User = P;
    type Key = String;

    fn serialize_user(&self, user: &P) -> String {
        user.name().to_owned()
    }

    async fn deserialize_user(&self, key: String) -> Result<Option<Arc<P>>, BoxError> {
        let gated = self.state.lock().unwrap().gated;
        if gated {
            self.board.gate("the user").await;
        }
        Ok(Some(Arc::new(self.get(&key))))
    }

    /// At hand, where nobody watches how the user is waited for.
    fn cached_user(&self, key: &String) -> Option<Arc<P>> {
        let gated = self.state.lock().unwrap().gated;
        (!gated).then(|| Arc::new(self.get(key)))
    }

    fn fingerprint(&self, user: &P) -> Fingerprint {
        Fingerprint::epoch(user.epoch())
    }
}
