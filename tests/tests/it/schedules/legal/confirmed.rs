//! What was confirmed stays true.

use crate::schedules::{
    errand::Errand,
    sight::{ALICE, Who},
    trace::{Fact, Ghost, Trace, logs_into},
};

/// A confirmed logout has ended the login that the browser's id stood for, wherever it has moved meanwhile; and a newer
/// one, if it had begun before the logout and the marks lead there. Only a login that was made meanwhile may live.
pub(super) fn a_logout_is_final(trace: &Trace) -> Result<(), String> {
    for fact in &trace.facts {
        let realms: &[&str] = match fact.errand {
            Errand::Logout | Errand::LogoutKeepingData | Errand::LogoutEverywhere => &["user"],
            Errand::LogoutOfAllRealms => &["user", "admin"],
            _ => continue,
        };
        let (Some((began, ended)), Some(sent)) = (fact.confirmed(), fact.sent) else { continue };
        // The marks of an id last no longer than it would have.
        if trace.jumped_by(ended) {
            continue;
        }
        for (ghost, sight) in trace.alive() {
            let row = trace.ancestry(ghost.id);
            let Some(at) = row.iter().position(|ghost| ghost.id == sent) else { continue };
            for login in &sight.logins {
                if !realms.contains(&login.who.0) {
                    continue;
                }
                let origin = trace.origin(ghost.id, login.who.0);
                let carried = row[at..].iter().any(|ghost| ghost.id == origin.id);
                let led = row[..at].iter().all(|ghost| ghost.from.is_some_and(|(_, led)| led));
                if carried || (origin.at < began && led) {
                    return Err(format!(
                        "{} is still logged in after a confirmed {}",
                        login.who.1,
                        fact.errand.name()
                    ));
                }
            }
        }
    }
    Ok(())
}

/// No login of the user that was there before it began lets anybody in; but who changed the password meanwhile stays,
/// because a session from before that has no say any more.
pub(super) fn a_logout_everywhere_ends_all(trace: &Trace) -> Result<(), String> {
    for fact in trace.facts.iter().filter(|fact| fact.errand == Errand::LogoutEverywhere) {
        let (Some((began, ended)), Some(user)) = (fact.confirmed(), trace.user_of(fact)) else { continue };
        // Its own session is the last, and found through marks if it has moved: they last no longer than it would have.
        let moved = |ghost: &Ghost| trace.ancestry(ghost.id).iter().any(|old| Some(old.id) == fact.sent);
        let legal =
            |ghost: &Ghost| (trace.jumped_by(ended) && moved(ghost)) || is_refreshed(trace, ghost, began);
        if let Some(ghost) = usable(trace, began, user).find(|ghost| !legal(ghost)) {
            let place = place(ghost);
            return Err(format!("{} is still logged in {place} after a confirmed logout everywhere", user.1));
        }
    }
    Ok(())
}

/// All others are gone from the store, and no login of before lets anybody in but the one that changed it.
pub(super) fn a_password_change_ends_the_others(trace: &Trace) -> Result<(), String> {
    let changes = || trace.facts.iter().filter(|fact| fact.errand == Errand::ChangePassword);
    for (began, _) in changes().filter(|fact| fact.issued.is_some()).filter_map(Fact::confirmed) {
        if let Some(ghost) = usable(trace, began, ALICE).find(|ghost| !is_refreshed(trace, ghost, began)) {
            return Err(format!("alice is still logged in {} after a password change", place(ghost)));
        }
        // Of two changes at once, the later one may leave it to the fingerprint.
        let left = trace.alive().find(|(ghost, sight)| {
            let of_alice = sight.login("user").is_some_and(|login| login.who == ALICE);
            of_alice && trace.origin(ghost.id, "user").at < began && !is_refreshed(trace, ghost, began)
        });
        if let (Some((ghost, _)), 1) = (left, changes().count()) {
            return Err(format!("a session of alice is left {} after a password change", place(ghost)));
        }
    }
    Ok(())
}

/// Whether it is the session of one who has changed the password since this step, or has come from it.
fn is_refreshed(trace: &Trace, ghost: &Ghost, since: usize) -> bool {
    let changed = |by: usize| trace.errand(by) == Errand::ChangePassword;
    trace.ancestry(ghost.id).iter().any(|old| old.at >= since && old.by.is_some_and(changed))
}

/// This user's logins that let somebody in, and were made before this step.
fn usable(trace: &Trace, before: usize, user: Who) -> impl Iterator<Item = &Ghost> {
    trace.alive().filter_map(move |(ghost, sight)| {
        let login = sight.login("user").filter(|login| login.who == user)?;
        let origin = trace.origin(ghost.id, "user");
        let newer = origin.at >= before && origin.by.is_some_and(|by| logs_into(trace.errand(by)).is_some());
        (!newer && trace.is_usable(sight, login)).then_some(ghost)
    })
}

fn place(ghost: &Ghost) -> &'static str {
    match (ghost.by, ghost.from) {
        (None, _) => "under an id that was there before",
        (Some(_), Some(_)) => "under an id that a rotation made",
        (Some(_), None) => "under a new id",
    }
}
