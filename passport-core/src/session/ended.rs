//! Waiting for the end of a session: for WebSockets and streams.

use std::{future::poll_fn, pin::pin, task::Poll, time::Duration};

use super::Session;
use crate::{Error, Lookup, Owner, Token};

/// How often the store and the user store are asked.
const EVERY: Duration = Duration::from_secs(1);

impl Session {
    /// Resolves when this session's id stops being live, or one of its users may no longer be logged in: by
    /// any logout, by its handle, by a password change, by another login, by expiry. Also after the request
    /// has been answered. Asks at most once a second and extends nothing. Without a session it resolves at once.
    ///
    /// A store that cannot be reached ends nothing: it is asked again.
    pub fn ended(&self) -> impl Future<Output = ()> + Send + use<> {
        let session = self.clone();
        // Whoever is logged in when this is called: what ends before the first poll has ended all the same.
        let mut logins = None;
        if let Some(core) = self.0.core.try_lock() {
            logins = core.record().map(|found| found.record.owners().collect());
        }
        async move { session.until_ended(logins).await }
    }

    async fn until_ended(&self, mut logins: Option<Vec<Owner>>) {
        let Some(token) = self.current_token().await else { return };
        let mut told = false;
        loop {
            let looked = self.look(&token, &mut logins).await;
            if let Ok(false) = looked {
                return;
            }
            // A store that goes on telling of an end which nobody can see would be asked without a pause.
            told = self.wait(&token, looked.is_ok() && !told).await;
        }
    }

    async fn current_token(&self) -> Option<Token> {
        let core = match self.0.core.try_lock() {
            Some(core) => core,
            None => self.wait_for_core().await.ok()?,
        };
        core.token().cloned()
    }

    /// Whether it is live, with every login it had when it was first looked at.
    async fn look(&self, token: &Token, logins: &mut Option<Vec<Owner>>) -> Result<bool, Error> {
        let Lookup::Found(found) = self.manager().load(token).await? else { return Ok(false) };
        let now: Vec<Owner> = found.record.owners().collect();
        if !logins.get_or_insert_with(|| now.clone()).iter().all(|owner| now.contains(owner)) {
            return Ok(false);
        }
        for attached in self.passports() {
            if let Some(login) = found.record.login(attached.passport.realm())
                && !attached.passport.is_alive(login).await?
            {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// A second, or less if `listens` and the store says that something happened: whether it did.
    async fn wait(&self, token: &Token, listens: bool) -> bool {
        let mut second = self.manager().clock().sleep(EVERY);
        let told = if listens { self.manager().ended(token) } else { None };
        let Some(told) = told else {
            second.await;
            return false;
        };
        let mut told = pin!(told);
        poll_fn(|cx| match told.as_mut().poll(cx) {
            Poll::Ready(()) => Poll::Ready(true),
            Poll::Pending => second.as_mut().poll(cx).map(|()| false),
        })
        .await
    }
}
