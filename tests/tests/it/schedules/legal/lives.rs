//! What has to live in the end: nobody is logged out who should not be.

use crate::schedules::{
    board::Op,
    errand::{Errand, Told},
    sight::{ALICE, Who},
    trace::{Fact, Ghost, Trace, logs_into},
};

/// Sessions end by what was asked for, and by nothing else.
pub(super) fn nothing_ends_without_a_cause(trace: &Trace) -> Result<(), String> {
    let has = |what: &dyn Fn(Errand) -> bool| trace.facts.iter().any(|fact| what(fact.errand));
    let time = has(&|errand| errand.passes().is_some());
    let elsewhere = has(&|errand| {
        matches!(errand, Errand::LogoutOthers | Errand::LogoutEverywhere | Errand::ChangePassword)
    });
    for ghost in trace.ghosts.iter().filter(|ghost| ghost.by.is_none()) {
        let sent = trace.facts.iter().any(|fact| fact.sent == Some(ghost.id));
        let whose = ghost.first.as_ref().and_then(|sight| sight.login("user")).map(|login| login.who);
        if !sent && !time && ghost.now.is_none() && !whose.is_some_and(|user| ends_elsewhere(trace, user)) {
            return Err("a session ended that nobody came near".to_owned());
        }
    }
    if !time && !elsewhere && !has(&ends_here) {
        for fact in trace.facts.iter().filter(|fact| fact.errand.is_login()) {
            let ghost = fact.issued.and_then(|id| trace.ghost(id));
            if fact.was_told(&Told::Done) && !ghost.is_some_and(|ghost| is_in(trace, ghost, fact)) {
                return Err(format!("a confirmed {} is gone", fact.errand.name()));
            }
        }
    }
    extended(trace)?;
    refreshed(trace)
}

fn ends_elsewhere(trace: &Trace, user: Who) -> bool {
    let all = [Errand::LogoutOthers, Errand::LogoutEverywhere, Errand::ChangePassword];
    trace.facts.iter().any(|fact| all.contains(&fact.errand) && trace.user_of(fact) == Some(user))
}

fn ends_here(errand: Errand) -> bool {
    matches!(errand, Errand::Logout | Errand::LogoutOfAllRealms | Errand::LogoutKeepingData)
}

/// Whether the login is there: or its session has moved on with the login in it.
fn is_in(trace: &Trace, ghost: &Ghost, fact: &Fact) -> bool {
    let realm = logs_into(fact.errand).unwrap();
    let heirs =
        trace.alive().filter(|(heir, _)| trace.ancestry(heir.id).iter().any(|old| old.id == ghost.id));
    // Somebody else's login in the same realm may have come after it.
    let mut heirs =
        heirs.filter(|(_, sight)| sight.login(realm).is_some_and(|login| trace.is_usable(sight, login)));
    heirs.next().is_some()
}

/// Who was seen before the others expired has not expired with them.
fn extended(trace: &Trace) -> Result<(), String> {
    let calm = |errand: Errand| {
        matches!(errand, Errand::Extend | Errand::Write | Errand::Increment | Errand::PassIdleTime)
    };
    let mut jumps = trace.calls.iter().filter(|call| trace.jumps(call));
    let (Some(jump), None) = (jumps.next(), jumps.next()) else { return Ok(()) };
    if !trace.facts.iter().all(|fact| calm(fact.errand)) {
        return Ok(());
    }
    for call in trace.calls.iter().filter(|call| call.step < jump.step) {
        let (Op::Touch { id, done: true } | Op::Update { id, done: true }) = call.op else { continue };
        if trace.ghost(id).is_none_or(|ghost| ghost.now.is_none()) {
            return Err("a session that was extended in time has expired".to_owned());
        }
    }
    Ok(())
}

/// Who changes the password stays logged in, with the new one.
fn refreshed(trace: &Trace) -> Result<(), String> {
    let calm = |errand: Errand| {
        matches!(
            errand,
            Errand::Write
                | Errand::WriteAtTheEnd
                | Errand::ReadThenWrite
                | Errand::Increment
                | Errand::Remove
        )
    };
    let mut changes = trace.facts.iter().filter(|fact| fact.errand == Errand::ChangePassword);
    let (Some(change), None) = (changes.next(), changes.next()) else { return Ok(()) };
    let mut others = trace.facts.iter().filter(|fact| fact.errand != Errand::ChangePassword);
    let first = change.sent.and_then(|id| trace.ghost(id)).and_then(|ghost| ghost.first.as_ref());
    let was_alice = first.is_some_and(|sight| sight.users().contains(&ALICE));
    if !others.all(|fact| calm(fact.errand)) || change.answer.is_none() || !was_alice {
        return Ok(());
    }
    let ghost = change.issued.and_then(|id| trace.ghost(id));
    let lives = ghost
        .and_then(|ghost| ghost.now.as_ref())
        .is_some_and(|sight| sight.login("user").is_some_and(|login| trace.is_usable(sight, login)));
    if lives { Ok(()) } else { Err("who changed the password is logged out by it".to_owned()) }
}
