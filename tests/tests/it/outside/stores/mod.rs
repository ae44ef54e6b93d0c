//! The conformance app over real databases, two processes on each: what one ends is dead at the other.

mod counts;
mod database;
mod faults;
mod races;
mod two_servers;
