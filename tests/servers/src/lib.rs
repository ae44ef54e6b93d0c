//! Real database servers for tests: [`Redis`] and [`Postgres`], each in a temporary folder, on a free port of loopback, and
//! gone with the value that stands for it.
//!
//! Where a server is not installed, `start` says so and returns `None`: a newcomer's run passes without, one with
//! `CI` set fails. A server can be killed, stopped, paused and started again, on the same port and with the same files, as
//! tests of faults need it; [`crash`] is the test of a session store whose server is killed, and [`eventually`] waits for what a
//! server does in its own time.

mod crash;
mod installed;
mod monitor;
mod postgres;
mod process;
mod random;
mod redis;
mod waiting;
mod worker;

pub use self::{
    crash::crash,
    installed::{is_installed, missing},
    monitor::Monitor,
    postgres::Postgres,
    random::Random,
    redis::Redis,
    waiting::{AGES, eventually},
};
