//! A lock that one task at a time may hold across awaits, on any runtime.
//!
//! It is given back when the guard is dropped, wherever that happens: also in a request that is dropped half way.
//! Those who wait are all woken; there are never more than the few tasks of one request. It exists so that the core
//! depends on no runtime and contains no `unsafe`.

use std::{
    future::poll_fn,
    ops::{Deref, DerefMut},
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering::AcqRel},
    },
    task::{Poll, Waker},
};

use atomic_refcell::{AtomicRefCell, AtomicRefMut};

pub(crate) struct Lane<T> {
    value: AtomicRefCell<T>,
    /// Whether there are wakers: whoever leaves, which happens in every request that asks, takes no lock to know it.
    awaited: AtomicBool,
    waiting: Mutex<Vec<Waker>>,
}

impl<T> Lane<T> {
    pub(crate) const fn new(value: T) -> Self {
        Self {
            value: AtomicRefCell::new(value),
            awaited: AtomicBool::new(false),
            waiting: Mutex::new(Vec::new()),
        }
    }

    /// Takes the lane if it is free.
    pub(crate) fn try_enter(&self) -> Option<InLane<'_, T>> {
        self.value.try_borrow_mut().ok().map(|value| InLane { value, _leaving: Leaving(self) })
    }

    /// For whoever has all of it.
    pub(crate) fn get_mut(&mut self) -> &mut T {
        self.value.get_mut()
    }

    /// Waits until the lane is free.
    pub(crate) async fn enter(&self) -> InLane<'_, T> {
        poll_fn(|cx| {
            if let Some(entered) = self.try_enter() {
                return Poll::Ready(entered);
            }
            {
                let mut waiting = lock(&self.waiting);
                if !waiting.iter().any(|waker| waker.will_wake(cx.waker())) {
                    waiting.push(cx.waker().clone());
                }
            }
            // Either whoever leaves sees this, and wakes; or it left before, and the lane is seen free here.
            self.awaited.swap(true, AcqRel);
            self.try_enter().map_or(Poll::Pending, Poll::Ready)
        })
        .await
    }

    fn left(&self) {
        if self.awaited.swap(false, AcqRel) {
            // Unlocked again before anybody is woken: an executor may poll at once, in this very call.
            let waiting = std::mem::take(&mut *lock(&self.waiting));
            waiting.into_iter().for_each(Waker::wake);
        }
    }
}

/// The right to use what is in the lane. Given back in this order: first the value, then the word to those who wait.
pub(crate) struct InLane<'a, T> {
    value: AtomicRefMut<'a, T>,
    _leaving: Leaving<'a, T>,
}

struct Leaving<'a, T>(&'a Lane<T>);

impl<T> Deref for InLane<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> DerefMut for InLane<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.value
    }
}

impl<T> Drop for Leaving<'_, T> {
    fn drop(&mut self) {
        self.0.left();
    }
}

/// Locks, also after a panic elsewhere: what these mutexes guard is whole after every statement.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::{
        pin::pin,
        sync::Arc,
        task::{Context, Poll, Wake},
    };

    use super::*;

    #[test]
    fn who_waits_gets_in_when_the_first_one_leaves() {
        let lane = Lane::new(1);
        let first = lane.try_enter().unwrap();
        assert!(lane.try_enter().is_none());
        let mut second = pin!(lane.enter());
        let mut cx = Context::from_waker(Waker::noop());
        assert!(second.as_mut().poll(&mut cx).is_pending());
        drop(first);
        let Poll::Ready(mut guard) = second.as_mut().poll(&mut cx) else { panic!("the lane is free") };
        *guard += 1;
        drop(guard);
        assert_eq!(*lane.try_enter().unwrap(), 2);
    }

    /// Asks again within the very call that wakes it, and stays.
    struct AtOnce(Arc<Lane<i32>>);

    impl Wake for AtOnce {
        fn wake(self: Arc<Self>) {
            let mut again = pin!(self.0.enter());
            if let Poll::Ready(entered) = again.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
                std::mem::forget(entered);
            }
        }
    }

    #[test]
    fn whoever_is_woken_may_ask_again_at_once() {
        let lane = Arc::new(Lane::new(1));
        let first = lane.try_enter().unwrap();
        for _ in 0..2 {
            let waker = Waker::from(Arc::new(AtOnce(lane.clone())));
            assert!(pin!(lane.enter()).poll(&mut Context::from_waker(&waker)).is_pending());
        }
        drop(first);
        assert!(lane.try_enter().is_none(), "the first one who was woken is inside");
    }

    #[test]
    fn one_that_gave_up_waiting_blocks_nobody() {
        let lane = Lane::new(());
        let first = lane.try_enter().unwrap();
        {
            let mut gone = pin!(lane.enter());
            assert!(gone.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        }
        drop(first);
        assert!(lane.try_enter().is_some());
    }
}
