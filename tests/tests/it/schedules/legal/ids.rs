//! Ids and sessions: one each, at any time.

use crate::schedules::{board::Op, trace::Trace};

/// A rotation is atomic: never two ids for one session.
pub(super) fn a_session_has_one_id(trace: &Trace) -> Result<(), String> {
    let mut handles = Vec::new();
    for (_, sight) in trace.alive() {
        if handles.contains(&sight.handle) {
            return Err("one session lives under two ids".to_owned());
        }
        handles.push(sight.handle);
    }
    Ok(())
}

/// And never none: only a deletion or time ends a session.
pub(super) fn no_session_is_lost(trace: &Trace) -> Result<(), String> {
    for (_, before) in trace.alive_before() {
        let lives = trace.alive().any(|(_, sight)| sight.handle == before.handle);
        let cause = trace
            .just_called()
            .any(|call| matches!(call.op, Op::Delete { .. } | Op::DeleteAll) || trace.jumps(call));
        if !lives && !cause {
            return Err("a session is gone that nobody has ended".to_owned());
        }
    }
    Ok(())
}
