//! Time in a schedule: it stands still unless a step of the schedule moves it.

use std::{
    future::pending,
    sync::{Arc, Mutex},
    time::Duration,
};

use passport_core::{BoxFuture, Clock, Timestamp};

use super::board::Board;

/// Deadlines are seconds, the pauses after collisions at most an eighth of one.
const PAUSE: Duration = Duration::from_millis(500);

/// A clock whose short sleeps end when the schedule says so, and whose long ones never do. Clones are the same one.
#[derive(Clone)]
pub(super) struct StepClock {
    board: Board,
    now: Arc<Mutex<Timestamp>>,
}

impl StepClock {
    pub(super) fn new(board: Board) -> Self {
        Self { board, now: Arc::new(Mutex::new(Timestamp::from_millis(1_767_225_600_000))) }
    }

    pub(super) fn set(&self, now: Timestamp) {
        *self.now.lock().unwrap() = now;
    }

    pub(super) fn advance(&self, time: Duration) {
        let mut now = self.now.lock().unwrap();
        *now = now.plus(time);
    }
}

impl Clock for StepClock {
    fn now(&self) -> Timestamp {
        *self.now.lock().unwrap()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        if duration > PAUSE {
            return Box::pin(pending());
        }
        let board = self.board.clone();
        Box::pin(async move {
            board.gate("a pause").await;
        })
    }
}
