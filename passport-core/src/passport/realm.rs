//! What a session asks of one kind of user.

use std::{
    any::TypeId,
    future::poll_fn,
    sync::Arc,
    task::{Context, Poll},
};

use bytes::Bytes;
use http::{Response, Uri};

use super::Inner;
use crate::{
    BoxFuture, Clock, EndedLogin, Error, Fingerprint16, Login, Refusal, SessionManager, events,
    logout::Provider,
    panics::{Timed, catch_panic},
    session::AnyPassport,
    token::same16,
    user_store::Call,
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
    /// Asks the user store for the user of this key. `None`: it is of another type, as after a change of `UserStore::Key`.
    #[inline]
    pub(crate) fn find_user(&self, key: &[u8]) -> Result<Option<Finding<'_, U>>, Error> {
        let call = catch_panic("it", || self.users.find(key))?;
        if call.is_none() {
            events::key_unreadable(self.realm);
        }
        Ok(call.map(|call| Finding(Timed::new(call))))
    }

    /// What a login of this user would keep of that one's fingerprint. Panics if the application's `fingerprint` does.
    pub(crate) fn kept(&self, user: &U, key: &[u8]) -> Fingerprint16 {
        self.users.fingerprint(user).kept(self.realm, key)
    }

    /// Whether the user still is who logged in. Panics as [`kept`](Self::kept).
    pub(crate) fn is_same(&self, user: &U, login: &Login<'_>) -> bool {
        same16(&self.kept(user, login.key), &login.fingerprint)
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
        let Some(user) = poll_fn(|cx| finding.poll(self, cx)).await? else { return Ok(None) };
        catch_panic("`fingerprint`", || same(&self.kept(&user, key)).then_some(user))
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
