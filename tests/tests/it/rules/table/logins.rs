//! Rules 41 to 67: login, logout, and who is logged in.

use super::{Rule, by_type, differs, held};
use crate::{
    guards::options,
    machine::{data_owners, failures, logouts, orders, realms, stateless},
    rules::is_authenticated,
};

const STILL_LOGGED_IN: &str = "A logout that failed says so, and the user is still logged in: to forget the user in this \
     request alone would leave a live session behind a page that says goodbye.";

pub(super) fn logins() -> Vec<Rule> {
    vec![
        held(
            41,
            "`{session: false}` authenticates this request alone",
            options::without_a_session_the_user_is_there_for_this_request_alone,
        ),
        held(
            42,
            "a `userProperty` leaves `req.user` alone",
            realms::a_second_realm_leaves_the_first_one_as_it_was,
        ),
        by_type(
            43,
            "`{session: false}` needs no callback",
            "`async fn login(&self, user: impl IntoSuccess<U>) -> Result<(), Error>`: nothing takes a callback",
        ),
        differs(
            44,
            "without a session manager, login sets the user all the same",
            "Where there are no sessions a login is an error that says so: the next request would know nothing of it. To authenticate one request, put a guard before the route.",
        ),
        held(45, "a login changes the session id and sets the user", orders::a_login_changes_the_session_id),
        differs(
            46,
            "a login drops the session's other keys",
            "What an anonymous visitor has gathered, a cart, moves along with the login; another user's data never does, because the session remembers whose it is.",
        ),
        held(
            47,
            "`keepSessionInfo` keeps them, under a new id",
            data_owners::an_anonymous_cart_moves_to_whoever_logs_in,
        ),
        held(
            48,
            "a `userProperty` works with a session",
            realms::a_second_realm_leaves_the_first_one_as_it_was,
        ),
        held(
            49,
            "if the id cannot be changed, the login fails and the session is as it was",
            failures::a_failed_login_leaves_the_session_and_its_id_as_they_were,
        ),
        differs(
            50,
            "if serializing fails, the login fails and the session is lost",
            "The login fails and the session stays: the key is made before anything is written.",
        ),
        held(
            51,
            "if saving fails, the login fails and nobody is logged in",
            failures::a_failed_first_login_leaves_no_cookie_and_no_session_and_keeps_the_cart,
        ),
        by_type(
            52,
            "login without a callback throws",
            "`async fn login(&self, user: impl IntoSuccess<U>) -> Result<(), Error>`: an ignored future or result is a compiler's warning",
        ),
        held(
            53,
            "login without session support says what is missing",
            stateless::logging_in_without_sessions_says_what_is_missing,
        ),
    ]
}

pub(super) fn logouts() -> Vec<Rule> {
    vec![
        held(
            54,
            "after a logout nobody is logged in and the old id is dead",
            logouts::after_a_logout_nobody_is_logged_in_and_the_cookie_goes,
        ),
        held(
            55,
            "a logout drops the session's other keys",
            logouts::a_logout_drops_the_data_unless_told_otherwise,
        ),
        held(
            56,
            "`keepSessionInfo` keeps them",
            logouts::keeping_the_data_forgets_the_user_and_changes_the_id,
        ),
        held(
            57,
            "a `userProperty` is cleared, and it alone",
            realms::a_logout_of_one_realm_keeps_the_other_under_a_new_id,
        ),
        held(
            58,
            "without a session manager, logout clears the user",
            stateless::logging_out_without_sessions_is_fine,
        ),
        held(
            59,
            "without a session manager, logout is no error",
            stateless::logging_out_without_sessions_is_fine,
        ),
        differs(60, "if saving fails, logout is an error and the user is forgotten", STILL_LOGGED_IN),
        differs(
            61,
            "if the id cannot be changed, logout is an error and the user is forgotten",
            STILL_LOGGED_IN,
        ),
        by_type(
            62,
            "logout without a callback throws",
            "`async fn logout(&self) -> Result<LoggedOut, Error>`: an ignored future or result is a compiler's warning",
        ),
        differs(
            63,
            "logout without session support is an error",
            "Where there are no sessions there is nothing to end, and logging out is fine; where no passport is around the route at all, `Error::NotInstalled` names the layer that is missing.",
        ),
    ]
}

pub(super) fn asking() -> Vec<Rule> {
    vec![
        held(64, "isAuthenticated is true with a user", is_authenticated::it_is_true_for_a_user),
        held(
            65,
            "and with a user under a property of its own",
            is_authenticated::it_is_true_for_each_kind_of_user_by_itself,
        ),
        held(66, "it is false without a user", is_authenticated::it_is_false_for_a_visitor),
        held(
            67,
            "it is false with null; isUnauthenticated is its negation",
            is_authenticated::it_is_false_for_a_user_who_is_gone,
        ),
    ]
}
