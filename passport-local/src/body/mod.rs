//! The two kinds of body that credentials come in.

mod found;
mod json;
mod urlencoded;

pub(crate) use self::{json::json, urlencoded::urlencoded};
