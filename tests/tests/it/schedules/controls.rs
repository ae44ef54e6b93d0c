//! The explorer finds the mistakes that it is made for: otherwise its silence would say nothing.

use super::{
    broken,
    errand::Errand,
    explore::{Case, MakeStore, explore},
    world::{Start, World},
};

/// Explores two requests at once over a broken store: the schedules that break a rule, one for each case.
fn caught(what: &str, store: MakeStore, cases: &[[Errand; 2]]) {
    for start in [Start::Alice, Start::TwoRealms] {
        let world = World::new(start);
        for errands in cases {
            let case = Case { errands: errands.to_vec(), two_processes: false, most_drops: 0 };
            match explore(&world, &case, store) {
                Ok(count) => panic!("{what}: {count} schedules of {case:?} from {start:?} broke no rule"),
                Err(violation) => println!("{what}: {violation}"),
            }
        }
    }
}

#[test]
fn an_update_that_inserts_is_caught() {
    let cases = [
        [Errand::Write, Errand::Logout],
        [Errand::Increment, Errand::LogoutEverywhere],
        [Errand::WriteAtTheEnd, Errand::Rotate],
        [Errand::Remove, Errand::LoginBob],
        [Errand::ReadThenWrite, Errand::PassIdleTime],
    ];
    // A logout of alice leaves root's session under a new id: the old one comes back all the same.
    caught("an update that inserts", broken::update_inserts, &cases);
}

#[test]
fn a_rotation_in_two_steps_is_caught() {
    let cases = [
        [Errand::Rotate, Errand::Extend],
        [Errand::Rotate, Errand::LogoutOfAllRealms],
        [Errand::LoginAlice, Errand::Rotate],
        [Errand::ChangePassword, Errand::Write],
    ];
    caught("a rotation in two steps", broken::rotate_in_steps, &cases);
}

#[test]
fn writes_of_whole_records_are_caught() {
    let cases = [
        [Errand::Increment, Errand::Increment],
        [Errand::Write, Errand::WriteAtTheEnd],
        [Errand::ReadThenWrite, Errand::Remove],
    ];
    caught("writes of whole records", broken::whole_records, &cases);
}
