//! What may happen: the model, which knows nothing of how the product does it.
//!
//! Every rule looks at what the store holds, and at what was answered. Those of the first list have to hold after every
//! step, those of the second when everybody has been answered.

mod answers;
mod confirmed;
mod data;
mod ids;
mod lives;
mod logins;

use super::trace::Trace;

/// A rule of the model: what is wrong, if something is.
type Rule = fn(&Trace) -> Result<(), String>;

/// What has to hold at any time.
const ALWAYS: [Rule; 8] = [
    ids::a_session_has_one_id,
    ids::no_session_is_lost,
    logins::only_a_login_logs_in,
    logins::nobody_is_logged_out_for_nothing,
    data::every_write_does_what_it_says,
    confirmed::a_logout_is_final,
    confirmed::a_logout_everywhere_ends_all,
    confirmed::a_password_change_ends_the_others,
];

/// What has to hold in the end.
const AT_LAST: [Rule; 4] = [
    answers::everybody_is_answered,
    answers::no_cookie_but_for_a_new_id,
    answers::whoever_is_told_that_it_ended_is_told_the_truth,
    lives::nothing_ends_without_a_cause,
];

/// Judges the last step, and notes whose data there is now.
pub(super) fn after_step(trace: &mut Trace) -> Result<(), String> {
    ALWAYS.iter().try_for_each(|rule| rule(trace))?;
    data::note_whose_it_is(trace);
    Ok(())
}

/// Judges the whole.
pub(super) fn at_last(trace: &Trace) -> Result<(), String> {
    AT_LAST.iter().try_for_each(|rule| rule(trace))
}

/// Notes whose data there is before anything happens.
pub(super) fn begin(trace: &mut Trace) {
    data::note_whose_it_is(trace);
}
