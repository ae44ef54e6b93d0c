//! Counts allocations and memory: a program of its own, so that nothing slows what is timed.

use http::header::USER_AGENT;
use passport_benches::stacks::{self, SHORT, axum_login};
use passport_cost::{
    drive::Tower,
    requests::{Route, request},
    stacks::{around, passport},
    users::{Ends, Users},
};
use passport_session::MemoryStore;
use tower_sessions::MemoryStore as TheirStore;

const REQUESTS: usize = 200;
const MILLION: usize = 1_000_000;

fn main() {
    match std::env::args().nth(1).as_deref() {
        Some("memory") => memory(),
        _ => allocations(),
    }
}

/// `key route allocations bytes`, a line for each.
fn allocations() {
    for subject in stacks::all() {
        let mut stack = (subject.make)();
        for route in subject.routes {
            // What grows once, has grown.
            stack.prepare(*route, REQUESTS);
            stack.run();
            stack.prepare(*route, REQUESTS);
            let counted = allocation_counter::measure(|| stack.run());
            let each = |total: u64| total as f64 / REQUESTS as f64;
            let (count, bytes) = (each(counted.count_total), each(counted.bytes_total));
            println!("{}\t{}\t{count:.1}\t{bytes:.0}", subject.key, route.name());
        }
    }
}

/// `key bytes-asked-for resident-bytes`, for each session of a million, one of each user.
fn memory() {
    let users = Users::new(MILLION, SHORT, Ends::Epoch);
    let (routes, layer) = passport(&users, MemoryStore::new());
    report("passport", Tower::new(around(routes, &layer), vec![http::HeaderValue::from_static("a=b")]));
    let store = TheirStore::default();
    let (routes, layer) = axum_login::routes_over(&users, store);
    report("axum-login", Tower::new(around(routes, &layer), vec![http::HeaderValue::from_static("a=b")]));
}

fn report<S>(key: &str, mut stack: Tower<S>)
where
    S: tower_service::Service<http::Request<axum::body::Body>, Response = http::Response<axum::body::Body>>
        + Clone,
{
    let before = resident();
    let counted = allocation_counter::measure(|| {
        for _ in 0..MILLION {
            let mut login = request(Route::Login, &http::HeaderValue::from_static("a=b"));
            // What is kept of it is as long as the browser's name for itself.
            login.headers_mut().remove(USER_AGENT);
            assert!(stack.send(login).status().is_success());
        }
    });
    let each = |total: i64| total as f64 / MILLION as f64;
    println!("{key}\t{:.0}\t{:.0}", each(counted.bytes_current), each(resident() - before));
}

fn resident() -> i64 {
    let pages = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    pages.split(' ').nth(1).and_then(|pages| pages.parse::<i64>().ok()).unwrap_or_default() * 4096
}
