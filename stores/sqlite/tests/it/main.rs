//! SQLite as a session store, against real files and real processes.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic is how a test fails")]

mod clock;
mod database;
mod ended;
mod faults;
mod full;
mod kill;
mod open;
mod oracle;
mod process;
mod race;
mod records;
mod schema;
mod suite;
mod sweep;
mod work;
