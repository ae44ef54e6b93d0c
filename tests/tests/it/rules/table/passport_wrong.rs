//! What Passport's own tests do not cover, or what it gets wrong.

use super::{Rule, by_type, held};
use crate::{
    guards::{accounts, chains, faults, handlers, options, redirects, statuses},
    machine::{in_flight, logouts, orders},
};

pub(super) fn cases() -> Vec<Rule> {
    let mut all = with_strategies();
    all.extend(with_sessions_and_answers());
    all
}

fn with_strategies() -> Vec<Rule> {
    vec![
        held(
            1,
            "an asynchronous strategy that rejects hangs the request",
            faults::an_error_in_a_strategy_ends_the_chain_and_nobody_is_logged_in,
        ),
        held(
            2,
            "a strategy that throws takes the process with it",
            faults::a_panic_in_a_strategy_is_an_error_of_that_request_alone,
        ),
        held(
            3,
            "a strategy that never answers hangs the request",
            faults::a_strategy_that_hangs_is_given_up_after_half_a_minute,
        ),
        by_type(
            4,
            "a strategy may act twice: success and then fail",
            "`async fn authenticate(&self, req: &Request<Bytes>) -> Result<Outcome<Self::User>, BoxError>`: it returns once",
        ),
        held(
            5,
            "two overlapping requests through one instance swap users",
            chains::two_requests_that_overlap_in_one_strategy_each_get_their_own_user,
        ),
        held(
            6,
            "a pass in the middle of a chain ends it",
            chains::a_pass_in_the_middle_of_a_chain_goes_on_to_the_next_strategy,
        ),
        held(
            7,
            "a pass after a failure discards the failure",
            chains::a_pass_after_a_failure_does_not_undo_the_failure,
        ),
        held(
            8,
            "an unknown strategy at the second place is found only when the first fails",
            chains::an_unknown_strategy_is_found_at_any_place_of_the_list,
        ),
        held(
            9,
            "an empty list answers 401 for ever",
            chains::an_empty_list_of_strategies_is_refused_when_the_application_starts,
        ),
        held(
            10,
            "redirect and pass never reach a callback",
            handlers::a_handler_gets_redirects_and_passes_too,
        ),
    ]
}

fn with_sessions_and_answers() -> Vec<Rule> {
    vec![
        held(
            11,
            "`keepSessionInfo` must be repeated at every authenticate",
            options::a_login_by_a_guard_keeps_the_cart_and_changes_the_id,
        ),
        held(
            12,
            "a success message is written into the session that the login replaces",
            redirects::a_success_message_is_in_the_new_session,
        ),
        held(
            13,
            "the page to return to is lost by the login",
            redirects::a_login_returns_to_the_page_that_was_asked_for,
        ),
        held(
            14,
            "the page to return to may be another site",
            redirects::without_a_page_that_was_asked_for_a_login_goes_to_the_default_page,
        ),
        held(
            15,
            "whether the id from before a login is dead",
            orders::the_id_from_before_a_login_is_nobody_and_holds_nothing,
        ),
        held(16, "a logout leaves an empty session behind", logouts::a_logout_leaves_no_record_behind),
        held(
            17,
            "a logout leaves the cookie in the browser",
            logouts::after_a_logout_nobody_is_logged_in_and_the_cookie_goes,
        ),
        held(
            18,
            "a request in flight during a logout brings the session back",
            in_flight::a_logout_survives_a_slow_request_that_writes,
        ),
        held(
            19,
            "authorize with a callback alone forgets the account",
            accounts::a_second_account_logs_nobody_in,
        ),
        held(
            20,
            "an account comes without what the strategy had to say",
            accounts::what_the_strategy_had_to_say_comes_with_the_second_account,
        ),
        by_type(
            21,
            "a challenge may inject a header",
            "`Failure::challenge(self, challenge: HeaderValue) -> Self`",
        ),
        held(
            22,
            "a redirect's target may inject a header",
            redirects::a_target_that_is_no_header_value_stops_the_application_at_its_start,
        ),
        held(23, "HEAD and OPTIONS before a guard", statuses::a_guard_treats_every_method_alike),
        held(
            24,
            "the body of a 401 has no type and no reason",
            statuses::a_program_gets_the_reason_as_a_problem_document_and_a_browser_words,
        ),
    ]
}
