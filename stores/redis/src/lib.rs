#![doc = include_str!("../README.md")]

mod address;
mod answer;
mod builder;
mod connect_error;
mod ended;
mod fault;
mod keys;
mod line;
mod link;
mod request;
mod scripts;
mod server;
mod shared;
mod store;
mod stored;
mod time;
mod watchers;

pub use self::{builder::Builder, connect_error::ConnectError, store::RedisStore};
