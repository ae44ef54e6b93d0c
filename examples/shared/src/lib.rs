//! What the example of every web framework needs once, and no framework in it: the known users, the pages, and how
//! a program starts and stops.
//!
//! [`run`] calls an example with a [`Site`], in which are the users and the sessions that the environment asks for. The
//! example puts its routes around them and listens with [`Site::listen`] when it is ready.

pub mod pages;
mod run;
mod sentence;
mod settings;
mod site;
mod stores;
mod users;

pub use self::{
    run::{run, run_with},
    sentence::sentence,
    settings::{BadSetting, Cookies, Settings},
    site::Site,
    stores::Store,
    users::{User, Users},
};
