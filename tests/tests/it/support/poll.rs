//! Futures, polled by hand.

use std::{
    pin::Pin,
    task::{Context, Poll, Waker},
};

/// More often than any future here has awaits.
const OFTEN: usize = 16;

/// Polls once.
pub(crate) fn poll<F: Future + ?Sized>(future: &mut Pin<Box<F>>) -> Poll<F::Output> {
    future.as_mut().poll(&mut Context::from_waker(Waker::noop()))
}

/// Begins, and stays where the store hangs.
pub(crate) fn polled<F: Future>(future: F) -> Pin<Box<F>> {
    let mut future = Box::pin(future);
    for _ in 0..OFTEN {
        assert!(poll(&mut future).is_pending(), "nothing held it up");
    }
    future
}

/// Begins, and is dropped where the store hangs.
pub(crate) fn dropped(future: impl Future) {
    drop(polled(future));
}
