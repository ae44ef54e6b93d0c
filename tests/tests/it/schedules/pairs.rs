//! Two requests at once: every schedule, with one of them dropped at each of its awaits, and by two server processes.

use super::{
    errand::Errand,
    explore::{Case, explore_all},
    world::{Start, World},
};

const ALL: [Errand; 18] = [
    Errand::LoginAlice,
    Errand::LoginBob,
    Errand::LoginRoot,
    Errand::Logout,
    Errand::LogoutOfAllRealms,
    Errand::LogoutKeepingData,
    Errand::LogoutOthers,
    Errand::LogoutEverywhere,
    Errand::Write,
    Errand::WriteAtTheEnd,
    Errand::ReadThenWrite,
    Errand::Increment,
    Errand::Remove,
    Errand::Extend,
    Errand::Rotate,
    Errand::ChangePassword,
    Errand::PassIdleTime,
    Errand::PassAbsoluteTime,
];

/// Every two of them, also twice the same.
fn pairs(two_processes: bool, most_drops: usize) -> Vec<Case> {
    let pairs = ALL.iter().enumerate().flat_map(|(at, one)| ALL[at..].iter().map(|two| vec![*one, *two]));
    pairs.map(|errands| Case { errands, two_processes, most_drops }).collect()
}

fn dropped(start: Start) {
    let world = World::new(start).with_gated_users();
    explore_all("two requests, one of them dropped anywhere or none", &world, &pairs(false, 1));
}

fn in_two_processes(start: Start) {
    let world = World::new(start).with_gated_users();
    explore_all("two requests in two processes", &world, &pairs(true, 0));
}

#[test]
fn two_requests_of_a_new_visitor() {
    dropped(Start::NoCookie);
    in_two_processes(Start::NoCookie);
}

#[test]
fn two_requests_of_a_visitor_with_data() {
    dropped(Start::Anonymous);
    in_two_processes(Start::Anonymous);
}

#[test]
fn two_requests_of_a_user() {
    dropped(Start::Alice);
}

#[test]
fn two_requests_of_a_user_in_two_processes() {
    in_two_processes(Start::Alice);
}

#[test]
fn two_requests_of_a_user_who_is_an_admin_too() {
    dropped(Start::TwoRealms);
}

#[test]
fn two_requests_in_two_processes_of_a_user_who_is_an_admin_too() {
    in_two_processes(Start::TwoRealms);
}
