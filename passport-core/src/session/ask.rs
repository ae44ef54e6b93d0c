//! Who is behind this request, where somebody may have to be waited for: the store, the user store, or another task of this request.
//!
//! A question is polled once before anything is boxed: each handler's future contains that of its extractor, and is moved with it. What
//! must wait is boxed.

use std::{
    future::poll_fn,
    sync::Arc,
    task::{Context, Poll, ready},
};

use super::{Core, Session, async_mutex::AsyncMutexGuard};
use crate::{
    BoxFuture, Error,
    panics::catch_panic,
    passport::{Finding, Inner},
};

pub(super) type Answer<U> = Result<Option<Arc<U>>, Error>;

/// How far a question came in one call.
pub(super) enum Progress<'a, U> {
    Done(Option<Arc<U>>),
    /// What goes on from there.
    Waiting(BoxFuture<'a, Answer<U>>),
}

impl Session {
    /// Who is logged in; `None` for nobody. Asks the store and the user store once.
    pub(crate) async fn user<U: Send + Sync + 'static>(&self, passport: &Inner<U>) -> Answer<U> {
        match poll_fn(|cx| Poll::Ready(self.ask(passport, cx))).await? {
            Progress::Done(user) => Ok(user),
            Progress::Waiting(waiting) => waiting.await,
        }
    }
}

/// A question for which somebody has to be waited for.
pub(super) struct Question<'a, U> {
    session: &'a Session,
    passport: &'a Inner<U>,
    /// The user store, once it was asked. Dropped before the core is unlocked.
    finding: Option<Finding<'a, U>>,
    core: AsyncMutexGuard<'a, Core>,
}

impl<'a, U: Send + Sync + 'static> Question<'a, U> {
    pub(super) fn new(session: &'a Session, passport: &'a Inner<U>, core: AsyncMutexGuard<'a, Core>) -> Self {
        Self { session, passport, core, finding: None }
    }

    /// Asks who is not at hand.
    pub(super) fn ask(mut self, cx: &mut Context<'_>) -> Result<Progress<'a, U>, Error> {
        // The session is here: then the user store may answer at once.
        if self.core.is_loaded()
            && let Poll::Ready(answer) = self.poll(cx)
        {
            return answer.map(Progress::Done);
        }
        Ok(Progress::Waiting(Box::pin(self.answer())))
    }

    /// Asks when the other tasks of this request have unlocked the core.
    pub(super) fn after_others(session: &'a Session, passport: &'a Inner<U>) -> Progress<'a, U> {
        Progress::Waiting(Box::pin(async move {
            let mut core = session.lock_core().await?;
            match core.user_at_once(&session.0, passport) {
                Poll::Ready(answer) => answer,
                Poll::Pending => Self::new(session, passport, core).answer().await,
            }
        }))
    }

    /// Asks for the user also who is at hand.
    pub(super) async fn anew(
        session: &'a Session,
        passport: &'a Inner<U>,
        mut core: AsyncMutexGuard<'a, Core>,
    ) -> Answer<U> {
        core.load(&session.0).await?;
        let mut question = Self::new(session, passport, core);
        poll_fn(|cx| question.poll(cx)).await
    }

    /// Waits for whoever has to be waited for.
    async fn answer(mut self) -> Answer<U> {
        if !self.core.is_loaded() {
            self.core.fetch(&self.session.0).await?;
            if let Poll::Ready(answer) = self.core.user_at_once(&self.session.0, self.passport) {
                return answer;
            }
        }
        poll_fn(|cx| self.poll(cx)).await
    }

    /// Asks the user store whom the session names, if that one still is who it was.
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Answer<U>> {
        let Self { passport, core, finding, .. } = self;
        let login = core.login(passport);
        if let (Some(login), None) = (&login, &finding) {
            *finding = passport.find_user(login.key)?;
        }
        // Who cannot be named is nobody, and the login stays: an older version of the application may still read it.
        let (Some(login), Some(finding)) = (login, finding) else {
            core.remember_nobody(passport);
            return Poll::Ready(Ok(None));
        };
        let user = match ready!(finding.poll(passport, cx))? {
            Some(user) => catch_panic("`fingerprint`", || passport.is_same(&user, &login).then_some(user))?,
            None => None,
        };
        match &user {
            Some(user) => core.remember_user(passport, user),
            None => core.remember_gone(passport),
        }
        Poll::Ready(Ok(user))
    }
}
