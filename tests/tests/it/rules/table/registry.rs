//! Rules 1 to 40: names, serializers, deserializers, info.

use super::{Rule, by_type, differs, held};
use crate::{
    guards::{chains, options},
    machine::{failures, of_ids, stale},
    rules::users,
};

const NO_CHAIN: &str = "There is no chain of serializers: one passport has one user store for one type of user, and a \
     second kind of user is a type and a realm of its own.";
const NO_REQUEST: &str = "A user store does not see the request: who a key is must not depend on who asks. What does \
     depend on it belongs into the strategy or the handler.";
const PANIC: &str = "A panic fails that one request, nobody is logged in, and the session is as it was before: in \
     `deserialize_user` it is the error of a user store that failed, in `serialize_user` it goes on as in any other handler. \
     What is expected to fail returns an `Err`.";
const NO_TRANSFORM: &str = "Info keeps the type that the strategy gave it, and whoever reads it, by that type, turns it \
     into what is needed there; so nothing can fail in between.";

pub(super) fn names() -> Vec<Rule> {
    vec![
        differs(
            1,
            "`use(strategy)` registers it under its own name",
            "A strategy has no name of its own: the builder gives each its name, so that two of a kind need no trick.",
        ),
        held(
            2,
            "`use('foo', s)` registers it under `foo`",
            chains::a_strategy_goes_by_the_name_it_was_given_and_by_no_other,
        ),
        held(
            3,
            "an explicit name wins; the strategy's own is not registered",
            chains::a_strategy_goes_by_the_name_it_was_given_and_by_no_other,
        ),
        held(
            4,
            "a strategy without any name is refused",
            chains::two_strategies_under_one_name_and_one_without_are_refused,
        ),
        differs(
            5,
            "`unuse` removes one name",
            "Strategies are fixed when the application starts, so none can vanish under a running request; build a second passport for other ones.",
        ),
        differs(
            6,
            "the module is one global Authenticator",
            "There is no global: a `Passport` is a value, cheap to clone, one for each kind of user; `Strategy` and `SessionStrategy` are exported as in Passport.",
        ),
        by_type(
            7,
            "initialize, authenticate, authorize and session take 1, 3, 3, 1 arguments",
            "`Passport::authenticate(&self, names: impl StrategyNames) -> Result<Authenticate<U>, Error>`, and options are methods of what it returns",
        ),
        differs(
            8,
            "`framework()` plugs in a framework; authorize falls back to its authenticate",
            "No framework is patched: each has a small adapter crate, and `passport.authorize(…)` is the same on all of them.",
        ),
    ]
}

pub(super) fn serializing() -> Vec<Rule> {
    vec![
        by_type(
            9,
            "without a serializer, a login fails",
            "`Passport::builder(users: impl UserStore<User = U>, …)`: there is no passport with sessions and without one",
        ),
        held(
            10,
            "the serializer's value is what the session keeps",
            users::a_session_keeps_the_key_and_finds_the_user_by_it,
        ),
        held(11, "0 is a valid value", of_ids::an_id_is_its_own_user),
        by_type(12, "false is an error", "`fn serialize_user(&self, user: &Self::User) -> Self::Key`"),
        by_type(13, "null is an error", "`fn serialize_user(&self, user: &Self::User) -> Self::Key`"),
        by_type(14, "undefined is an error", "`fn serialize_user(&self, user: &Self::User) -> Self::Key`"),
        held(15, "a serializer's error is the login's", users::a_key_that_cannot_be_written_logs_nobody_in),
        differs(16, "a serializer's throw becomes an error", PANIC),
        differs(17, "a serializer may pass to the next", NO_CHAIN),
        differs(18, "a serializer that calls back without a value passes", NO_CHAIN),
        differs(19, "a serializer that calls back with undefined passes", NO_CHAIN),
        differs(20, "a serializer may take the request", NO_REQUEST),
    ]
}

pub(super) fn deserializing() -> Vec<Rule> {
    vec![
        by_type(
            21,
            "without a deserializer, a session is an error",
            "`Passport::builder(users: impl UserStore<User = U>, …)`: there is no passport with sessions and without one",
        ),
        held(
            22,
            "the deserializer's value is the user",
            users::a_session_keeps_the_key_and_finds_the_user_by_it,
        ),
        held(
            23,
            "false says that the user is gone, and invalidates the login",
            stale::a_user_who_is_gone_is_nobody_and_the_session_ends_with_its_data,
        ),
        held(
            24,
            "null says the same",
            stale::a_user_who_is_gone_is_nobody_and_the_session_ends_with_its_data,
        ),
        by_type(
            25,
            "undefined is an error",
            "`async fn deserialize_user(&self, key: Self::Key) -> Result<Option<Arc<Self::User>>, BoxError>`",
        ),
        held(
            26,
            "a deserializer's error is the request's",
            failures::a_user_store_that_fails_is_an_error_and_no_logout,
        ),
        differs(27, "a deserializer's throw becomes an error", PANIC),
        differs(28, "a deserializer may pass to the next", NO_CHAIN),
        differs(29, "a deserializer that calls back without a value passes", NO_CHAIN),
        differs(30, "a deserializer that calls back with undefined passes", NO_CHAIN),
        differs(31, "false from the second ends the chain", NO_CHAIN),
        differs(32, "null from the second ends the chain", NO_CHAIN),
        differs(33, "a deserializer may take the request", NO_REQUEST),
    ]
}

pub(super) fn infos() -> Vec<Rule> {
    vec![
        held(
            34,
            "without a transformer, info is what the strategy said",
            options::the_handler_reads_what_the_strategy_had_to_say,
        ),
        differs(35, "a transformer replaces info wholly", NO_TRANSFORM),
        differs(36, "a transformer's error is the request's", NO_TRANSFORM),
        differs(37, "a transformer's throw becomes an error", NO_TRANSFORM),
        differs(38, "a transformer of one argument is synchronous", NO_TRANSFORM),
        differs(39, "a transformer may pass to the next", NO_TRANSFORM),
        differs(40, "a transformer may take the request", NO_TRANSFORM),
    ]
}
