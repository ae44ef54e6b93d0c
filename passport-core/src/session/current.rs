//! Who is let in by an extractor, which stands where a guard might.

use std::{future::poll_fn, sync::Arc, task::Poll};

use http::Method;

use super::{Session, ask::Progress};
use crate::{Auth, Error, events, guard};

impl Session {
    /// Who is logged in: [`Auth::user_or_answer`](crate::Auth::user_or_answer) for extractors, which mostly let somebody in and
    /// need nothing else. The request's method, and whether it has an `Upgrade` header, are looked at only where a foreign site
    /// made it, or where there are several passports. [`Auth::answer`](crate::Auth::answer) says what to answer to the error.
    ///
    /// # Errors
    ///
    /// [`Error::Unauthenticated`]; [`Error::CrossSite`]; those of [`auth`](Self::auth); or what kept it from finding out.
    pub async fn current_user<U: Send + Sync + 'static>(
        &self,
        method_and_upgrade: impl FnOnce() -> (Method, bool),
    ) -> Result<Arc<U>, Error> {
        let Some(passport) = self.only::<U>().filter(|_| !self.is_foreign()) else {
            // Several passports, users of another kind, or a foreign request: rare, and kept out of every handler's future.
            let auth = self.auth::<U>()?;
            let (method, upgrade) = method_and_upgrade();
            let changes = upgrade || guard::may_change(&method);
            return Box::pin(async move { auth.current(changes).await }).await;
        };
        // As `user` does, without its future in this one; `poll_fn` lends the task's context.
        let user = match poll_fn(|cx| Poll::Ready(self.ask(passport, cx))).await? {
            Progress::Done(user) => user,
            Progress::Waiting(waiting) => waiting.await?,
        };
        user.ok_or(Error::Unauthenticated)
    }

    /// As [`current_user`](Self::current_user), for frameworks that box each extractor's future: `None` if there is something to
    /// wait for, several passports, or a foreign site that made the request. Ask when the extractor is polled, and not when it is
    /// made: those before it may log somebody in or out.
    ///
    /// # Errors
    ///
    /// As of [`current_user`](Self::current_user).
    pub fn current_user_at_once<U: Send + Sync + 'static>(&self) -> Option<Result<Arc<U>, Error>> {
        let passport = self.only::<U>().filter(|_| !self.is_foreign())?;
        let answer = match self.try_lock_core() {
            Ok(core) => core?.user_at_once(&self.0, passport),
            Err(error) => Poll::Ready(Err(error)),
        };
        match answer {
            Poll::Ready(answer) => Some(answer.and_then(|user| user.ok_or(Error::Unauthenticated))),
            Poll::Pending => None,
        }
    }

    /// Who is logged in; `None` for nobody: [`Auth::user`](crate::Auth::user) for extractors.
    ///
    /// # Errors
    ///
    /// Those of [`auth`](Self::auth); or what kept it from finding out.
    pub async fn maybe_user<U: Send + Sync + 'static>(&self) -> Result<Option<Arc<U>>, Error> {
        match self.only::<U>() {
            Some(passport) => self.user(passport).await,
            None => {
                let auth = self.auth::<U>()?;
                Box::pin(async move { auth.user().await }).await
            }
        }
    }
}

impl<U: Send + Sync + 'static> Auth<U> {
    /// Refuses what would change something at a foreign site's wish, unless the request itself brought the credential: the
    /// browser attached the session, not the one who made the request.
    pub(crate) async fn current(&self, changes: bool) -> Result<Arc<U>, Error> {
        if self.foreign && changes && !self.is_by_request().await.unwrap_or_default() {
            events::refused_cross_site("extractor");
            return Err(Error::CrossSite);
        }
        self.require_user().await
    }
}
