//! What the crate promises, through its public face.

// Helpers are not marked as tests, and may fail like tests.
#![allow(clippy::unwrap_used)]

mod accounts;
mod bodies;
mod gate;
mod hooks;
#[cfg(any(feature = "bcrypt", feature = "scrypt", feature = "pbkdf2"))]
mod legacy;
mod noise;
mod one_message;
mod presented;
mod secrets;

use bytes::Bytes;
use http::Request;
use passport_core::{Failure, Outcome, Strategy};
use passport_local::{Argon2id, Gate, Hasher, Password};

use accounts::User;

/// A login form as a browser sends it.
fn form(body: impl Into<Bytes>) -> Request<Bytes> {
    typed("application/x-www-form-urlencoded", body)
}

fn typed(content_type: &str, body: impl Into<Bytes>) -> Request<Bytes> {
    Request::post("/login").header("content-type", content_type).body(body.into()).unwrap()
}

/// Hashes that cost next to nothing.
fn cheap() -> Argon2id {
    Argon2id::new(8, 1, 1).unwrap()
}

fn cheap_hasher() -> Hasher {
    Hasher::with(cheap(), Gate::new(2, 64))
}

fn hash(password: &str) -> String {
    cheap().hash(&Password::new(password)).unwrap()
}

async fn user<S: Strategy<User = User>>(strategy: &S, request: &Request<Bytes>) -> String {
    match strategy.authenticate(request).await.unwrap() {
        Outcome::Success(success) => success.user().name.clone(),
        other => panic!("{other:?}"),
    }
}

async fn failure<S: Strategy>(strategy: &S, request: &Request<Bytes>) -> Failure {
    match strategy.authenticate(request).await.unwrap() {
        Outcome::Fail(failure) => failure,
        _ => panic!("no failure"),
    }
}

/// What the visitor sees of a failure.
fn seen(failure: &Failure) -> (Option<u16>, String, Option<String>, Option<std::time::Duration>) {
    (
        failure.as_status().map(|status| status.as_u16()),
        failure.as_message().to_owned(),
        failure.as_challenge().map(|challenge| format!("{challenge:?}")),
        failure.as_retry_after(),
    )
}
