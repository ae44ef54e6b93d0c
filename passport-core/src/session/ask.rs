//! Who is behind this request. Mostly nothing has to be waited for: the session lies in this process, or was read
//! already, and the user is in a cache.
//!
//! Then the answer is found in one call, and no future carries what finding it takes: each handler's future contains that
//! of its extractor, and is moved with it. What must wait is boxed.

use std::{
    any::TypeId,
    future::poll_fn,
    sync::Arc,
    task::{Context, Poll, ready},
};

use super::{Core, Session, lane::InLane};
use crate::{
    BoxFuture, Error,
    passport::{Finding, Inner},
    token::same16,
};

type Answer<U> = Result<Option<Arc<U>>, Error>;

/// How far a question came in one call.
pub(super) enum Progress<'a, U> {
    Done(Answer<U>),
    /// What goes on from there.
    Waiting(BoxFuture<'a, Answer<U>>),
}

impl Session {
    /// Who is logged in; `None` for nobody. Asks the store and the user store once.
    pub(crate) async fn user<U: Send + Sync + 'static>(&self, passport: &Inner<U>) -> Answer<U> {
        match poll_fn(|cx| Poll::Ready(self.ask(passport, cx))).await {
            Progress::Done(answer) => answer,
            Progress::Waiting(waiting) => waiting.await,
        }
    }

    /// Asks, as far as nothing has to be waited for.
    pub(super) fn ask<'a, U: Send + Sync + 'static>(
        &'a self,
        passport: &'a Inner<U>,
        cx: &mut Context<'_>,
    ) -> Progress<'a, U> {
        let in_lane = |core| Question { session: self, passport, core, finding: None };
        match self.try_enter() {
            // The answer is on its way, or two managers have one cookie.
            Err(error) => Progress::Done(Err(error)),
            Ok(Some(core)) => {
                let mut question = in_lane(core);
                match question.poll(cx) {
                    Poll::Ready(answer) => Progress::Done(answer),
                    Poll::Pending => Progress::Waiting(Box::pin(question.wait())),
                }
            }
            // Another task of this request is in there.
            Ok(None) => Progress::Waiting(Box::pin(async move { in_lane(self.enter().await?).wait().await })),
        }
    }
}

/// A question under way.
struct Question<'a, U> {
    session: &'a Session,
    passport: &'a Inner<U>,
    core: InLane<'a, Core>,
    /// The user store, once it was asked.
    finding: Option<Finding<'a, U>>,
}

impl<U: Send + Sync + 'static> Question<'_, U> {
    /// Goes on until something has to be waited for.
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Answer<U>> {
        let kind = TypeId::of::<U>();
        // Not again while the user store is waited for.
        if self.finding.is_none() {
            if let Some(memo) = self.core.users.known(kind) {
                return Poll::Ready(Ok(memo.user()));
            }
            // Pending, though nobody wakes it: `ask` goes on with `wait`, which loads before it polls again.
            let Some(loaded) = self.core.load_at_once(&self.session.0) else { return Poll::Pending };
            loaded?;
        }
        let user = ready!(self.find_user(cx))?;
        self.core.users.remember_by_session(kind, user.clone().map(|user| user as _));
        Poll::Ready(Ok(user))
    }

    /// Whom the session names, if that one still is who it was.
    fn find_user(&mut self, cx: &mut Context<'_>) -> Poll<Answer<U>> {
        let Self { passport, core, finding, .. } = self;
        let Some(login) = core.record().and_then(|found| found.record.login(passport.realm)) else {
            return Poll::Ready(Ok(None));
        };
        if finding.is_none() {
            *finding = passport.find_user(login.key)?;
        }
        // Who cannot be named is nobody, and the login stays: an older version of the application may still read it.
        let Some(finding) = finding else { return Poll::Ready(Ok(None)) };
        let user = ready!(finding.poll(passport, cx))?;
        let user = passport.if_unchanged(user, login.key, |kept| same16(kept, &login.fingerprint))?;
        core.users.note_whether_there(passport.realm, user.is_some());
        Poll::Ready(Ok(user))
    }

    /// Goes on to the end.
    async fn wait(mut self) -> Answer<U> {
        // Whoever was in the lane may have found it, or a credential in the request said it. What is loaded already is not
        // loaded again.
        if self.core.users.known(TypeId::of::<U>()).is_none() {
            self.core.load_waiting(&self.session.0).await?;
        }
        poll_fn(|cx| self.poll(cx)).await
    }
}
