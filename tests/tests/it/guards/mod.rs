//! Routes behind guards: who gets in, what the others are told, and what is never even run.

pub(crate) mod accounts;
mod ambient;
pub(crate) mod bodies;
pub(crate) mod chains;
mod extractors;
pub(crate) mod faults;
mod foreign;
pub(crate) mod handlers;
mod hooks;
mod nested;
pub(crate) mod options;
pub(crate) mod redirects;
mod require_login;
mod says;
pub(crate) mod session_strategy;
mod stage;
pub(crate) mod statuses;
