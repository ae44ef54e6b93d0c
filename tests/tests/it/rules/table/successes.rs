//! Rules 106 to 134: pass, redirect, success, and the session as a strategy.

use super::{Rule, by_type, differs, held};
use crate::{
    guards::{accounts, bodies, faults, handlers, options, redirects, session_strategy},
    machine::{finished, of_ids, realms},
};

const NO_TRANSFORM: &str = "Info is not transformed: it keeps the type that the strategy gave it, so that no error can \
     come after the user has been set.";
const NO_SWITCH: &str = "There is nothing to switch off: info is there for whoever reads it by its type, and costs \
     nothing if nobody does.";

pub(super) fn passing() -> Vec<Rule> {
    vec![
        differs(
            106,
            "pass lets the request through without a user",
            "A guard fails closed: if every strategy passed it answers 401, unless it was told `.optional()`, which lets absent credentials through and refuses wrong ones.",
        ),
        differs(
            107,
            "redirect is 302 with an empty body",
            "Redirects are 303 See Other with an empty body: after a form the browser must not send it again to the provider.",
        ),
        held(108, "redirect takes a status, 303", redirects::a_strategy_sends_the_browser_to_a_provider),
        by_type(
            109,
            "the framework's own redirect is not used",
            "`Outcome::Redirect(Uri)`: a strategy returns where to go, and never sees a response",
        ),
    ]
}

pub(super) fn succeeding() -> Vec<Rule> {
    vec![
        held(
            110,
            "success sets the user, and info is empty",
            options::a_strategy_that_says_nothing_leaves_nothing,
        ),
        held(111, "info is there for the handler", options::the_handler_reads_what_the_strategy_had_to_say),
        differs(112, "info is transformed first", NO_TRANSFORM),
        differs(113, "a transformer's error comes after the user was set", NO_TRANSFORM),
        differs(114, "`authInfo: false` leaves info unset", NO_SWITCH),
        held(
            115,
            "`assignProperty: 'account'` sets the account and not the user",
            accounts::a_second_account_is_there_and_the_first_stays_logged_in,
        ),
        differs(116, "with `authInfo: false` info stays unset", NO_SWITCH),
        differs(
            117,
            "a route's options reach the strategy",
            "A strategy is configured where it is built, once; two configurations are two strategies with two names, and a guard names the one it wants.",
        ),
        differs(
            118,
            "`successRedirect` is 302 to there",
            "Redirects are 303 See Other: after a login form the browser's next request is a GET, and the password is not sent twice.",
        ),
        held(
            119,
            "`successReturnToOrRedirect` goes where the visitor wanted to",
            redirects::a_login_returns_to_the_page_that_was_asked_for,
        ),
        held(
            120,
            "or else to the default page",
            redirects::without_a_page_that_was_asked_for_a_login_goes_to_the_default_page,
        ),
        held(
            121,
            "an error of the login is the request's",
            faults::a_login_that_cannot_be_stored_is_an_error_and_nobody_is_logged_in,
        ),
        held(
            122,
            "a callback gets user and info, and nobody is logged in",
            handlers::a_handler_gets_the_user_and_nobody_is_logged_in_by_it,
        ),
        differs(
            123,
            "an unknown strategy is an error of the request",
            "It is an error when the application starts, and says which names there are; only a handler that makes up names at run time gets it at run time.",
        ),
        differs(
            124,
            "a strategy may be given in place of a name",
            "Guards go by name. An instance in place of a name, shared by all requests, is how Passport can hand one request's user to another; a strategy that depends on the tenant reads the tenant from the request.",
        ),
    ]
}

pub(super) fn around() -> Vec<Rule> {
    vec![held(
        125,
        "initialize leaves every session as it is",
        finished::beginning_and_ending_a_request_leaves_the_session_untouched,
    )]
}

pub(super) fn by_session() -> Vec<Rule> {
    vec![
        differs(
            126,
            "its name is `session`",
            "It is registered like any other strategy, under the name that the builder gives it.",
        ),
        held(
            127,
            "without a login it passes",
            session_strategy::without_a_login_the_session_passes_and_the_next_strategy_decides,
        ),
        held(
            128,
            "with a login it sets the user and keeps the session",
            session_strategy::a_login_in_the_session_gets_in_and_the_session_stays_as_it_is,
        ),
        held(129, "a serialized 0 is found again", of_ids::an_id_is_its_own_user),
        held(
            130,
            "if the user is gone, the login is removed and it passes",
            session_strategy::a_user_who_is_gone_passes_and_the_login_is_removed,
        ),
        held(131, "it sets a property of its own", realms::a_second_realm_leaves_the_first_one_as_it_was),
        held(
            132,
            "a deserializer's error is an error, and the session stays",
            session_strategy::users_that_cannot_be_reached_are_an_error_and_the_session_stays,
        ),
        held(
            133,
            "without session support it is an error",
            faults::a_guard_outside_of_the_passport_layer_says_which_layer_is_missing,
        ),
        held(
            134,
            "`pauseStream` keeps the body for the handler",
            bodies::a_strategy_that_reads_only_headers_leaves_the_body_alone,
        ),
    ]
}
