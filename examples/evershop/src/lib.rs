//! EverShop's logins on Passport: customers and administrators, two realms in one browser, pages and JSON.
//!
//! [`Shop`] is the whole site, over whatever sessions it is given. What EverShop adds to a request is [`EvershopRequest`]: the
//! README says which of its functions and routes is where.

mod admin_user;
mod answer;
mod api;
mod back_office;
mod body;
mod cart;
mod customer;
mod pages;
mod person;
mod registration;
mod request;
mod reset;
mod secrets;
mod shop;
mod storefront;
mod table;
mod token_routes;

pub use self::{
    admin_user::AdminUser,
    customer::Customer,
    person::Person,
    request::{EvershopRequest, LoginError},
    secrets::Secrets,
    shop::Shop,
    table::{Row, Table},
};
