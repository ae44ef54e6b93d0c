//! What a request costs: the routes that are measured, bare, under passport, and under a layer that is as small as a
//! layer can be.
//!
//! The tests beside it count allocations and, through the program `requests`, instructions: what does not wobble. The
//! comparison with others, in time, is the package `tests/benches`.

pub mod drive;
pub mod floor;
pub mod requests;
pub mod stacks;
pub mod users;
