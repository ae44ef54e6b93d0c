//! What the tests in one process stand on: users, a store that obeys and misbehaves, and requests by hand.

mod answer;
mod caller;
mod log;
pub(crate) mod page;
mod poll;
mod setting;
mod site;
mod store;
mod users;
mod visit;

pub(crate) use self::{
    answer::{Answer, Jar},
    caller::Caller,
    log::logged,
    poll::{dropped, poll, polled},
    setting::number,
    site::{Site, SiteBuilder, request},
    store::{Fault, TestStore},
    users::{Admin, Person, User, Users},
    visit::{Visit, who},
};
