//! A panic in a plug-in fails that call alone; so does one that never returns.

use std::{
    future::poll_fn,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::{Pin, pin},
    task::{Context, Poll},
    time::Duration,
};

use crate::{BoxError, BoxFuture, Clock, Error};

/// Runs a future; `Err(())` if it panicked. What panicked is not polled again.
pub(crate) async fn catch<F: Future>(future: F) -> Result<F::Output, ()> {
    let mut future = pin!(future);
    poll_fn(|cx| match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(cx))) {
        Ok(Poll::Pending) => Poll::Pending,
        Ok(Poll::Ready(output)) => Poll::Ready(Ok(output)),
        Err(_) => Poll::Ready(Err(())),
    })
    .await
}

/// Calls a user store; if it panics, nobody can say who the user is.
#[inline]
pub(crate) fn catch_panic<T>(what: &'static str, call: impl FnOnce() -> T) -> Result<T, Error> {
    catch_unwind(AssertUnwindSafe(call)).map_err(|_| Error::User(format!("{what} panicked").into()))
}

/// A call of a plug-in: under a deadline, and safe from its panics.
pub(crate) struct Timed<F> {
    call: F,
    /// Made only if it is needed.
    timer: Option<BoxFuture<'static, ()>>,
}

impl<T, F: Future<Output = Result<T, BoxError>> + Unpin> Timed<F> {
    pub(crate) fn new(call: F) -> Self {
        Self { call, timer: None }
    }

    /// Not again, once it was ready. `timer` resolves at the deadline.
    pub(crate) fn poll(
        &mut self,
        cx: &mut Context<'_>,
        timer: impl FnOnce() -> BoxFuture<'static, ()>,
    ) -> Poll<F::Output> {
        match catch_unwind(AssertUnwindSafe(|| Pin::new(&mut self.call).poll(cx))) {
            Ok(Poll::Ready(output)) => return Poll::Ready(output),
            Ok(Poll::Pending) => {}
            Err(_) => return Poll::Ready(Err("it panicked".into())),
        }
        let timer = self.timer.get_or_insert_with(timer);
        timer.as_mut().poll(cx).map(|()| Err("it took longer than its deadline".into()))
    }
}

/// Runs a future; `None` if it takes longer. The timer is made only if it is needed.
pub(crate) async fn within<F: Future>(clock: &dyn Clock, limit: Duration, future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut timer = None;
    poll_fn(|cx| {
        if let Poll::Ready(output) = future.as_mut().poll(cx) {
            return Poll::Ready(Some(output));
        }
        timer.get_or_insert_with(|| clock.sleep(limit)).as_mut().poll(cx).map(|()| None)
    })
    .await
}
