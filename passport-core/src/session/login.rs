//! Putting a login into the session: at once, and under a new id.

use std::{
    any::{Any, TypeId},
    sync::Arc,
};

use super::{Core, Session};
use crate::{Client, Error, Found, NewLogin, Record, record::Changes};

/// A login that has been allowed, ready to be written.
pub(crate) struct LoginWrite<'a> {
    pub(crate) kind: TypeId,
    pub(crate) user: Arc<dyn Any + Send + Sync>,
    pub(crate) login: &'a NewLogin,
    pub(crate) client: &'a Client,
    /// For the one who is logged in now: written with the login, whoever was there before.
    pub(crate) after: Changes,
}

impl Session {
    pub(crate) async fn write_login(&self, write: &LoginWrite<'_>) -> Result<(), Error> {
        let mut core = self.lock_core().await?;
        match self.put_login(&mut core, write, true).await {
            // The visitor's data is too much: then it stays behind, rather than keeping its owner out. What a record may hold is known
            // here; what a session that is sealed in its cookie may, only its manager says.
            Err(Error::TooLarge(_)) => Box::pin(self.put_login(&mut core, write, false)).await?,
            other => other?,
        }
        core.memos.take_stale();
        core.memos.logged_in(write.kind, write.user.clone(), write.login.realm);
        Ok(())
    }

    /// One attempt, under a new id: with the visitor's data, or without it.
    async fn put_login(&self, core: &mut Core, write: &LoginWrite<'_>, with_data: bool) -> Result<(), Error> {
        let LoginWrite { login, client, after, .. } = write;
        let before = core.load(&self.0).await?.map(|found| found.record.clone());
        // Other realms' users who are gone end with this very write, or it would be the end of the request that takes the
        // data away, what comes after the login too.
        let gone: Vec<_> = core.memos.stale().iter().copied().filter(|realm| *realm != login.realm).collect();
        let edit = |old: &Record, changes: &Changes| {
            if with_data && gone.is_empty() {
                return old.with_login(login, client, changes, after);
            }
            let ends = |realm: &str| realm == login.realm || gone.contains(&realm);
            let left = old.without_logins(|old| ends(old.realm.as_str()))?;
            left.with_login(login, client, &Changes::default(), after)
        };
        let own = before.as_ref().is_none_or(|before| before.data_moves_to(login));
        let mut rotated = core.rotate(&self.0, &edit).await?;
        if !rotated && before.is_some() && core.look_again(&self.0).await? {
            // It lives by another realm's login, and somebody who was logged in beside has been ended in it meanwhile. The id that the
            // browser holds must not outlive this login.
            core.memos.doubt(None);
            if !own {
                self.0.drop_gathered();
            }
            rotated = core.rotate(&self.0, &edit).await?;
        }
        if !rotated {
            // Nothing there, or ended meanwhile: afresh, and without what was gathered in somebody else's session.
            let fresh = |empty: &Record, changes: &Changes| match own {
                true => edit(empty, changes),
                false => edit(empty, &Changes::default()),
            };
            core.create_filled(&self.0, &fresh).await?;
        }
        Ok(())
    }

    /// Writes another fingerprint for the user who is logged in, under a new id.
    pub(crate) async fn write_refresh(&self, write: LoginWrite<'_>) -> Result<(), Error> {
        let LoginWrite { kind, user, login, .. } = write;
        let mut core = self.lock_core().await?;
        let same_user =
            |found: &Found| found.record.login(login.realm).is_some_and(|old| old.key == login.key);
        if !core.load(&self.0).await?.is_some_and(same_user) {
            return Err(if core.is_absent() { Error::Unauthenticated } else { Error::Ended });
        }
        if core.rotate(&self.0, &|old, changes| old.with_refreshed(login, changes)).await? {
            core.memos.logged_in(kind, user, login.realm);
            return Ok(());
        }
        self.0.drop_gathered();
        Err(Error::Ended)
    }

    /// When the user of this realm logged in, by a login in the session.
    pub(crate) async fn logged_in_at(&self, realm: &str) -> Result<Option<crate::Timestamp>, Error> {
        let mut core = self.lock_core().await?;
        Ok(core.load(&self.0).await?.and_then(|found| found.record.login(realm)).map(|login| login.at))
    }
}
