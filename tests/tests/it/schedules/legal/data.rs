//! The visitor's data: written as was said, lost for a reason, and never another user's.

use std::collections::{BTreeMap, BTreeSet};

use crate::schedules::{
    board::{Call, Op},
    errand::Errand,
    sight::{Data, Sight, Who, key},
    trace::{Fact, Ghost, Trace, logs_into},
};

/// After every step, a session holds what it held before and what the call of that step said, and nothing else. So
/// no confirmed write is lost, no half of one is there, and nothing moves to another user.
pub(super) fn every_write_does_what_it_says(trace: &Trace) -> Result<(), String> {
    for (ghost, sight) in trace.alive() {
        let legal = legal(trace, ghost, sight);
        if !legal.contains(&sight.data) {
            return Err(format!("a session holds {:?}, where {} would be right", sight.data, either(&legal)));
        }
    }
    Ok(())
}

/// Everything that the session may hold now.
fn legal(trace: &Trace, ghost: &Ghost, sight: &Sight) -> Vec<Data> {
    let Some(before) = trace.by_handle_before(sight.handle) else {
        // A new one: what its maker wrote.
        let maker = &trace.facts[ghost.by.unwrap_or_default()];
        return vec![changed(&Data::new(), maker)];
    };
    // In any order, if a step is more than one call.
    let mut legal = vec![before.data.clone()];
    let mut dropped = false;
    for call in trace.just_called() {
        match call.op {
            Op::Update { id, done: true } if id == ghost.id => {
                let fact = &trace.facts[call.by];
                legal = legal.iter().map(|data| changed(data, fact)).collect();
                // Who is found to be nobody any more is taken out of it, and the data with it.
                dropped |= sight.logins.len() < before.logins.len();
            }
            Op::Rotate { to, done: true, .. } if to == ghost.id && !moves(trace, before, sight, call) => {
                legal = vec![Data::new()];
            }
            // What is left of a session is without data. At the same time as a login or a logout: perhaps.
            Op::DeleteAll if trace.just_called().count() > 1 => dropped = true,
            Op::DeleteAll if sight.logins.len() < before.logins.len() => legal = vec![Data::new()],
            _ => {}
        }
    }
    if dropped {
        legal.push(Data::new());
    }
    legal
}

/// Whether a rotation takes the data along.
fn moves(trace: &Trace, before: &Sight, after: &Sight, call: &Call) -> bool {
    let errand = trace.errand(call.by);
    let Some(realm) = logs_into(errand) else {
        // By a logout, or because somebody was found to be nobody any more, data goes with its user.
        return errand == Errand::LogoutKeepingData || after.logins.len() == before.logins.len();
    };
    let new = match errand {
        Errand::LoginAlice => "alice",
        Errand::LoginBob => "bob",
        _ => "root",
    };
    let beside: BTreeSet<&Who> =
        before.live(trace.now).map(|login| &login.who).filter(|who| who.0 != realm).collect();
    let whose = trace.whose.get(before.handle.as_bytes());
    whose.into_iter().flatten().all(|who| who.1 == new || beside.contains(who))
}

fn changed(data: &Data, by: &Fact) -> Data {
    let mut data = data.clone();
    match by.errand {
        Errand::Write | Errand::WriteAtTheEnd | Errand::ReadThenWrite => {
            data.insert(key(by.number), by.number as u64);
        }
        Errand::Increment => *data.entry("n").or_default() += 1,
        Errand::Remove => drop(data.remove("cart")),
        _ => {}
    }
    data
}

/// Whoever is logged in where data is owns it; whoever was, too, as long as it is there.
pub(super) fn note_whose_it_is(trace: &mut Trace) {
    let mut whose = BTreeMap::new();
    for (ghost, sight) in trace.alive() {
        let before = trace.by_handle_before(sight.handle);
        let emptied = before.is_none_or(|before| is_emptied(trace, ghost, sight, before));
        let mut owners = sight.users();
        if !emptied {
            owners.extend(trace.whose.get(sight.handle.as_bytes()).into_iter().flatten().copied());
        }
        whose.insert(*sight.handle.as_bytes(), owners);
    }
    trace.whose = whose;
}

/// Whether all that was there before has gone in this step, if there was anything.
fn is_emptied(trace: &Trace, ghost: &Ghost, sight: &Sight, before: &Sight) -> bool {
    let fewer = sight.logins.len() < before.logins.len();
    let gone = sight.data.is_empty() && !before.data.is_empty() && fewer;
    gone || trace.just_called().any(|call| match call.op {
        Op::Rotate { to, done: true, .. } => to == ghost.id && !moves(trace, before, sight, call),
        // Of a logout that keeps the data and one everywhere at the same time, the second finds nobody.
        Op::DeleteAll => {
            let perhaps = sight.data.is_empty() && trace.just_called().count() > 1;
            (fewer || perhaps) && !trace.just_called().any(|call| keeps(trace, ghost, call))
        }
        _ => false,
    })
}

fn keeps(trace: &Trace, ghost: &Ghost, call: &Call) -> bool {
    let moved = matches!(call.op, Op::Rotate { to, done: true, .. } if to == ghost.id);
    moved && trace.errand(call.by) == Errand::LogoutKeepingData
}

fn either(legal: &[Data]) -> String {
    legal.iter().map(|data| format!("{data:?}")).collect::<Vec<_>>().join(" or ")
}
