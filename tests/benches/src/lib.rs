//! What passport costs, beside what a user would pick instead: `tests/benches/run` measures and writes all of it.

pub mod chart;
pub mod growth;
pub mod http;
pub mod layouts;
pub mod report;
pub mod stacks;
pub mod stores;
pub mod time;
pub mod tools;
