//! Three requests at once.

use super::{
    errand::Errand,
    explore::{Case, explore_all},
    world::{Start, World},
};

/// One of each kind: what differs from these only in what it writes is among the pairs.
const KINDS: [Errand; 10] = [
    Errand::LoginAlice,
    Errand::LoginBob,
    Errand::Logout,
    Errand::LogoutEverywhere,
    Errand::Increment,
    Errand::Extend,
    Errand::Rotate,
    Errand::ChangePassword,
    Errand::PassIdleTime,
    Errand::PassAbsoluteTime,
];

fn triples(start: Start) {
    let mut cases = Vec::new();
    for (first, one) in KINDS.iter().enumerate() {
        for (second, two) in KINDS.iter().enumerate().skip(first) {
            for three in &KINDS[second..] {
                let errands = vec![*one, *two, *three];
                cases.push(Case { errands, two_processes: false, most_drops: 0 });
            }
        }
    }
    explore_all("three requests", &World::new(start), &cases);
}

#[test]
fn three_requests_of_a_visitor_with_data() {
    triples(Start::Anonymous);
}

#[test]
fn three_requests_of_a_user() {
    triples(Start::Alice);
}

#[test]
fn three_requests_of_a_user_who_is_an_admin_too() {
    triples(Start::TwoRealms);
}
