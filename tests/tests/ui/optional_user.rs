//! `Option<CurrentUser<U>>` would turn a database that cannot be reached into a visitor who is not logged in.

use axum::{Router, routing::get};
use passport_axum::{Auth, CurrentUser};

type User = String;

async fn home(_: Option<CurrentUser<User>>) {}

async fn auth(_: Option<Auth<User>>) {}

fn main() {
    let _ = Router::<()>::new().route("/", get(home)).route("/auth", get(auth));
}
