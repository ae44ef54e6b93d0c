//! Everything that crosses crates or the network.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic is how a test fails")]

mod browser;
mod devices;
mod evershop;
mod examples;
mod express_logout;
mod guards;
mod kits;
mod machine;
mod misuse;
mod outside;
mod pocketpages;
mod properties;
mod readme;
mod rules;
mod schedules;
mod support;
