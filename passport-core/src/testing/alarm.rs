//! What ends the wait for a strategy that never answers.
//!
//! The core has no runtime and no timer of its own, so each alarm is a thread.

use std::{
    convert::Infallible,
    future::poll_fn,
    io::Write,
    pin::pin,
    process,
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{self, RecvTimeoutError, Sender},
    },
    task::{Poll, Waker},
    thread,
    time::Duration,
};

use bytes::Bytes;
use http::Request;

use super::shown::Shown;

/// How many times its deadline a strategy may hold on to a thread before the process is ended.
const PATIENCE: u32 = 5;

/// Rings once. Dropped, it is silent.
struct Alarm {
    bell: Arc<Mutex<Bell>>,
    _silence: Sender<Infallible>,
}

#[derive(Default)]
struct Bell {
    rung: bool,
    waker: Option<Waker>,
}

/// Runs a future; `None` if it takes longer.
///
/// Code that never waits cannot be left. After [`PATIENCE`] deadlines the process ends, and the last line says for which
/// request: a test that fails is worth more than one that hangs.
pub(super) async fn before<F: Future>(
    deadline: Duration,
    sent: &Arc<Request<Bytes>>,
    future: F,
) -> Option<F::Output> {
    let alarm = Alarm::set(deadline, Arc::clone(sent));
    let mut future = pin!(future);
    poll_fn(|cx| {
        if let Poll::Ready(output) = future.as_mut().poll(cx) {
            return Poll::Ready(Some(output));
        }
        let mut bell = alarm.bell.lock().unwrap_or_else(PoisonError::into_inner);
        if bell.rung {
            return Poll::Ready(None);
        }
        bell.waker = Some(cx.waker().clone());
        Poll::Pending
    })
    .await
}

impl Alarm {
    fn set(after: Duration, sent: Arc<Request<Bytes>>) -> Self {
        let (silence, silenced) = mpsc::channel();
        let bell = Arc::new(Mutex::new(Bell::default()));
        let rope = Arc::clone(&bell);
        thread::spawn(move || {
            let is_over = |time| silenced.recv_timeout(time) == Err(RecvTimeoutError::Timeout);
            if !is_over(after) {
                return;
            }
            let waker = {
                let mut bell = rope.lock().unwrap_or_else(PoisonError::into_inner);
                bell.rung = true;
                bell.waker.take()
            };
            if let Some(waker) = waker {
                waker.wake();
            }
            if is_over(after * (PATIENCE - 1)) {
                // Past the capture of a test's output, which would be lost with the process.
                let words = "the strategy holds on to its thread and never returns";
                let _ = writeln!(std::io::stderr(), "{words}\n  sent: {}", Shown(&sent));
                process::exit(101);
            }
        });
        Self { bell, _silence: silence }
    }
}
