//! A request under way, and how it is polled until it has to wait.

use std::{
    pin::Pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    task::{Context, Poll, Wake, Waker},
};

use super::{board::Board, errand::Answer};

/// One request of a schedule.
pub(super) struct Lane {
    pub(super) number: usize,
    future: Option<Pin<Box<dyn Future<Output = Answer> + Send>>>,
    pub(super) started: bool,
    signal: Arc<Signal>,
}

/// Somebody let a request go on that waited in line for another one, or a database has answered.
#[derive(Default)]
struct Signal {
    woken: AtomicBool,
    driver: Mutex<Option<Waker>>,
}

impl Wake for Signal {
    fn wake(self: Arc<Self>) {
        self.woken.store(true, Relaxed);
        if let Some(driver) = self.driver.lock().unwrap().take() {
            driver.wake();
        }
    }
}

impl Lane {
    pub(super) fn new(number: usize, future: Pin<Box<dyn Future<Output = Answer> + Send>>) -> Self {
        Self { number, future: Some(future), started: false, signal: Arc::default() }
    }

    pub(super) fn is_over(&self) -> bool {
        self.future.is_none()
    }

    /// Whether it could go on, if it is at no gate.
    pub(super) fn is_woken(&self) -> bool {
        !self.started || self.signal.woken.load(Relaxed)
    }

    /// Drops the request where it is.
    pub(super) fn drop_it(&mut self) {
        self.future = None;
    }

    /// Goes on until it waits at a gate, or in line for another request. Pending only while a store works.
    pub(super) fn poll(&mut self, board: &Board, cx: &mut Context<'_>) -> Poll<Option<Answer>> {
        self.started = true;
        let Some(future) = &mut self.future else { return Poll::Ready(None) };
        *self.signal.driver.lock().unwrap() = Some(cx.waker().clone());
        self.signal.woken.store(false, Relaxed);
        board.poll(self.number);
        let waker = Waker::from(Arc::clone(&self.signal));
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(answer) => {
                self.future = None;
                Poll::Ready(Some(answer))
            }
            Poll::Pending if board.is_busy(self.number) => Poll::Pending,
            Poll::Pending => Poll::Ready(None),
        }
    }
}
