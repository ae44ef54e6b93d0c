//! Passport as tower layers: for axum, hyper, warp, and whatever else speaks tower.
//!
//! [`PassportLayer`] begins and ends each request. Put it around the whole router: that costs half of what it
//! costs inside of one. [`GuardLayer`] stands before single routes, inside of it.

mod guard;
mod passport;
mod timer;

pub use self::{
    guard::{GuardLayer, GuardService},
    passport::{PassportFuture, PassportLayer, PassportService},
};
