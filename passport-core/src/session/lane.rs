//! A lock that one task at a time may hold across awaits, on any runtime.
//!
//! The value is taken out of a plain mutex and put back when the guard is dropped, wherever that happens:
//! also in a request that is dropped half way. Those who wait are all woken; there are never more than the
//! few tasks of one request. It exists so that the core depends on no runtime and contains no `unsafe`.

use std::{
    future::poll_fn,
    ops::{Deref, DerefMut},
    sync::{Mutex, MutexGuard, PoisonError},
    task::{Poll, Waker},
};

pub(crate) struct Lane<T>(Mutex<Slot<T>>);

struct Slot<T> {
    value: Value<T>,
    waiting: Vec<Waker>,
}

/// Boxed when somebody first enters: a request that nobody asks pays for no box, and one that is asked moves a pointer
/// instead of the value.
enum Value<T> {
    Fresh(T),
    Boxed(Box<T>),
    Taken,
}

impl<T> Value<T> {
    fn take(&mut self) -> Option<Box<T>> {
        match std::mem::replace(self, Self::Taken) {
            Self::Fresh(value) => Some(Box::new(value)),
            Self::Boxed(value) => Some(value),
            Self::Taken => None,
        }
    }

    fn get(&mut self) -> Option<&mut T> {
        match self {
            Self::Fresh(value) => Some(value),
            Self::Boxed(value) => Some(value),
            Self::Taken => None,
        }
    }
}

impl<T> Lane<T> {
    pub(crate) const fn new(value: T) -> Self {
        Self(Mutex::new(Slot { value: Value::Fresh(value), waiting: Vec::new() }))
    }

    /// Takes the lane if it is free.
    pub(crate) fn try_enter(&self) -> Option<InLane<'_, T>> {
        lock(&self.0).value.take().map(|value| InLane { lane: self, value: Some(value) })
    }

    /// Looks at what is in the lane, if it is free: for what needs no await.
    pub(crate) fn look<R>(&self, look: impl FnOnce(&mut T) -> R) -> Option<R> {
        lock(&self.0).value.get().map(look)
    }

    /// Waits until the lane is free.
    pub(crate) async fn enter(&self) -> InLane<'_, T> {
        let value = poll_fn(|cx| {
            let mut slot = lock(&self.0);
            if let Some(value) = slot.value.take() {
                return Poll::Ready(value);
            }
            if !slot.waiting.iter().any(|waker| waker.will_wake(cx.waker())) {
                slot.waiting.push(cx.waker().clone());
            }
            Poll::Pending
        });
        InLane { lane: self, value: Some(value.await) }
    }
}

/// The right to use what is in the lane.
pub(crate) struct InLane<'a, T> {
    lane: &'a Lane<T>,
    /// `None` only while it is dropped.
    value: Option<Box<T>>,
}

impl<T> Deref for InLane<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        match &self.value {
            Some(value) => value,
            None => unreachable!("taken out only when dropped"),
        }
    }
}

impl<T> DerefMut for InLane<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        match &mut self.value {
            Some(value) => value,
            None => unreachable!("taken out only when dropped"),
        }
    }
}

impl<T> Drop for InLane<'_, T> {
    fn drop(&mut self) {
        let waiting = {
            let mut slot = lock(&self.lane.0);
            if let Some(value) = self.value.take() {
                slot.value = Value::Boxed(value);
            }
            std::mem::take(&mut slot.waiting)
        };
        waiting.into_iter().for_each(Waker::wake);
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
        task::{Context, Poll},
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
