//! Who is let in by an extractor, which stands where a guard might.

use std::sync::Arc;

use http::Method;

use super::Session;
use crate::{Error, events, guard, passport::Inner};

impl Session {
    /// Who is logged in: [`Auth::user_or_answer`](crate::Auth::user_or_answer) for extractors, which mostly let somebody in and
    /// need nothing else. `asked` says the request's method, and whether it has an `Upgrade` header: looked at only where a
    /// foreign site made it. [`Auth::answer`](crate::Auth::answer) says what to answer to the error.
    ///
    /// # Errors
    ///
    /// [`Error::Unauthenticated`]; [`Error::CrossSite`]; those of [`auth`](Self::auth); or what kept it from finding out.
    pub async fn current_user<U: Send + Sync + 'static>(
        &self,
        asked: impl FnOnce() -> (Method, bool),
    ) -> Result<Arc<U>, Error> {
        let changes = || {
            let (method, upgrade) = asked();
            upgrade || guard::may_change(&method)
        };
        let auth;
        let (session, passport, foreign) = match self.only::<U>() {
            Some((passport, foreign)) => (self, passport, foreign),
            None => {
                auth = self.auth::<U>()?;
                (&auth.session, &*auth.passport.0, auth.foreign)
            }
        };
        session.current(passport, foreign, changes).await
    }

    /// Refuses what would change something at a foreign site's wish, unless the request itself brought the credential: the
    /// browser attached the session, not the one who made the request.
    pub(crate) async fn current<U: Send + Sync + 'static>(
        &self,
        passport: &Inner<U>,
        foreign: bool,
        changes: impl FnOnce() -> bool,
    ) -> Result<Arc<U>, Error> {
        if foreign && changes() && !Box::pin(self.is_by_request::<U>()).await.unwrap_or_default() {
            events::refused_cross_site("extractor");
            return Err(Error::CrossSite);
        }
        self.user(passport).await?.ok_or(Error::Unauthenticated)
    }
}
