//! The manual: how to use this, why it is as it is, and what it defends against.
//!
//! | page | for |
//! |---|---|
//! | [`getting_started`] | a first site in five minutes, then users of your own |
//! | [`sessions_and_logout`] | what a session holds and how long; every way out, and what each guarantees |
//! | [`writing_a_strategy`] | a way to sign in that is not here yet |
//! | [`stores`] | choosing where sessions live, running several servers, writing a store |
//! | [`testing`] | a test that is logged in, a clock to turn, a strategy treated badly, the suite for stores |
//! | [`threats`] | what is defended, what is not, and what stays yours |
//! | [`design`] | the words, the decisions and their reasons, the state machine, the adapter's contract |
//! | [`passport_js`] | for those who know Passport.js |
//! | [`passport_rules`] | Passport.js' behaviour in 134 rules: held, by type, or different and why |
//!
//! The pages hold no code of the crate. Every block of Rust in them is compiled, and run where it can be, as a test.

#[doc = include_str!("design.md")]
pub mod design {}

#[doc = include_str!("getting_started.md")]
pub mod getting_started {}

#[doc = include_str!("passport_js.md")]
pub mod passport_js {}

#[doc = include_str!("passport_rules.md")]
pub mod passport_rules {}

#[doc = include_str!("sessions_and_logout.md")]
pub mod sessions_and_logout {}

#[doc = include_str!("stores.md")]
pub mod stores {}

#[doc = include_str!("testing.md")]
pub mod testing {}

#[doc = include_str!("threats.md")]
pub mod threats {}

#[doc = include_str!("writing_a_strategy.md")]
pub mod writing_a_strategy {}
