//! SQLite as a session store, against real files and real processes.

mod clock;
mod database;
mod ended;
mod faults;
mod full;
mod kill;
mod open;
mod process;
mod race;
mod records;
mod schema;
mod suite;
mod sweep;
mod work;
