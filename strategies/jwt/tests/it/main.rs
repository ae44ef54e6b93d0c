//! What the crate promises, through its public face.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod asking;
mod attacks;
mod families;
mod forging;
mod guards;
mod keys;
mod noise;
mod secrets;
mod stage;
mod times;
