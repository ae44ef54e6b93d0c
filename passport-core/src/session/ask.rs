//! Who is behind this request.

use std::{any::TypeId, sync::Arc, task::Poll};

use super::{Core, Session, lane::InLane};
use crate::{Error, Login, passport::Inner, token::same16};

type Answer<U> = Result<Option<Arc<U>>, Error>;

impl Session {
    /// Who is logged in; `None` for nobody. Asks the store and the user store once.
    pub(crate) async fn user<U: Send + Sync + 'static>(&self, passport: &Inner<U>) -> Answer<U> {
        match self.user_at_once(passport) {
            Poll::Ready(answer) => answer,
            // Each handler's future contains that of its extractor, and is moved with it.
            Poll::Pending => Box::pin(self.wait_for_user(passport)).await,
        }
    }

    /// Who is logged in, if nobody has to be waited for: the session lies in this process, or was read already, and the user
    /// is at hand.
    ///
    /// `Pending` only says that somebody has to be waited for: nobody is going to wake the task.
    pub(super) fn user_at_once<U: Send + Sync + 'static>(&self, passport: &Inner<U>) -> Poll<Answer<U>> {
        // Or another task of this request is in there.
        let Some(mut core) = self.try_enter()? else { return Poll::Pending };
        if let Some(memo) = core.users.known(TypeId::of::<U>()) {
            return Poll::Ready(Ok(memo.user()));
        }
        let Some(loaded) = core.load_at_once(&self.0) else { return Poll::Pending };
        loaded?;
        let Some(login) = core.login(passport) else { return Poll::Ready(Ok(core.nobody::<U>())) };
        let Some(user) = passport.cached_user(login.key)? else { return Poll::Pending };
        let user = passport.if_unchanged(user, login.key, |kept| same16(kept, &login.fingerprint))?;
        Poll::Ready(Ok(core.named(passport, user)))
    }

    /// Who is logged in, if somebody has to be waited for.
    pub(super) async fn wait_for_user<U: Send + Sync + 'static>(&self, passport: &Inner<U>) -> Answer<U> {
        self.find_in(self.enter().await?, passport, false).await
    }

    /// The same, by whoever is in the lane. `anew`: asks for the user also who is at hand.
    pub(super) async fn find_in<U: Send + Sync + 'static>(
        &self,
        mut core: InLane<'_, Core>,
        passport: &Inner<U>,
        anew: bool,
    ) -> Answer<U> {
        // Whoever was in the lane may have found it, or a credential in the request said it.
        if let Some(memo) = core.users.known(TypeId::of::<U>()) {
            return Ok(memo.user());
        }
        core.load(&self.0).await?;
        let Some(login) = core.login(passport) else { return Ok(core.nobody::<U>()) };
        let cached = if anew { None } else { passport.cached_user(login.key)? };
        let found = match cached {
            Some(user) => Some(user),
            None => match passport.find_user(login.key)? {
                Some(finding) => passport.found(finding).await?,
                // Who cannot be named is nobody, and the login stays: an older version of the application may still read it.
                None => return Ok(core.nobody::<U>()),
            },
        };
        let same = |kept: &_| same16(kept, &login.fingerprint);
        let user = found.map(|user| passport.if_unchanged(user, login.key, same)).transpose()?.flatten();
        Ok(core.named(passport, user))
    }
}

impl Core {
    /// The login to this passport's realm.
    fn login<U>(&self, passport: &Inner<U>) -> Option<Login<'_>> {
        self.record()?.record.login(passport.realm)
    }

    /// Remembers that the session names nobody.
    fn nobody<U: Send + Sync + 'static>(&mut self) -> Option<Arc<U>> {
        self.users.remember_by_session(TypeId::of::<U>(), None);
        None
    }

    /// Remembers whom the session names; `None` if that one is gone, or is not who it was: then the request's end logs it out.
    fn named<U: Send + Sync + 'static>(
        &mut self,
        passport: &Inner<U>,
        user: Option<Arc<U>>,
    ) -> Option<Arc<U>> {
        self.users.note_whether_there(passport.realm, user.is_some());
        self.users.remember_by_session(TypeId::of::<U>(), user.clone().map(|user| user as _));
        user
    }
}
