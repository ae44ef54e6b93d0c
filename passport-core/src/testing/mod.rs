//! Kits for tests: of an application that has logins, and of a strategy.
//!
//! Behind the feature `testing`, for `[dev-dependencies]`. The manual's page [Testing](crate::manual::testing) shows
//! all of them at work, with the clock and the suite for session stores that `passport-session` brings.

mod abuse;
mod alarm;
mod answer;
mod changed;
mod junk;
mod login;
mod overlap;
mod report;
mod shown;
mod strategy;

pub use self::{
    answer::Answer,
    login::{add_login, login_as, session_behind, user_behind},
    report::Report,
    strategy::StrategyKit,
};

#[cfg(test)]
mod tests;
