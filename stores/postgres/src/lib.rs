#![doc = include_str!("../README.md")]

mod builder;
mod call;
mod connection;
mod error;
mod fault;
mod row;
mod schema;
mod statements;
mod store;
mod sweep;
#[cfg(feature = "tls")]
mod tls;
mod transport;
mod watch;

pub use self::{builder::Builder, error::ConnectError, store::PostgresStore};
