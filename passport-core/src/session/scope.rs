//! Ending a user's sessions here and elsewhere, as the scope of a logout says.

use std::sync::Arc;

use super::{
    AnyPassport, Attached, Core, Session,
    logout::{Whose, destroyed, incomplete},
};
use crate::{Error, LoggedOut, Logout, Owner, Scope, logout::Keep};

impl Session {
    /// Ends what the policy's scope says.
    pub(super) async fn end_sessions(
        &self,
        core: &mut Core,
        whose: Whose<'_>,
        passports: &[Attached],
        policy: &Logout,
    ) -> Result<LoggedOut, Error> {
        if matches!((policy.scope, policy.keep), (Scope::Everywhere, Keep::Nothing))
            && let Some(owner) = self.only_owner(core, whose, passports).await?
        {
            // Nothing is left of this session then.
            core.memos.doubt(None);
            let ended = core.destroy_everywhere(&self.0, &owner).await?;
            core.clear = core.clear.max(policy.clear);
            return Ok(destroyed(ended));
        }
        let mut elsewhere = 0;
        if policy.scope != Scope::Here {
            for attached in passports {
                let ended = self.end_elsewhere(core, &attached.passport).await;
                elsewhere += ended.map_err(|error| incomplete(elsewhere, error))?;
            }
        }
        // Whose the others are is not to be found out any more, or never was: that must not pass for "everywhere".
        let unknown = match policy.scope {
            Scope::Here => None,
            _ if core.is_gone() => Some(Error::Ended),
            _ if !self.0.brought.strays().is_empty() => Some(Error::TooManyCookies),
            _ => None,
        };
        let mut done = LoggedOut::default();
        if policy.scope != Scope::Others {
            done = self.end_here(core, whose, policy).await.map_err(|error| incomplete(elsewhere, error))?;
        }
        done.ended += elsewhere;
        let ended = done.ended;
        unknown.map_or(Ok(done), |error| Err(incomplete(ended, error)))
    }

    /// Whose this session is, if it has one login, and that is to end.
    async fn only_owner(
        &self,
        core: &mut Core,
        whose: Whose<'_>,
        passports: &[Attached],
    ) -> Result<Option<Owner>, Error> {
        let Some(found) = core.load(&self.0).await? else { return Ok(None) };
        let mut logins = found.record.logins();
        let (Some(login), None) = (logins.next(), logins.next()) else { return Ok(None) };
        let attached = passports.iter().find(|attached| login.realm == attached.passport.realm());
        match attached {
            Some(attached) if whose.ends(&login) && attached.passport.is_alive(login).await? => {
                Ok(Some(login.owner()))
            }
            _ => Ok(None),
        }
    }

    /// Ends this realm's user in all other sessions. How many that were.
    async fn end_elsewhere(&self, core: &mut Core, passport: &Arc<dyn AnyPassport>) -> Result<u64, Error> {
        let login = core.load(&self.0).await?.and_then(|found| found.record.login(passport.realm()));
        let owner = match login {
            // A session whose user has changed since has no say in that user's others.
            Some(login) if passport.is_alive(login).await? => login.owner(),
            _ => return Ok(0),
        };
        self.manager().delete_all(&owner, core.token()).await
    }
}
