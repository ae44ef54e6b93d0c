//! An adapter that begins a request, and never ends it.

#![deny(unused_must_use)]

use http::{HeaderMap, Method};
use passport_core::{Passport, Pending};

fn dropped(passport: &Passport<String>) {
    passport.begin(&Method::GET, None, &HeaderMap::new(), None);
}

async fn not_awaited(pending: Pending) {
    pending.finish();
}

async fn not_applied(pending: Pending) {
    pending.finish().await.unwrap();
}

async fn now(pending: Pending) {
    pending.finish_now();
}

fn main() {}
