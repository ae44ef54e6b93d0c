//! What a request comes for.

use std::{sync::Arc, time::Duration};

use passport_core::{Error, Logout};

use super::{
    board::{Board, Op},
    clock::StepClock,
    server::{CookieNow, Server},
    sight::{ALICE, key},
};
use crate::support::Person;

/// One of the things that happen to sessions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Errand {
    LoginAlice,
    LoginBob,
    LoginRoot,
    Logout,
    LogoutOfAllRealms,
    LogoutKeepingData,
    LogoutOthers,
    LogoutEverywhere,
    Write,
    WriteAtTheEnd,
    ReadThenWrite,
    Increment,
    Remove,
    Extend,
    Rotate,
    ChangePassword,
    /// No request: time passes, so that who has not been seen since the beginning expires.
    PassIdleTime,
    /// No request: time passes, so that every login there is expires.
    PassAbsoluteTime,
}

/// What the caller of the operation was told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Told {
    Done,
    Ended,
    Unauthenticated,
    Failed(String),
}

/// What a request was answered.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    pub(super) told: Told,
    /// `None`: the handler's own answer did not arrive.
    pub(super) cookie: Option<CookieNow>,
}

impl Answer {
    /// What happens to the cookie.
    pub(super) fn cookie(&self) -> &'static str {
        self.cookie.as_ref().map_or("no answer", CookieNow::shape)
    }
}

/// The idle timeout, which is the default.
pub(super) const IDLE: Duration = Duration::from_secs(30 * 60);
/// The absolute timeout, which is the default.
pub(super) const ABSOLUTE: Duration = Duration::from_secs(12 * 60 * 60);
/// How long nobody came before the requests of a schedule: long enough for an extension to be due.
pub(super) const QUIET: Duration = Duration::from_secs(61);

impl Errand {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::LoginAlice => "login of alice",
            Self::LoginBob => "login of bob",
            Self::LoginRoot => "login of the admin root",
            Self::Logout => "logout",
            Self::LogoutOfAllRealms => "logout of all realms",
            Self::LogoutKeepingData => "logout that keeps the data",
            Self::LogoutOthers => "logout of the others",
            Self::LogoutEverywhere => "logout everywhere",
            Self::Write => "write",
            Self::WriteAtTheEnd => "write at the end",
            Self::ReadThenWrite => "read, then write",
            Self::Increment => "increment",
            Self::Remove => "removal",
            Self::Extend => "extension",
            Self::Rotate => "rotation",
            Self::ChangePassword => "password change",
            Self::PassIdleTime => "idle timeout",
            Self::PassAbsoluteTime => "absolute timeout",
        }
    }

    pub(super) fn is_login(self) -> bool {
        matches!(self, Self::LoginAlice | Self::LoginBob | Self::LoginRoot)
    }

    /// How far it moves the clock.
    pub(super) fn passes(self) -> Option<Duration> {
        match self {
            // Who was seen after the quiet time lives on.
            Self::PassIdleTime => Some(IDLE.checked_sub(QUIET / 2).unwrap()),
            Self::PassAbsoluteTime => Some(ABSOLUTE),
            _ => None,
        }
    }

    /// Whether it shows when the request began, and not only when it first reached the store.
    pub(super) fn makes_beginnings_count(self) -> bool {
        self.passes().is_some() || self == Self::ChangePassword
    }
}

/// No request: a jump of the clock, which is one step.
pub(super) async fn pass(board: Board, clock: StepClock, time: Duration) -> Answer {
    let by = board.gate("time passes").await;
    board.asked(by, Op::Outside);
    clock.advance(time);
    Answer { told: Told::Done, cookie: Some(CookieNow::AsBefore) }
}

/// One request, from its beginning to its end.
pub(super) async fn run(
    server: Arc<Server>,
    board: Board,
    errand: Errand,
    number: usize,
    cookie: Option<String>,
) -> Answer {
    let request = server.begin(cookie.as_deref());
    let told = match handle(&server, &board, &request, errand, number).await {
        Ok(()) => Told::Done,
        Err(Error::Ended) => Told::Ended,
        Err(Error::Unauthenticated) => Told::Unauthenticated,
        Err(other) => Told::Failed(format!("{other:?}")),
    };
    Answer { told, cookie: request.end().await }
}

async fn handle(
    server: &Server,
    board: &Board,
    request: &super::server::Begun,
    errand: Errand,
    number: usize,
) -> Result<(), Error> {
    let (auth, session) = (request.auth(), request.session());
    match errand {
        Errand::LoginAlice => auth.login(server.people.get("alice")).await?,
        Errand::LoginBob => auth.login(server.people.get("bob")).await?,
        Errand::LoginRoot => request.admin().login(server.admins.get("root")).await?,
        Errand::Logout => drop(auth.logout().await?),
        Errand::LogoutOfAllRealms => drop(session.logout().await?),
        Errand::LogoutKeepingData => drop(auth.logout_with(Logout::here().keep_data()).await?),
        Errand::LogoutOthers => {
            auth.require_user().await?;
            auth.logout_with(Logout::others()).await?;
        }
        Errand::LogoutEverywhere => {
            auth.require_user().await?;
            auth.logout_with(Logout::everywhere()).await?;
        }
        Errand::Write => {
            session.insert(key(number), number)?;
            session.save().await?;
        }
        Errand::WriteAtTheEnd => session.insert(key(number), number)?,
        Errand::ReadThenWrite => {
            session.get::<u64>("n").await?;
            session.insert(key(number), number)?;
        }
        Errand::Increment => session.update("n", |n: Option<u64>| n.unwrap_or_default() + 1).await?,
        Errand::Remove => {
            session.remove("cart")?;
            session.save().await?;
        }
        Errand::Extend => drop(auth.user().await?),
        Errand::Rotate => session.rotate().await?,
        Errand::ChangePassword => {
            if auth.require_user().await?.name() != ALICE.1 {
                return Err(Error::Unauthenticated);
            }
            let by = board.gate("the new password").await;
            board.asked(by, Op::Outside);
            let user = server.people.change(ALICE.1);
            auth.refresh(user).await?;
            auth.logout_with(Logout::others()).await?;
        }
        Errand::PassIdleTime | Errand::PassAbsoluteTime => unreachable!("no request"),
    }
    Ok(())
}
