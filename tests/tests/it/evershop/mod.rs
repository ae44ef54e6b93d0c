//! EverShop's logins, row by row of what the original does.

mod accounts;
mod browser;
mod faults;
mod foreign;
mod hooks;
mod login;
mod logout;
mod pages;
mod program;
mod realms;
mod reset;
mod stage;
mod tokens;
