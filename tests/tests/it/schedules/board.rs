//! Who waits for what, and who may go on.

use std::{
    future::poll_fn,
    sync::{Arc, Mutex},
    task::Poll,
};

use passport_session::IdHash;

/// What was asked of the store, once it was allowed to happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Op {
    Create {
        id: IdHash,
    },
    Load,
    Update {
        id: IdHash,
        done: bool,
    },
    Rotate {
        from: IdHash,
        to: IdHash,
        done: bool,
    },
    Touch {
        id: IdHash,
        done: bool,
    },
    Delete {
        done: bool,
    },
    DeleteAll,
    List,
    /// The application's own: time passes, a password is changed.
    Outside,
}

/// One call, and who made it in which step.
#[derive(Clone, Copy, Debug)]
pub(super) struct Call {
    pub(super) step: usize,
    pub(super) by: usize,
    pub(super) op: Op,
}

/// Where the requests of one schedule wait. Clones are the same board.
///
/// Whoever wants something of the store stops at a gate first, and goes on when the schedule says so. Only one
/// request is polled at a time, so the board knows whose gate it is.
#[derive(Clone, Default)]
pub(super) struct Board(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    /// Nobody is held up: for what is not part of a schedule.
    open: bool,
    /// Who is polled.
    current: usize,
    step: usize,
    requests: Vec<Place>,
    calls: Vec<Call>,
}

#[derive(Clone, Copy, Default)]
struct Place {
    waits: Option<&'static str>,
    granted: bool,
    /// The store has not answered yet.
    busy: bool,
    /// The next answer of the store never arrives.
    cut: bool,
}

impl Board {
    /// Lets everybody through, or holds them up.
    pub(super) fn open(&self, open: bool) {
        self.0.lock().unwrap().open = open;
    }

    /// A new schedule.
    pub(super) fn begin(&self) {
        let mut state = self.0.lock().unwrap();
        state.requests.clear();
        state.calls.clear();
        (state.open, state.step) = (false, 0);
    }

    /// One more request; its number.
    pub(super) fn add(&self) -> usize {
        let mut state = self.0.lock().unwrap();
        state.requests.push(Place::default());
        state.requests.len() - 1
    }

    /// From now on this one is polled.
    pub(super) fn poll(&self, request: usize) {
        self.0.lock().unwrap().current = request;
    }

    /// Opens the gate that this one waits at, in the next step; `cut`: what it asked for is done, and the answer lost.
    pub(super) fn grant(&self, request: usize, cut: bool) {
        let mut state = self.0.lock().unwrap();
        let place = &mut state.requests[request];
        (place.waits, place.granted, place.cut) = (None, true, cut);
    }

    /// Begins the next step, and says which it is.
    pub(super) fn next_step(&self) -> usize {
        let mut state = self.0.lock().unwrap();
        state.step += 1;
        state.step
    }

    /// What this one waits for, if it is at a gate.
    pub(super) fn waits(&self, request: usize) -> Option<&'static str> {
        self.0.lock().unwrap().requests[request].waits
    }

    /// Whether the store works for this one.
    pub(super) fn is_busy(&self, request: usize) -> bool {
        self.0.lock().unwrap().requests[request].busy
    }

    /// Everything that was done so far.
    pub(super) fn calls(&self) -> Vec<Call> {
        self.0.lock().unwrap().calls.clone()
    }

    /// Stops until the schedule goes on here. Who it was.
    pub(super) async fn gate(&self, what: &'static str) -> usize {
        let mut request = None;
        poll_fn(|_| {
            let mut state = self.0.lock().unwrap();
            if state.open {
                return Poll::Ready(usize::MAX);
            }
            let request = *request.get_or_insert(state.current);
            let place = &mut state.requests[request];
            if place.granted {
                place.granted = false;
                return Poll::Ready(request);
            }
            (place.waits, place.busy) = (Some(what), false);
            Poll::Pending
        })
        .await
    }

    /// Notes what was asked for, when it happens. The answer is told with [`Board::answered`].
    pub(super) fn asked(&self, by: usize, op: Op) -> usize {
        let mut state = self.0.lock().unwrap();
        if !state.open {
            let step = state.step;
            state.calls.push(Call { step, by, op });
            state.requests[by].busy = op != Op::Outside;
        }
        state.calls.len()
    }

    /// Notes the answer to the call of this number; then the answer may be lost on its way.
    pub(super) async fn answered(&self, by: usize, number: usize, op: Op) {
        let cut = {
            let mut state = self.0.lock().unwrap();
            if state.open {
                return;
            }
            state.calls[number - 1].op = op;
            state.requests[by].busy = false;
            std::mem::take(&mut state.requests[by].cut)
        };
        if cut {
            std::future::pending::<()>().await;
        }
    }
}
