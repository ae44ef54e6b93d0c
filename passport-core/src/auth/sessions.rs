//! A user's sessions, as the user sees and ends them.

use crate::{Auth, Error, Handle, LoggedOut, Owner, Passport, Scope, SessionInfo, events};

impl<U: Send + Sync + 'static> Auth<U> {
    /// The sessions in which this user is logged in, the most recent first. Empty for nobody.
    ///
    /// # Errors
    ///
    /// [`Error::NeedsStore`] for cookie-only sessions; or the store's error.
    pub async fn sessions(&self) -> Result<Vec<SessionInfo>, Error> {
        let realm = self.passport.0.realm;
        let Some(key) = self.key().await? else { return Ok(Vec::new()) };
        let own = self.session.handle().await?;
        let listed = self.passport.0.sessions.list(&Owner::new(realm, &key)).await?;
        let mut all: Vec<_> = listed
            .iter()
            .filter_map(|listed| {
                let login = listed.record.login(realm)?;
                let handle = listed.record.handle();
                Some(SessionInfo {
                    handle,
                    created: login.at,
                    last_seen: listed.life.seen,
                    strategy: login.strategy.as_str().to_owned(),
                    client: listed.record.client(),
                    current: own == Some(handle),
                })
            })
            .collect();
        all.sort_by_key(|info| std::cmp::Reverse(info.last_seen));
        Ok(all)
    }

    /// Ends this user's login in the session with this handle. Whether there was one; a session of another user
    /// counts as none.
    ///
    /// # Errors
    ///
    /// [`Error::CrossSite`] if a foreign site asked for it; or the store's error.
    pub async fn end_session(&self, handle: Handle) -> Result<bool, Error> {
        self.refuse_foreign("end_session")?;
        let Some(key) = self.key().await? else { return Ok(false) };
        if self.session.handle().await? == Some(handle) {
            return self.logout().await.map(|done| done.ended > 0);
        }
        let Passport(passport) = &self.passport;
        let ended = passport.sessions.end(&Owner::new(passport.realm, &key), handle).await?;
        if ended {
            let done = LoggedOut { ended: 1, ..LoggedOut::default() };
            events::logged_out(
                Some(passport.realm),
                Some(&key),
                Scope::Others,
                &done,
                &self.session.client(),
            );
        }
        Ok(ended)
    }

    /// Whose sessions these are: those of the user who is behind this request, by whatever credential.
    async fn key(&self) -> Result<Option<Vec<u8>>, Error> {
        let Some(user) = self.user().await? else { return Ok(None) };
        self.passport.0.users.key(&user).map(Some)
    }
}
