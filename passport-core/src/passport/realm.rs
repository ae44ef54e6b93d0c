//! What a session asks of one kind of user.

use std::{
    any::TypeId,
    future::poll_fn,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    task::{Context, Poll},
};

use bytes::Bytes;
use http::{Response, Uri};

use super::Inner;
use crate::{
    BoxFuture, Clock, EndedLogin, Error, Fingerprint16, Login, Refusal, SessionManager, events,
    logout::Provider, panics::Timed, session::AnyPassport, token::same16, user_store::Call,
};

/// A question to the user store under way, under a deadline and safe from its panics.
pub(crate) struct Finding<'a, U>(Timed<Call<'a, U>>);

impl<U: Send + Sync + 'static> Finding<'_, U> {
    /// Must not be polled after it was ready.
    pub(crate) fn poll(
        &mut self,
        passport: &Inner<U>,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Option<Arc<U>>, Error>> {
        self.0.poll(cx, || passport.timer()).map_err(Error::User)
    }
}

impl<U: Send + Sync + 'static> Inner<U> {
    /// The login's user, if that one need not be waited for. A cache that is older than the login has not the same one.
    ///
    /// # Errors
    ///
    /// If the application's `cached_user` panics, or its `fingerprint`.
    #[inline]
    pub(crate) fn at_hand(&self, login: &Login<'_>) -> Result<Option<Arc<U>>, Error> {
        let cached = catch_unwind(AssertUnwindSafe(|| self.users.cached(login.key)));
        match cached.map_err(|_| Error::User("`cached_user` panicked".into()))? {
            Some(user) => self.if_same(user, login),
            None => Ok(None),
        }
    }

    /// The user, if it still is who logged in.
    pub(crate) fn if_same(&self, user: Arc<U>, login: &Login<'_>) -> Result<Option<Arc<U>>, Error> {
        self.if_unchanged(user, login.key, |kept| same16(kept, &login.fingerprint))
    }

    /// Asks the user store for the user of this key. `None`: it is of another type, as after a change of `UserStore::Key`.
    #[inline]
    pub(crate) fn find_user(&self, key: &[u8]) -> Result<Option<Finding<'_, U>>, Error> {
        let call = catch_unwind(AssertUnwindSafe(|| self.users.find(key)));
        let call = call.map_err(|_| Error::User("it panicked".into()))?;
        if call.is_none() {
            events::key_unreadable(self.realm);
        }
        Ok(call.map(|call| Finding(Timed::new(call))))
    }

    /// The user, if it still is the one whose fingerprint a login has kept.
    ///
    /// # Errors
    ///
    /// If the application's `fingerprint` panics: nobody can say, then.
    fn if_unchanged(
        &self,
        user: Arc<U>,
        key: &[u8],
        same: impl FnOnce(&Fingerprint16) -> bool,
    ) -> Result<Option<Arc<U>>, Error> {
        let kept = catch_unwind(AssertUnwindSafe(|| self.users.fingerprint(&user).kept(self.realm, key)));
        let kept = kept.map_err(|_| Error::User("`fingerprint` panicked".into()))?;
        Ok(same(&kept).then_some(user))
    }

    /// The login's user, if it still is who it was.
    pub(crate) fn alive<'a>(
        &'a self,
        login: Login<'a>,
    ) -> impl Future<Output = Result<Option<Arc<U>>, Error>> + Send + use<'a, U> {
        self.recall(login.key, move |kept| same16(kept, &login.fingerprint))
    }

    /// The user of this key, if what a login would keep of that one's fingerprint still is the same.
    pub(crate) async fn recall(
        &self,
        key: &[u8],
        same: impl Fn(&Fingerprint16) -> bool + Send,
    ) -> Result<Option<Arc<U>>, Error> {
        let Some(mut finding) = self.find_user(key)? else { return Ok(None) };
        match poll_fn(|cx| finding.poll(self, cx)).await? {
            Some(user) => self.if_unchanged(user, key, same),
            None => Ok(None),
        }
    }
}

impl<U: Send + Sync + 'static> AnyPassport for Inner<U> {
    fn realm(&self) -> &'static str {
        self.realm
    }

    fn user(&self) -> TypeId {
        TypeId::of::<U>()
    }

    fn manager(&self) -> &Arc<dyn SessionManager> {
        &self.sessions
    }

    fn clock(&self) -> &Arc<dyn Clock> {
        Inner::clock(self)
    }

    fn listens(&self, provider: Provider) -> bool {
        let told = provider != Provider::Untold
            && self.strategies.iter().any(|(_, strategy)| strategy.wants_logout());
        told || self.hooks.iter().any(|hooks| hooks.wants_logouts())
    }

    fn ended<'a>(
        &'a self,
        login: &'a EndedLogin,
        provider: Provider,
    ) -> BoxFuture<'a, Result<Option<Uri>, Error>> {
        Box::pin(async move {
            for hooks in &self.hooks {
                events::hook_result("after_logout", self.timed(hooks.after_logout(login)).await);
            }
            let made_by = self.strategies.iter().find(|(name, _)| *name == login.strategy());
            let Some((name, strategy)) = made_by.filter(|_| provider != Provider::Untold) else {
                return Ok(None);
            };
            match self.timed(strategy.logout(login)).await {
                Ok(told) => Ok(told.next),
                Err(source) => {
                    let error = Error::Provider { name, source };
                    if provider == Provider::Required {
                        return Err(error);
                    }
                    events::ignored("telling the provider of a logout", &error);
                    Ok(None)
                }
            }
        })
    }

    fn is_alive<'a>(&'a self, login: Login<'a>) -> BoxFuture<'a, Result<bool, Error>> {
        let alive = self.alive(login);
        Box::pin(async move { Ok(alive.await?.is_some()) })
    }

    fn render(&self, refusal: &Refusal, json: bool) -> Response<Bytes> {
        self.rendered(refusal, json)
    }
}
