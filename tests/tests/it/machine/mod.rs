//! One request, as a state machine: every order of login, logout and writing, at the core's own door.

mod cached;
mod config;
mod counts;
pub(crate) mod data_owners;
mod doubted;
mod drops;
mod ended;
pub(crate) mod failures;
pub(crate) mod finished;
mod foreign;
mod grants;
pub(crate) mod in_flight;
mod lapsed;
mod lifetimes;
mod lists;
mod logged;
pub(crate) mod logouts;
mod lost;
pub(crate) mod messages;
pub(crate) mod of_ids;
pub(crate) mod orders;
pub(crate) mod realms;
mod refresh;
mod sealed;
pub(crate) mod stale;
pub(crate) mod stateless;
mod tokens;
