//! Requests at the same time.

use std::{
    future::poll_fn,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll, Waker},
};

use crate::BoxFuture;

/// Starts a task on the author's runtime.
pub(super) type Spawn = Box<dyn Fn(BoxFuture<'static, ()>) + Send + Sync>;

/// In which turns two requests are polled, again and again until both have answered.
pub(super) const TURNS: [&[usize]; 6] =
    [&[0, 1], &[1, 0], &[0, 1, 1, 1], &[1, 0, 0, 0], &[0, 0, 1], &[1, 1, 0]];

/// Runs two futures in these turns.
pub(super) async fn in_turns<F: Future>(turns: &[usize], futures: [F; 2]) -> [F::Output; 2] {
    let mut futures = futures.map(Box::pin);
    let mut outputs = [None, None];
    poll_fn(move |cx| {
        for &turn in turns {
            if outputs[turn].is_none()
                && let Poll::Ready(output) = futures[turn].as_mut().poll(cx)
            {
                outputs[turn] = Some(output);
            }
        }
        match (outputs[0].take(), outputs[1].take()) {
            (Some(first), Some(second)) => Poll::Ready([first, second]),
            (first, second) => {
                outputs = [first, second];
                Poll::Pending
            }
        }
    })
    .await
}

/// Polls a future up to its first wait, and drops it there, as a server does when the client goes away.
pub(super) fn break_off(future: impl Future) {
    let mut future = Box::pin(future);
    // Whether it answered at once is all the same.
    let _ = future.as_mut().poll(&mut Context::from_waker(Waker::noop()));
}

/// Runs futures as tasks of their own, and waits for those that answer: one whose task was given up has no output.
pub(super) async fn in_parallel<F>(spawn: &Spawn, futures: Vec<F>) -> Vec<Option<F::Output>>
where
    F: Future<Output: Send> + Send + 'static,
{
    let tasks: Vec<_> = futures
        .into_iter()
        .map(|future| {
            let post = Arc::new(Mutex::new(Post { output: None, open: true, waker: None }));
            let sender = Sender(Arc::clone(&post));
            spawn(Box::pin(async move { sender.deliver(future.await) }));
            Receiver(post)
        })
        .collect();
    let mut outputs = Vec::with_capacity(tasks.len());
    for task in tasks {
        outputs.push(task.await);
    }
    outputs
}

struct Post<T> {
    output: Option<T>,
    open: bool,
    waker: Option<Waker>,
}

struct Sender<T>(Arc<Mutex<Post<T>>>);

impl<T> Sender<T> {
    fn deliver(self, output: T) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).output = Some(output);
    }
}

impl<T> Drop for Sender<T> {
    fn drop(&mut self) {
        let mut post = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        post.open = false;
        let waker = post.waker.take();
        drop(post);
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

struct Receiver<T>(Arc<Mutex<Post<T>>>);

impl<T> Future for Receiver<T> {
    type Output = Option<T>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<T>> {
        let mut post = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if post.open {
            post.waker = Some(cx.waker().clone());
            return Poll::Pending;
        }
        Poll::Ready(post.output.take())
    }
}
