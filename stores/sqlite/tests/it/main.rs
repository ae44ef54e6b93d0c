//! SQLite as a session store, against real files and real processes.

mod database;
mod suite;
