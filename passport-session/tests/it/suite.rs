//! The in-memory store passes.

use passport_session::{
    MemoryStore,
    conformance::{self, Verdict},
};

use crate::clock::Turned;

const NOT_IN_MEMORY: [&str; 5] = [
    "processes whose clocks differ see one session",
    "a process whose clock is wrong makes sessions that live as long",
    "a record that cannot be decoded is an error and stays",
    "a record of a newer release is an error and stays",
    "nobody is handed another session's record",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_in_memory_store_keeps_every_rule() {
    let report = conformance::run(&Turned::new(MemoryStore::new())).await;
    println!("{report}");
    assert!(report.is_passed(), "{report}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_store_with_a_clock_of_its_own_keeps_every_rule() {
    let report = conformance::run(&Turned::with_own_clock(MemoryStore::new())).await;
    println!("{report}");
    assert!(report.is_passed(), "{report}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn only_what_a_shared_database_has_does_not_apply_to_memory() {
    let report = conformance::run(&Turned::new(MemoryStore::new())).await;
    let names: Vec<_> = report.not_applicable().map(|(name, _)| name).collect();
    assert_eq!(names, NOT_IN_MEMORY);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_store_can_run_one_case_at_a_time() {
    let harness = Turned::new(MemoryStore::new());
    let mut passed = 0;
    for case in conformance::cases() {
        match case.run(&harness).await {
            Ok(Verdict::Passed) => passed += 1,
            Ok(Verdict::NotApplicable(_)) => {}
            Err(failure) => panic!("{failure}"),
        }
    }
    assert_eq!(passed, conformance::cases().len() - NOT_IN_MEMORY.len());
}

#[test]
fn no_two_cases_have_one_name() {
    let mut names: Vec<_> = conformance::cases().iter().map(conformance::Case::name).collect();
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count);
}
