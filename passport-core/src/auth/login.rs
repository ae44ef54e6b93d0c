//! Logging in: hooks, the key, the write, the tale.

use std::{any::TypeId, sync::Arc, time::Duration};

use crate::{
    Auth, Client, Error, Fingerprint, IntoSuccess, LoginEvent, LoginRefused, Message, NewLogin,
    SessionManager, Success, events, record::Changes, session::LoginWrite,
};

/// The name that a login has which a handler made itself.
const BY_HANDLER: &str = "login";

impl<U: Send + Sync + 'static> Auth<U> {
    /// Logs a user in: at once, under a new session id. Takes a `U`, an `Arc<U>`, or what a strategy found.
    ///
    /// # Errors
    ///
    /// [`Error::CrossSite`] if a foreign site asked for it; [`Error::Refused`] by a hook; or a store's error: then
    /// nobody is logged in.
    #[must_use = "a login that fails has logged nobody in: answer its error, `auth.login(user).await?`"]
    pub async fn login(&self, user: impl IntoSuccess<U>) -> Result<(), Error> {
        // Every handler that logs somebody in holds this future, and is moved: what it takes lies in a box.
        Box::pin(self.login_with(user.into_success(), None)).await
    }

    /// Writes the same user again after a change that ends sessions: new fingerprint, new id; the time of login stays,
    /// and no hook is called. End the others with [`Logout::others`](crate::Logout::others) beside it.
    ///
    /// # Errors
    ///
    /// [`Error::Unauthenticated`] or [`Error::Ended`] if it is not this user who is logged in.
    pub async fn refresh(&self, user: impl Into<Arc<U>>) -> Result<(), Error> {
        self.refuse_foreign("refresh")?;
        let user = user.into();
        let login = self.new_login(&*self.passport.0.sessions, BY_HANDLER, &user, None)?;
        let write = LoginWrite {
            kind: TypeId::of::<U>(),
            user,
            login: &login,
            client: &Client::new(),
            after: Changes::default(),
        };
        self.session.write_refresh(write).await
    }

    pub(crate) async fn login_with(
        &self,
        success: Success<U>,
        message: Option<&Message>,
    ) -> Result<(), Error> {
        self.refuse_foreign("login")?;
        let event = self.admitted(&success).await?;
        let login =
            self.new_login(&*self.passport.0.sessions, event.strategy, &success.user, success.remember)?;
        let after =
            message.map(|message| self.session.message_change(message)).transpose()?.unwrap_or_default();
        let write = LoginWrite {
            kind: TypeId::of::<U>(),
            user: success.user,
            login: &login,
            client: &event.client,
            after,
        };
        self.session.write_login(&write).await?;
        match success.info {
            Some(info) => self.session.set_info(TypeId::of::<U>(), info),
            None => self.session.forget_info(TypeId::of::<U>()),
        }
        self.tell_of_login(&event, &login.key).await;
        Ok(())
    }

    /// Asks the hooks that may refuse a login.
    pub(crate) async fn admitted(&self, success: &Success<U>) -> Result<LoginEvent<U>, Error> {
        let event = LoginEvent {
            user: Arc::clone(&success.user),
            realm: self.passport.0.realm,
            strategy: success.strategy.unwrap_or(BY_HANDLER),
            client: self.session.client(),
        };
        for hooks in &self.passport.0.hooks {
            let judged = async { Ok(hooks.before_login(&event).await) };
            let verdict = self.passport.0.timed(judged).await.unwrap_or_else(|error| {
                events::hook_result("before_login", Err(error));
                Err(LoginRefused::because("the login could not be checked"))
            });
            if let Err(refused) = verdict {
                events::login_refused(event.realm, event.strategy, &event.client);
                return Err(Error::Refused(refused.0));
            }
        }
        Ok(event)
    }

    /// Tells the log and the hooks of a login that is in the store.
    pub(crate) async fn tell_of_login(&self, event: &LoginEvent<U>, key: &[u8]) {
        events::logged_in(event.realm, event.strategy, key, &event.client);
        for hooks in &self.passport.0.hooks {
            events::hook_result("after_login", self.passport.0.timed(hooks.after_login(event)).await);
        }
    }

    /// A login as these sessions keep it.
    pub(crate) fn new_login(
        &self,
        sessions: &dyn SessionManager,
        strategy: &'static str,
        user: &U,
        remember: Option<Duration>,
    ) -> Result<NewLogin, Error> {
        let inner = &self.passport.0;
        let key = inner.users.key(user)?;
        let fingerprint: Fingerprint = inner.users.fingerprint(user);
        let lifetime = sessions.lifetime(remember);
        let at = sessions.clock().now();
        Ok(NewLogin {
            realm: inner.realm,
            strategy,
            at,
            until: at.plus(lifetime.absolute),
            idle: lifetime.idle,
            remembered: remember.is_some(),
            fingerprint: fingerprint.kept(inner.realm, &key),
            key,
        })
    }
}
