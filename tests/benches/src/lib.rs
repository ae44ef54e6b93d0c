//! What passport costs, beside what a user would pick instead: `tests/benches/run` measures and writes all of it.

pub mod stacks;
pub mod time;
