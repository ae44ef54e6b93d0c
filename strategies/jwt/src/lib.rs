#![doc = include_str!("../README.md")]

mod bearer;
mod claims;
mod error;
mod jws;
mod key;
mod keys;
mod pair;
mod rules;
mod strategy;
mod tokens;

pub use self::{
    error::TokenError, key::Key, keys::Keys, pair::TokenPair, rules::Rules, strategy::Jwt, tokens::Tokens,
};
