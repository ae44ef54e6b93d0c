//! Passport for axum 0.8: the layers of `passport-tower`, extractors, and errors as responses.
//!
//! Put [`PassportLayer`] around the whole router and [`GuardLayer`] before single routes. Handlers take
//! [`Auth<U>`], [`CurrentUser<U>`] or [`MaybeUser<U>`], or the request itself with
//! [`PassportExt`]. Never take `Option<CurrentUser<U>>`: that would turn a database that
//! cannot be reached into a visitor who is not logged in; [`MaybeUser`] tells the two apart.

mod error;
mod extract;
mod guard;

pub use passport_core::PassportExt;
pub use passport_tower::{GuardService, PassportFuture, PassportLayer, PassportService};

pub use self::{
    error::{Error, Rejection},
    extract::{Auth, Buffered, CurrentUser, MaybeUser, Session},
    guard::GuardLayer,
};

/// The README's code is compiled as a test.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
