//! A mutex that may stay locked across awaits, on any runtime.
//!
//! It is unlocked when the guard is dropped, wherever that happens: also in a request that is dropped half way.
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

pub(crate) struct AsyncMutex<T> {
    value: AtomicRefCell<T>,
    /// Whether there are wakers: whoever unlocks it, which happens in every request that asks, locks nothing else to know it.
    awaited: AtomicBool,
    waiting: Mutex<Vec<Waker>>,
}

impl<T> AsyncMutex<T> {
    pub(crate) const fn new(value: T) -> Self {
        Self {
            value: AtomicRefCell::new(value),
            awaited: AtomicBool::new(false),
            waiting: Mutex::new(Vec::new()),
        }
    }

    /// Locks it, if nobody else has.
    pub(crate) fn try_lock(&self) -> Option<AsyncMutexGuard<'_, T>> {
        self.value.try_borrow_mut().ok().map(|value| AsyncMutexGuard { value, _unlocking: Unlocking(self) })
    }

    /// For whoever has all of it.
    pub(crate) fn get_mut(&mut self) -> &mut T {
        self.value.get_mut()
    }

    /// Locks it, as soon as nobody else has.
    pub(crate) async fn lock(&self) -> AsyncMutexGuard<'_, T> {
        poll_fn(|cx| {
            if let Some(guard) = self.try_lock() {
                return Poll::Ready(guard);
            }
            {
                let mut waiting = lock(&self.waiting);
                if !waiting.iter().any(|waker| waker.will_wake(cx.waker())) {
                    waiting.push(cx.waker().clone());
                }
            }
            // Either whoever unlocks it sees this, and wakes; or it did so before, and that is seen here.
            self.awaited.swap(true, AcqRel);
            self.try_lock().map_or(Poll::Pending, Poll::Ready)
        })
        .await
    }

    fn unlocked(&self) {
        if self.awaited.swap(false, AcqRel) {
            // Unlocked before anybody is woken: an executor may poll at once, in this very call.
            let waiting = std::mem::take(&mut *lock(&self.waiting));
            waiting.into_iter().for_each(Waker::wake);
        }
    }
}

/// Dropped in this order: first the value, then the word to those who wait.
pub(crate) struct AsyncMutexGuard<'a, T> {
    value: AtomicRefMut<'a, T>,
    _unlocking: Unlocking<'a, T>,
}

struct Unlocking<'a, T>(&'a AsyncMutex<T>);

impl<T> Deref for AsyncMutexGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> DerefMut for AsyncMutexGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.value
    }
}

impl<T> Drop for Unlocking<'_, T> {
    fn drop(&mut self) {
        self.0.unlocked();
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
    fn who_waits_locks_it_when_the_first_one_has_unlocked_it() {
        let mutex = AsyncMutex::new(1);
        let first = mutex.try_lock().unwrap();
        assert!(mutex.try_lock().is_none());
        let mut second = pin!(mutex.lock());
        let mut cx = Context::from_waker(Waker::noop());
        assert!(second.as_mut().poll(&mut cx).is_pending());
        drop(first);
        let Poll::Ready(mut guard) = second.as_mut().poll(&mut cx) else { panic!("it is unlocked") };
        *guard += 1;
        drop(guard);
        assert_eq!(*mutex.try_lock().unwrap(), 2);
    }

    /// Asks again within the very call that wakes it, and stays.
    struct AtOnce(Arc<AsyncMutex<i32>>);

    impl Wake for AtOnce {
        fn wake(self: Arc<Self>) {
            let mut again = pin!(self.0.lock());
            if let Poll::Ready(entered) = again.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
                std::mem::forget(entered);
            }
        }
    }

    #[test]
    fn whoever_is_woken_may_ask_again_at_once() {
        let mutex = Arc::new(AsyncMutex::new(1));
        let first = mutex.try_lock().unwrap();
        for _ in 0..2 {
            let waker = Waker::from(Arc::new(AtOnce(mutex.clone())));
            assert!(pin!(mutex.lock()).poll(&mut Context::from_waker(&waker)).is_pending());
        }
        drop(first);
        assert!(mutex.try_lock().is_none(), "the first one who was woken holds it");
    }

    #[test]
    fn one_that_gave_up_waiting_blocks_nobody() {
        let mutex = AsyncMutex::new(());
        let first = mutex.try_lock().unwrap();
        {
            let mut gone = pin!(mutex.lock());
            assert!(gone.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        }
        drop(first);
        assert!(mutex.try_lock().is_some());
    }
}
