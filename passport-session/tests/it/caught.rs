//! The suite finds what is broken, and says which rule it is.

use passport_session::conformance::{self, Harness, Verdict};

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

/// Each of these cases fails, with the callers' clock and with the store's own. It needs no race for that.
async fn caught_always(fault: Fault, by: &[&str]) {
    caught_by(Turned::new(Broken::new(fault)), fault, by).await;
    caught_by(Turned::with_own_clock(Broken::new(fault)), fault, by).await;
}

async fn caught_by(harness: Turned, fault: Fault, by: &[&str]) {
    for name in by {
        let found = conformance::cases().iter().find(|case| case.name() == *name);
        let case = found.unwrap_or_else(|| panic!("there is no case `{name}`"));
        match case.run(&harness).await {
            Err(_) => {}
            Ok(Verdict::NotApplicable(_)) if harness.real_time() => {}
            Ok(verdict) => panic!("{fault:?}: `{name}` should have failed, and came to {verdict:?}"),
        }
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

#[tokio::test]
async fn a_store_that_ends_a_session_for_a_login_that_is_refused_is_caught() {
    caught_always(
        Fault::RefusedEndsOldest,
        &[
            "a login at an id that is taken ends no other session",
            "a move that is refused ends no other session",
        ],
    )
    .await;
}

#[tokio::test]
async fn a_store_that_looks_at_the_limit_first_is_caught() {
    caught_always(Fault::LimitBeforeId, &["an id that is taken counts before the limit"]).await;
}

#[tokio::test]
async fn a_store_that_extends_a_session_by_a_refused_write_is_caught() {
    caught_always(Fault::ConflictExtends, &["a write that comes too late extends no session"]).await;
}

#[tokio::test]
async fn a_store_that_takes_a_look_for_a_visit_is_caught() {
    caught_always(Fault::SeenIsNow, &["who looks at a session does not visit it"]).await;
}

#[tokio::test]
async fn a_store_whose_writes_are_no_visits_is_caught() {
    caught_always(Fault::WritesKeepSeen, &["every write says when the session was seen"]).await;
}

#[tokio::test]
async fn a_store_that_lets_a_slow_request_turn_the_time_back_is_caught() {
    let by = ["a slow request does not make a session look older"];
    // A clock of its own never goes back.
    caught_by(Turned::new(Broken::new(Fault::SeenGoesBack)), Fault::SeenGoesBack, &by).await;
}

#[tokio::test]
async fn a_store_that_holds_only_the_first_user_to_the_limit_is_caught() {
    caught_always(
        Fault::LimitForFirst,
        &[
            "the limit holds for every user of a session",
            "no user of a session may be beyond a limit that refuses",
        ],
    )
    .await;
}

#[tokio::test]
async fn a_store_that_holds_a_moving_session_to_the_limit_is_caught() {
    caught_always(
        Fault::LimitForMovers,
        &[
            "at the limit a session can still move",
            "who was logged in before is held to no limit when another logs in",
        ],
    )
    .await;
}

#[tokio::test]
async fn a_store_that_goes_by_the_first_login_of_a_session_is_caught() {
    caught_always(Fault::OldestByFirstLogin, &["the oldest login is that of the user at the limit"]).await;
}

#[tokio::test]
async fn a_store_that_goes_by_the_last_login_of_a_session_is_caught() {
    caught_always(Fault::OldestByLastLogin, &["the oldest login is that of the user at the limit"]).await;
}

#[tokio::test]
async fn a_store_that_ends_one_session_where_several_are_too_many_is_caught() {
    caught_always(Fault::OneGivesWay, &["a limit that was lowered holds from the next login on"]).await;
}

#[tokio::test]
async fn a_store_that_takes_a_logout_for_a_visit_of_the_other_user_is_caught() {
    caught_always(
        Fault::LeftIsTouched,
        &[
            "a session that loses one of two logins lives as long as before",
            "a session that loses a login to the limit lives as long as before",
        ],
    )
    .await;
}

#[tokio::test]
async fn a_store_whose_moves_shorten_nothing_is_caught() {
    caught_always(Fault::RotateShortensNothing, &["a move sets when the session ends, also to earlier"])
        .await;
}

#[tokio::test]
async fn a_store_that_never_frees_an_id_is_caught() {
    caught_always(Fault::ExpiredIsTaken, &["an id that has expired can be used again"]).await;
}

#[tokio::test]
async fn a_store_whose_marks_end_with_the_session_is_caught() {
    let by = ["an id that has ended is remembered for longer than the session would have lived"];
    caught_always(Fault::MarkEndsWithSession, &by).await;
}

#[tokio::test]
async fn a_shared_store_that_believes_every_clock_is_caught() {
    let by = [
        "processes whose clocks differ see one session",
        "a process whose clock is wrong makes sessions that live as long",
    ];
    caught_by(Turned::gullible(Broken::new(Fault::None)), Fault::None, &by).await;
}

#[tokio::test]
async fn a_store_that_sweeps_nothing_is_caught() {
    caught_always(Fault::SweepsNothing, &["a sweep says how many went"]).await;
}

#[tokio::test]
async fn a_store_that_does_not_say_what_it_swept_is_caught() {
    caught_always(Fault::SweepSaysNothing, &["a sweep says how many went"]).await;
}

#[tokio::test]
async fn a_store_whose_sweep_finds_no_end_is_caught() {
    caught_always(Fault::SweepNeverEnds, &["a sweep says how many went"]).await;
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
    let two_clocks: Vec<_> = report.not_applicable().map(|(_, why)| why).collect();
    assert_eq!(two_clocks, ["the store judges by its callers' clock"; 2]);
}
