//! Answers some requests of one kind, and nothing else: `passport-cost bare|floor|passport ROUTE COUNT`, for a tool that
//! counts instructions. The routes are `public`, `public, cookie`, `me` and `login`.

use std::process::ExitCode;

use http::HeaderValue;
use passport_cost::{
    drive::{Stack, Tower, repeat},
    requests::Route,
    stacks::{around, bare, floor, passport},
    users::{Ends, Users},
};
use passport_session::MemoryStore;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [stack, route, count] = &args[..] else { return usage() };
    let route = Route::ALL.into_iter().find(|own| own.name() == route);
    let (Some(mut stack), Some(route), Ok(count)) = (make(stack), route, count.parse()) else {
        return usage();
    };
    repeat(&mut *stack, route, count);
    ExitCode::SUCCESS
}

fn make(name: &str) -> Option<Box<dyn Stack>> {
    let users = Users::new(10_000, 6, Ends::Epoch);
    match name {
        "bare" => Some(Box::new(Tower::new(bare(&users), vec![HeaderValue::from_static("a=b")]))),
        "floor" => {
            let (routes, floor, cookies) = floor(&users, 10);
            Some(Box::new(Tower::new(around(routes, &floor), cookies)))
        }
        "passport" => {
            let (routes, layer) = passport(&users, MemoryStore::new());
            Some(Box::new(Tower::logged_in(around(routes, &layer), 10)))
        }
        _ => None,
    }
}

fn usage() -> ExitCode {
    eprintln!("passport-cost bare|floor|passport public|'public, cookie'|me|login COUNT");
    ExitCode::FAILURE
}
