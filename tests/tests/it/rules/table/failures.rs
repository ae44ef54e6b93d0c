//! Rules 68 to 87: one strategy that fails or errs, before a route and in a handler.

use super::{Rule, differs, held};
use crate::guards::{faults, handlers, statuses};

const SEE_OTHER: &str = "Redirects are 303 See Other: whatever was sent, the browser's next request is a GET, and a form \
     is not sent twice.";

pub(super) fn alone() -> Vec<Rule> {
    vec![
        held(
            68,
            "a strategy's error is the request's, and nobody is logged in",
            faults::an_error_in_a_strategy_ends_the_chain_and_nobody_is_logged_in,
        ),
        held(69, "with a callback, the callback gets the error", handlers::a_handler_gets_the_error),
        held(
            70,
            "`fail()` is 401 `Unauthorized` without WWW-Authenticate",
            statuses::a_failure_is_a_401_with_the_words_unauthorized_and_no_challenge,
        ),
        differs(71, "`failureRedirect` is 302 to there", SEE_OTHER),
        held(
            72,
            "fail(challenge) is 401 with that one challenge",
            statuses::a_challenge_is_sent_with_the_401,
        ),
        held(
            73,
            "fail(challenge, 403) is 403 without WWW-Authenticate",
            statuses::another_status_is_sent_without_the_challenge,
        ),
        held(74, "fail(400) is 400 without WWW-Authenticate", statuses::a_strategy_chooses_its_status),
        differs(
            75,
            "`failWithError` hands an error to the framework",
            "All refusals are rendered in one place, `render_refusals`, which is given the status, the reason and the challenges and works for guards, extractors and errors alike.",
        ),
        differs(
            76,
            "`failWithError` with a message loses the message",
            "The reason reaches `render_refusals` as `Refusal::detail`, and programs as the problem document's.",
        ),
        held(77, "fail({message}, 400) is `Bad Request` 400", statuses::a_strategy_chooses_its_status),
        held(
            78,
            "fail(challenge) with `failWithError` still sets the header",
            statuses::a_challenge_is_sent_with_the_401,
        ),
        held(
            79,
            "fail(challenge, 403) with `failWithError` does not",
            statuses::another_status_is_sent_without_the_challenge,
        ),
        held(
            80,
            "with `failWithError` the body is the application's",
            statuses::an_application_renders_refusals_its_own_way,
        ),
    ]
}

pub(super) fn in_handlers() -> Vec<Rule> {
    vec![
        held(
            81,
            "a failure without anything reaches the callback as such",
            handlers::a_handler_gets_a_failure_without_anything_as_such,
        ),
        held(
            82,
            "an info object reaches the callback",
            handlers::a_handler_gets_the_failure_with_its_message_challenge_and_status,
        ),
        held(
            83,
            "info and status reach the callback",
            handlers::a_handler_gets_the_failure_with_its_message_challenge_and_status,
        ),
        held(
            84,
            "a challenge reaches the callback",
            handlers::a_handler_gets_the_failure_with_its_message_challenge_and_status,
        ),
        held(
            85,
            "challenge and status reach the callback",
            handlers::a_handler_gets_the_failure_with_its_message_challenge_and_status,
        ),
        held(
            86,
            "a status alone reaches the callback without a challenge",
            handlers::a_handler_that_asks_several_strategies_gets_what_each_one_says,
        ),
        differs(
            87,
            "options and callback are both honoured",
            "Options belong to guards, which answer by themselves; a handler that runs a strategy answers itself. So the two are never mixed, and in neither case is a user set by a failure.",
        ),
    ]
}
