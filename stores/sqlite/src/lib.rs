#![doc = include_str!("../README.md")]

mod builder;
mod checkpoints;
mod failed;
mod job;
mod open_error;
mod place;
mod readers;
mod schema;
mod store;
mod tables;
mod time;
mod watchers;
mod writer;

pub use self::{builder::Builder, open_error::OpenError, store::SqliteStore};
