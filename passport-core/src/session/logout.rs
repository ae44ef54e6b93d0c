//! Taking logins out of the session, and ending sessions: at once.

use std::{any::TypeId, sync::Arc};

use http::Uri;

use super::{AnyPassport, Attached, Core, Session, gathered::Taken};
use crate::{
    EndedLogin, Error, LoggedOut, Login, Logout, Record, Scope, events,
    logout::{Keep, Provider},
};

/// Whose logins end.
#[derive(Clone, Copy)]
pub(super) enum Whose<'a> {
    /// One realm's.
    Of(&'a Arc<dyn AnyPassport>),
    /// Everybody's.
    All,
}

impl Whose<'_> {
    pub(super) fn ends(self, login: &Login<'_>) -> bool {
        match self {
            Self::Of(passport) => login.realm == passport.realm(),
            Self::All => true,
        }
    }

    /// Their type; `None`: all.
    fn kind(self) -> Option<TypeId> {
        if let Self::Of(passport) = self { Some(passport.user()) } else { None }
    }
}

impl Session {
    /// Ends every login of every session on this request: no user type is named, so none is spared.
    ///
    /// # Errors
    ///
    /// If the store cannot be reached: then the caller is still logged in; [`Error::Incomplete`] if only some
    /// of several sessions ended; [`Error::CrossSite`] for a foreign request.
    #[must_use = "a logout that fails has not logged out: answer its error, `session.logout().await?`"]
    pub async fn logout(&self) -> Result<LoggedOut, Error> {
        self.logout_with(Logout::here()).await
    }

    /// As [`logout`](Self::logout), with a policy.
    ///
    /// # Errors
    ///
    /// As [`logout`](Self::logout); and [`Error::Provider`] if a provider had to be told and was not.
    #[must_use = "a logout that fails has not logged out: answer its error, `session.logout().await?`"]
    pub async fn logout_with(&self, policy: Logout) -> Result<LoggedOut, Error> {
        for session in std::iter::successors(Some(self), |session| session.0.outer.as_ref()) {
            if session.passports().iter().any(|attached| attached.foreign) {
                events::refused_cross_site("logout");
                return Err(Error::CrossSite);
            }
        }
        let (mut total, mut failed, mut untold) = (LoggedOut::default(), None, None);
        for session in std::iter::successors(Some(self), |session| session.0.outer.as_ref()) {
            match session.end_all(&policy).await {
                Ok(done) => {
                    total.ended += done.ended;
                    total.destroyed |= done.destroyed;
                    total.next = total.next.or(done.next);
                }
                // That session has ended all the same.
                Err(error @ Error::Provider { .. }) => untold = untold.or(Some(error)),
                Err(error) => failed = failed.or(Some(error)),
            }
        }
        match (failed, untold) {
            (Some(error), _) => Err(incomplete(total.ended, error)),
            (None, Some(error)) => Err(error),
            (None, None) => Ok(total),
        }
    }

    async fn end_all(&self, policy: &Logout) -> Result<LoggedOut, Error> {
        self.end(Whose::All, &self.passports(), policy).await
    }

    /// Ends one realm's login.
    pub(crate) async fn logout_realm(
        &self,
        attached: &Attached,
        policy: &Logout,
    ) -> Result<LoggedOut, Error> {
        if attached.foreign {
            events::refused_cross_site("logout");
            return Err(Error::CrossSite);
        }
        self.end(Whose::Of(&attached.passport), std::slice::from_ref(attached), policy).await
    }

    async fn end(
        &self,
        whose: Whose<'_>,
        passports: &[Attached],
        policy: &Logout,
    ) -> Result<LoggedOut, Error> {
        let mut core = self.lock_core().await?;
        let told = self.look_up(&mut core, whose, passports, policy).await?;
        // For the log, if it is known without asking.
        let key = core.record().and_then(|found| found.record.logins().find(|login| whose.ends(login)));
        let key: Option<Box<[u8]>> = key.map(|login| login.key.into());
        let mut done = self.end_sessions(&mut core, whose, passports, policy).await?;
        // Hooks may use the session.
        drop(core);
        let realm = if let Whose::Of(passport) = whose { Some(passport.realm()) } else { None };
        events::logged_out(realm, key.as_deref(), policy.scope, &done, &self.client());
        done.next = tell(told, policy).await?;
        Ok(done)
    }

    pub(super) async fn end_here(
        &self,
        core: &mut Core,
        whose: Whose<'_>,
        policy: &Logout,
    ) -> Result<LoggedOut, Error> {
        core.memos.doubt(whose.kind());
        let done = self.end_record(core, whose, policy.keep).await?;
        core.clear = core.clear.max(policy.clear);
        match whose {
            Whose::Of(passport) => core.memos.logged_out(passport.user(), passport.realm()),
            Whose::All => core.memos.forget_all(),
        }
        Ok(done)
    }

    /// Finds out whom the logout ends, if somebody wants to be told.
    async fn look_up(
        &self,
        core: &mut Core,
        whose: Whose<'_>,
        passports: &[Attached],
        policy: &Logout,
    ) -> Result<Vec<(Arc<dyn AnyPassport>, EndedLogin)>, Error> {
        let listening: Vec<_> =
            passports.iter().filter(|attached| attached.passport.listens(policy.provider)).collect();
        if listening.is_empty() {
            return Ok(Vec::new());
        }
        let client = self.client();
        let Some(found) = core.load(&self.0).await? else { return Ok(Vec::new()) };
        let told = listening.into_iter().filter_map(|attached| {
            let login = found.record.login(attached.passport.realm()).filter(|login| whose.ends(login))?;
            let ended = EndedLogin {
                realm: attached.passport.realm(),
                strategy: login.strategy.as_str().into(),
                at: login.at,
                key: login.key.into(),
                scope: policy.scope,
                client: client.clone(),
            };
            Some((Arc::clone(&attached.passport), ended))
        });
        Ok(told.collect())
    }

    /// What the state machine calls logout: rotate without the login while somebody else is logged in or data is
    /// to stay, delete otherwise.
    async fn end_record(&self, core: &mut Core, whose: Whose<'_>, keep: Keep) -> Result<LoggedOut, Error> {
        if matches!((whose, keep), (Whose::All, Keep::Nothing)) {
            return core.destroy(&self.0).await.map(destroyed);
        }
        let found = core.load(&self.0).await?;
        let ends = |login: &Login<'_>| whose.ends(login);
        let (was, others) = found.map_or((false, false), |found| {
            (
                found.record.logins().any(|login| ends(&login)),
                found.record.logins().any(|login| !ends(&login)),
            )
        });
        if others && !was {
            return Ok(LoggedOut::default());
        }
        let has_data =
            found.is_some_and(|found| found.record.entries().next().is_some() || self.has_gathered());
        let moved = match keep {
            Keep::Nothing if others => core.rotate(&self.0, &|old, _| old.without_logins(ends)).await?,
            Keep::Data if others || has_data => {
                core.rotate(&self.0, &|old, changes| old.without_logins_keeping_data(ends, changes)).await?
            }
            Keep::DataAndId if others || has_data => {
                core.write(&self.0, &|old, changes| old.without_logins_keeping_data(ends, changes)).await?
            }
            _ => false,
        };
        if moved {
            return Ok(LoggedOut { ended: u64::from(was), ..LoggedOut::default() });
        }
        // Of a visitor without a session, what was gathered is all the data there is.
        let _kept = (keep != Keep::Nothing && core.is_absent()).then(|| Taken::from(&self.0.gathered));
        core.destroy(&self.0).await.map(destroyed)
    }

    /// Ends the logins of users that are gone, or are not who they were, as the default logout would; but never a
    /// newer login that was made in this browser meanwhile: nobody asked for that.
    pub(super) async fn end_stale(&self, core: &mut Core) -> Result<(), Error> {
        for stale in core.memos.take_stale() {
            let found = core.load(&self.0).await?;
            let others = found.is_some_and(|found| found.record.logins().any(|login| login.realm != stale));
            let without = |old: &Record, _: &_| old.without_logins(|login| login.realm == stale);
            if others {
                core.rotate(&self.0, &without).await?;
            } else if core.record().is_some() && core.write(&self.0, &without).await? {
                // `delete` would follow a rotation; of a record without a login it does not.
                core.destroy(&self.0).await?;
            }
        }
        Ok(())
    }

    /// The public name of this session, if there is one: no secret, and no use as a cookie. It is what
    /// [`Auth::sessions`](crate::Auth::sessions) lists and [`Auth::end_session`](crate::Auth::end_session) takes.
    ///
    /// # Errors
    ///
    /// If the store cannot be asked.
    pub async fn handle(&self) -> Result<Option<crate::Handle>, Error> {
        let mut core = self.lock_core().await?;
        Ok(core.load(&self.0).await?.map(|found| found.record.handle()))
    }
}

/// Tells everybody, also if one of them fails: where the browser should go next.
async fn tell(told: Vec<(Arc<dyn AnyPassport>, EndedLogin)>, policy: &Logout) -> Result<Option<Uri>, Error> {
    let (mut to, mut failed) = (None, None);
    // The login that the provider knows of stays, if only the user's others end.
    let provider = if policy.scope == Scope::Others { Provider::Untold } else { policy.provider };
    for (passport, login) in told {
        match passport.ended(&login, provider).await {
            Ok(next) => to = to.or(next),
            Err(error) => failed = failed.or(Some(error)),
        }
    }
    failed.map_or(Ok(to), Err)
}

pub(super) fn destroyed(ended: u64) -> LoggedOut {
    LoggedOut { ended, destroyed: ended > 0, next: None }
}

/// The error of a logout that has ended so many sessions before.
pub(super) fn incomplete(ended: u64, error: Error) -> Error {
    match (ended, error) {
        (0, error) => error,
        (ended, Error::Incomplete { ended: more, source }) => {
            Error::Incomplete { ended: ended + more, source }
        }
        (ended, error) => Error::Incomplete { ended, source: Box::new(error) },
    }
}
