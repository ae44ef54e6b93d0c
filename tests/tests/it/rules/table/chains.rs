//! Rules 88 to 105: several strategies, and messages.

use super::{Rule, by_type, differs, held};
use crate::{
    guards::{chains, handlers, redirects, statuses},
    machine::messages,
};

pub(super) fn several() -> Vec<Rule> {
    vec![
        held(
            88,
            "if all fail, it is 401 with every challenge in order",
            statuses::several_challenges_are_sent_in_the_order_of_the_strategies,
        ),
        held(
            89,
            "the first status that was chosen wins and suppresses the challenges",
            statuses::the_first_status_that_was_chosen_wins_and_suppresses_the_challenges,
        ),
        held(
            90,
            "the first failure's message is flashed",
            redirects::of_several_failures_the_first_ones_words_are_shown,
        ),
        held(
            91,
            "the callback gets all challenges and statuses",
            handlers::a_handler_that_asks_several_strategies_gets_what_each_one_says,
        ),
        held(
            92,
            "also where a challenge is missing",
            handlers::a_handler_that_asks_several_strategies_gets_what_each_one_says,
        ),
        by_type(
            93,
            "a list of one gives the callback lists of one",
            "`async fn authenticate(&self, name: &str, req: &Request<Bytes>) -> Result<Outcome<U>, Error>`: one name, one outcome",
        ),
        held(94, "after a success no other strategy runs", chains::after_a_success_no_other_strategy_runs),
        held(
            95,
            "after a failure the next one may succeed",
            chains::after_a_failure_the_next_strategy_is_asked,
        ),
    ]
}

pub(super) fn messages() -> Vec<Rule> {
    vec![
        held(
            96,
            "`true` flashes what the strategy said, as error or success",
            redirects::a_strategys_own_words_are_shown_if_the_guard_says_so,
        ),
        differs(
            97,
            "`{type}` flashes the strategy's words under the route's type",
            "A `Message` has a code instead of a type. Whoever wants the route's code names the route's words with it; a strategy's own words are `error` or `success`.",
        ),
        held(
            98,
            "a string is flashed under the default type",
            redirects::a_success_message_is_in_the_new_session,
        ),
        held(
            99,
            "`{message}` is flashed whatever the strategy said",
            redirects::the_guards_words_are_shown_whatever_the_strategy_said,
        ),
        held(
            100,
            "`{type, message}` are both the route's",
            redirects::the_guards_words_are_shown_whatever_the_strategy_said,
        ),
        held(101, "without any message nothing is flashed", redirects::without_any_words_no_message_is_left),
        differs(
            102,
            "the redirect is 302 all the same",
            "Redirects are 303 See Other, with a message or without; the user is unset after a failure and set after a success, as in Passport.",
        ),
        differs(
            103,
            "`failureMessage` and `successMessage` are in the session",
            "A success message is in the new session; a failure's travels as a code in the address and the page names \
             the words, so that a failed login writes nothing and makes no sessions for bots.",
        ),
        held(
            104,
            "they are appended to those that are there",
            messages::messages_are_shown_in_the_order_in_which_they_were_left,
        ),
        held(
            105,
            "`true` keeps what the strategy said",
            redirects::a_strategys_own_words_are_shown_if_the_guard_says_so,
        ),
    ]
}
