//! The in-memory store, and the suite that stores have to pass.

mod broken;
mod caught;
mod clock;
mod outside;
mod own_clock;
mod suite;
