//! Allocations do not wobble: what a request may add to the bare route, and not one more.

use passport_cost::{
    drive::{Stack, Tower},
    requests::Route,
    stacks::{around, bare, passport},
    users::{Ends, Users},
};
use passport_session::MemoryStore;

const REQUESTS: u8 = 50;

/// Allocations for each of some requests; those of a table that grows meanwhile are too few to count.
fn allocations(stack: &mut dyn Stack, route: Route) -> u64 {
    let count = usize::from(REQUESTS);
    stack.prepare(route, count);
    stack.run();
    stack.prepare(route, count);
    allocation_counter::measure(|| stack.run()).count_total / u64::from(REQUESTS)
}

fn users() -> Users {
    Users::new(1_000, 6, Ends::Epoch)
}

fn added(mut stack: impl Stack, route: Route) -> u64 {
    let mut bare = Tower::new(bare(&users()), vec![http::HeaderValue::from_static("a=b")]);
    assert_eq!(stack.look(route).0, 200);
    allocations(&mut stack, route) - allocations(&mut bare, route)
}

fn around_the_router(route: Route) -> u64 {
    around_with(&users(), route)
}

fn around_with(users: &Users, route: Route) -> u64 {
    let (routes, layer) = passport(users, MemoryStore::new());
    added(Tower::logged_in(around(routes, &layer), 10), route)
}

fn by_router_layer(route: Route) -> u64 {
    let (routes, layer) = passport(&users(), MemoryStore::new());
    added(Tower::logged_in(routes.layer(layer).with_state::<()>(()), 10), route)
}

#[test]
fn a_page_that_asks_nothing_pays_for_two_allocations() {
    assert_eq!(around_the_router(Route::Public), 2);
    assert_eq!(around_the_router(Route::PublicCookie), 2);
}

#[test]
fn asking_for_a_user_who_is_at_hand_takes_no_more() {
    assert_eq!(around_the_router(Route::Me), 2);
}

/// The future of the user store.
#[test]
fn asking_for_one_who_is_not_takes_one_more() {
    assert_eq!(around_with(&users().asked_for(), Route::Me), 3);
}

#[test]
fn inside_of_the_router_all_of_it_takes_four_more() {
    assert_eq!(by_router_layer(Route::Public), 6);
    assert_eq!(by_router_layer(Route::PublicCookie), 6);
    assert_eq!(by_router_layer(Route::Me), 6);
}

#[test]
fn a_login_allocates_no_more_than_it_did() {
    assert!(around_the_router(Route::Login) <= 16, "{}", around_the_router(Route::Login));
}
