//! Every order in which requests can meet.

mod board;
mod broken;
mod clock;
mod controls;
mod errand;
mod explore;
mod gated;
mod lane;
mod legal;
mod pairs;
mod people;
mod random;
mod run;
mod server;
mod sight;
mod stores;
mod trace;
mod triples;
mod world;

use std::{
    pin::pin,
    task::{Context, Poll, Waker},
};

/// The result of a future that never waits.
fn poll_once<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(done) => done,
        Poll::Pending => panic!("it waits, and nothing should hold it up"),
    }
}
