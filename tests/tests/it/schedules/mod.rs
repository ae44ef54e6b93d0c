//! Every order in which requests can meet.
//!
//! A store is put behind gates: whoever wants something of it waits until the schedule says so. All schedules of two
//! and of three requests are run, each from the beginning; two that only differ in the order of steps which do not care
//! for each other (two reads, a drop and somebody else's call) count as one. After every step the model in `legal` says
//! whether that may be. In two requests one may be dropped at each await, before the store has done its part and after.
//!
//! By default that is 18,858 schedules of two requests and 53,877 of three; each test prints its own number. `SCHEDULES=all`
//! explores three requests of a user who is an admin too in full, some 48,000 instead of 7,215.
//!
//! `random` does the same by chance, for any store: `SCHEDULES_SEED` and `SCHEDULES_ROUNDS` play a schedule again.

mod board;
mod broken;
mod clock;
mod controls;
mod databases;
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
