//! The suite finds what is broken, and says which rule it is.

use passport_session::conformance;

use crate::{
    broken::{Broken, Fault},
    clock::Turned,
    outside::Outside,
};

/// The suite fails, and by these cases among others.
async fn caught(fault: Fault, by: &[&str]) {
    let report = conformance::run(&Turned::new(Broken::new(fault))).await;
    let failed: Vec<_> = report.failures().map(conformance::Failure::case).collect();
    for case in by {
        assert!(failed.contains(case), "`{case}` should have failed\n{report}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_store_whose_update_inserts_is_caught() {
    caught(Fault::UpdateInserts, &["a write that comes too late creates nothing"]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_store_whose_rotation_takes_steps_is_caught() {
    let by = [
        "who watches a move sees one session at any time",
        "of twenty moves at once one happens",
        "a logout ends the session where it has moved",
    ];
    caught(Fault::RotateInSteps, &by).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_store_without_versions_is_caught() {
    let by = [
        "a write goes to the version that was read",
        "a hundred increments at once make a hundred",
        "two who write different keys both keep theirs",
    ];
    caught(Fault::NoVersions, &by).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_store_that_ends_a_users_sessions_by_a_list_is_caught() {
    let by = [
        "a logout everywhere leaves the other user of a session logged in",
        "a logout everywhere misses no session that is moving",
    ];
    caught(Fault::DeleteAllByList, &by).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_store_that_counts_before_it_inserts_is_caught() {
    caught(Fault::LimitInSteps, &["of twenty logins at once five are let in"]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_store_that_looks_at_no_envelope_is_caught() {
    let report = conformance::run(&Outside::new(Fault::NoEnvelope)).await;
    let failed: Vec<_> = report.failures().map(conformance::Failure::case).collect();
    assert!(failed.contains(&"nobody is handed another session's record"), "{report}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_store_whose_database_can_fail_passes_with_envelopes() {
    let report = conformance::run(&Outside::new(Fault::None)).await;
    assert!(report.is_passed(), "{report}");
    assert_eq!(report.not_applicable().count(), 0);
}
