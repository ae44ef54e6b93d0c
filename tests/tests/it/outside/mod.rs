//! The conformance app from outside: every promise, on every framework, over TCP.
//!
//! A case knows the app only by its address. It says what it needs of its server: [`site::everywhere`] for one that
//! cases share, [`site::alone`] for one of its own.

mod caching;
mod control;
mod cookies;
mod faults;
mod fixation;
mod flood;
mod foreign;
mod lifetimes;
mod login;
mod logout;
mod notes;
mod password;
mod program;
mod races;
mod realms;
mod return_to;
mod routes;
mod secrets;
mod sessions;
mod site;
mod slow;
mod sockets;
mod stores;
mod users;
