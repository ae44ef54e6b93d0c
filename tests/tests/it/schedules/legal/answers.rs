//! What browsers are told.

use crate::schedules::{
    errand::{Errand, Told},
    trace::{Fact, Trace},
};

/// The handler's own answer arrives, whatever happens meanwhile; a login always succeeds, and a logout is never refused.
pub(super) fn everybody_is_answered(trace: &Trace) -> Result<(), String> {
    for fact in &trace.facts {
        let Some(answer) = &fact.answer else { continue };
        if answer.cookie.is_none() {
            return Err(format!("the answer of a {} did not arrive", fact.errand.name()));
        }
        let legal = match fact.errand {
            Errand::LogoutOthers | Errand::LogoutEverywhere => {
                matches!(answer.told, Told::Done | Told::Unauthenticated)
            }
            Errand::ChangePassword => !matches!(answer.told, Told::Failed(_)),
            Errand::Write | Errand::Increment | Errand::Remove | Errand::Rotate => {
                matches!(answer.told, Told::Done | Told::Ended)
            }
            _ => answer.told == Told::Done,
        };
        if !legal {
            return Err(format!("a {} was told: {:?}", fact.errand.name(), answer.told));
        }
    }
    Ok(())
}

/// A request in flight during a logout, a login or a rotation answers with no cookie: it would replace a newer one.
pub(super) fn no_cookie_but_for_a_new_id(trace: &Trace) -> Result<(), String> {
    for fact in &trace.facts {
        let Some(Some(cookie)) = fact.answer.as_ref().map(|answer| &answer.cookie) else { continue };
        if let Some(id) = fact.issued
            && trace.ghost(id).and_then(|ghost| ghost.by)
                != trace.facts.iter().position(|other| std::ptr::eq(other, fact))
        {
            return Err(format!("a {} was given an id that it has not made", fact.errand.name()));
        }
        if !cookies(trace, fact).contains(&cookie.shape()) {
            return Err(format!(
                "a {} that was told {:?} answered: {}",
                fact.errand.name(),
                fact.answer.as_ref().map(|answer| &answer.told),
                cookie.shape()
            ));
        }
    }
    Ok(())
}

fn cookies(trace: &Trace, fact: &Fact) -> Vec<&'static str> {
    let done = fact.was_told(&Told::Done);
    let (none, removed, issued) = ("no cookie", "the cookie's removal", "a new cookie");
    if fact.sent.is_none() || !fact.found {
        // Without a session before, whoever writes gets one; unless there was one until shortly.
        return if fact.errand.is_login() { vec![issued] } else { vec![none, issued, removed] };
    }
    let mut legal = match fact.errand {
        errand if errand.is_login() => vec![issued],
        Errand::Rotate | Errand::ChangePassword if done => vec![issued],
        Errand::LogoutOfAllRealms => vec![removed],
        Errand::LogoutEverywhere if done => vec![removed, issued],
        Errand::Logout | Errand::LogoutKeepingData => vec![removed, issued],
        _ => vec![none],
    };
    let somebody = |what: &dyn Fn(Errand) -> bool| trace.facts.iter().any(|other| what(other.errand));
    let changed = somebody(&|errand| errand == Errand::ChangePassword);
    let asks = matches!(
        fact.errand,
        Errand::Extend | Errand::LogoutOthers | Errand::LogoutEverywhere | Errand::ChangePassword
    );
    // Whose fingerprint is old is logged out by whoever notices.
    if changed && asks {
        legal.extend([removed, none, issued]);
    }
    // The user's login has gone before or never was, and the admin's stays.
    let of_one_realm =
        matches!(fact.errand, Errand::Logout | Errand::LogoutKeepingData | Errand::LogoutEverywhere);
    if of_one_realm && (trace.user_of(fact).is_none() || somebody(&ends_elsewhere)) {
        legal.push(none);
    }
    // Expired long ago, and forgotten: as without a session before.
    if trace.jumped_by(trace.step) {
        legal.extend([none, issued]);
    }
    legal
}

/// Whether it ends logins in other sessions than its own.
fn ends_elsewhere(errand: Errand) -> bool {
    matches!(errand, Errand::LogoutOthers | Errand::LogoutEverywhere | Errand::ChangePassword)
}

/// Whoever is told that the session has ended sent an id that is dead, or lost a login.
pub(super) fn whoever_is_told_that_it_ended_is_told_the_truth(trace: &Trace) -> Result<(), String> {
    for fact in trace.facts.iter().filter(|fact| fact.was_told(&Told::Ended)) {
        let Some(ghost) = fact.sent.and_then(|id| trace.ghost(id)) else { continue };
        let whose = ghost.now.as_ref().map(|sight| sight.login("user").is_some());
        if whose == Some(true) {
            return Err(format!("a {} was told that a session has ended that lives", fact.errand.name()));
        }
    }
    Ok(())
}
