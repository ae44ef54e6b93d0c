//! How long one operation on sessions may take.

use std::{future::poll_fn, pin::pin, task::Poll, time::Duration};

use passport_core::{Clock, Error};

/// Does `work`, and drops it when the time is over: what it was doing then may have happened or not.
///
/// The work is polled first and the timer made only once it waits: an answer from memory pays for none.
pub(crate) async fn within<T>(
    clock: &dyn Clock,
    time: Duration,
    work: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    let mut work = pin!(work);
    let mut timer = None;
    poll_fn(|context| {
        if let Poll::Ready(done) = work.as_mut().poll(context) {
            return Poll::Ready(done);
        }
        let timer = timer.get_or_insert_with(|| clock.sleep(time));
        timer.as_mut().poll(context).map(|()| Err(Error::SessionTimedOut))
    })
    .await
}

#[cfg(test)]
mod tests {
    use std::{
        future::{pending, ready},
        sync::atomic::{AtomicUsize, Ordering},
        task::Context,
    };

    use passport_core::{BoxFuture, Timestamp};

    use super::*;
    use crate::FakeClock;

    #[derive(Default)]
    struct Counting(AtomicUsize);

    impl Clock for Counting {
        fn now(&self) -> Timestamp {
            Timestamp::default()
        }

        fn sleep(&self, _: Duration) -> BoxFuture<'static, ()> {
            self.0.fetch_add(1, Ordering::Relaxed);
            Box::pin(pending())
        }
    }

    #[tokio::test]
    async fn what_is_there_at_once_makes_no_timer() {
        let clock = Counting::default();
        assert!(matches!(within(&clock, Duration::ZERO, ready(Ok(1))).await, Ok(1)));
        assert_eq!(clock.0.into_inner(), 0);
    }

    #[test]
    fn time_is_up_exactly_at_the_deadline() {
        let clock = FakeClock::new();
        let mut work = pin!(within(&clock, Duration::from_secs(2), pending::<Result<(), _>>()));
        let mut context = Context::from_waker(std::task::Waker::noop());
        assert!(work.as_mut().poll(&mut context).is_pending());
        clock.advance(Duration::from_millis(1_999));
        assert!(work.as_mut().poll(&mut context).is_pending());
        clock.advance(Duration::from_millis(1));
        assert!(matches!(work.poll(&mut context), Poll::Ready(Err(Error::SessionTimedOut))));
    }
}
