//! Three requests at once.

use super::{
    errand::Errand,
    explore::{Case, explore_all},
    world::{Start, World},
};

/// One of each kind: what differs from these only in what it writes is among the pairs.
const KINDS: [Errand; 10] = [
    Errand::LoginAlice,
    Errand::Logout,
    Errand::LogoutEverywhere,
    Errand::Increment,
    Errand::Rotate,
    Errand::PassIdleTime,
    // A user who is an admin too meets the first six, unless `SCHEDULES=all` asks for all.
    Errand::ChangePassword,
    Errand::LoginBob,
    Errand::Extend,
    Errand::PassAbsoluteTime,
];

fn triples(start: Start, kinds: &[Errand]) {
    let mut cases = Vec::new();
    for (first, one) in kinds.iter().enumerate() {
        for (second, two) in kinds.iter().enumerate().skip(first) {
            for three in &kinds[second..] {
                let errands = vec![*one, *two, *three];
                cases.push(Case { errands, two_processes: false, most_drops: 0 });
            }
        }
    }
    explore_all("three requests", &World::new(start), &cases);
}

#[test]
fn three_requests_of_a_visitor_with_data() {
    triples(Start::Anonymous, &KINDS);
}

#[test]
fn three_requests_of_a_user() {
    triples(Start::Alice, &KINDS);
}

#[test]
fn three_requests_of_a_user_who_is_an_admin_too() {
    let all = std::env::var("SCHEDULES").is_ok_and(|which| which == "all");
    triples(Start::TwoRealms, if all { &KINDS } else { &KINDS[..6] });
}
