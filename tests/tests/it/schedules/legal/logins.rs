//! Logins come from logins, and go for a reason.

use crate::schedules::{
    board::{Call, Op},
    errand::Errand,
    sight::SeenLogin,
    trace::{Trace, logs_into},
};

/// No login appears in a session but by a login; none gets another time, none another fingerprint but by a change of
/// the password.
pub(super) fn only_a_login_logs_in(trace: &Trace) -> Result<(), String> {
    for (ghost, sight) in trace.alive() {
        let before = trace.by_handle_before(sight.handle);
        for login in &sight.logins {
            let was = before.and_then(|before| before.logins.iter().find(|old| old.who == login.who));
            let by_this_step = |call: &Call| match call.op {
                Op::Create { id } | Op::Rotate { to: id, .. } if id == ghost.id => {
                    makes(trace.errand(call.by), login, was)
                }
                _ => false,
            };
            if was != Some(login) && !trace.just_called().any(by_this_step) {
                return Err(format!("{} is logged in, and nobody has done that", login.who.1));
            }
        }
    }
    Ok(())
}

fn makes(errand: Errand, login: &SeenLogin, was: Option<&SeenLogin>) -> bool {
    match errand {
        Errand::LoginAlice => login.who.1 == "alice",
        Errand::LoginBob => login.who.1 == "bob",
        Errand::LoginRoot => login.who.1 == "root",
        Errand::ChangePassword => was.is_some_and(|was| was.at == login.at),
        _ => false,
    }
}

/// A login stays in its session until a logout, another login, a changed password or time ends it.
pub(super) fn nobody_is_logged_out_for_nothing(trace: &Trace) -> Result<(), String> {
    for (_, before) in trace.alive_before() {
        let Some((_, after)) = trace.alive().find(|(_, sight)| sight.handle == before.handle) else {
            continue;
        };
        for login in &before.logins {
            let stays = after.logins.iter().any(|new| new.who == login.who && new.at == login.at);
            let over = !trace.is_usable(before, login);
            if !stays && !over && !trace.just_called().any(|call| ends(trace, call, login)) {
                return Err(format!("{} is logged out, and nobody has done that", login.who.1));
            }
        }
    }
    Ok(())
}

fn ends(trace: &Trace, call: &Call, login: &SeenLogin) -> bool {
    match (call.op, trace.errand(call.by)) {
        (Op::DeleteAll, _) => login.who.0 == "user",
        (Op::Rotate { .. }, Errand::Logout | Errand::LogoutKeepingData | Errand::LogoutEverywhere) => {
            login.who.0 == "user"
        }
        (Op::Rotate { .. }, errand) => logs_into(errand) == Some(login.who.0),
        _ => false,
    }
}
