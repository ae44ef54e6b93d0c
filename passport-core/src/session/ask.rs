//! Who is behind this request. Mostly nothing has to be waited for: the session lies in this process, or was read already,
//! and the user is at hand.
//!
//! Then the answer is found in one call, and no future carries what finding it takes: each handler's future contains that
//! of its extractor, and is moved with it. What must wait is boxed.

use std::{
    any::TypeId,
    future::poll_fn,
    sync::Arc,
    task::{Context, Poll, ready},
};

use super::{Core, Session, State, lane::InLane};
use crate::{
    BoxFuture, Error, Login,
    passport::{Finding, Inner},
};

pub(super) type Answer<U> = Result<Option<Arc<U>>, Error>;

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
        let mut core = match self.enter_at_once() {
            Ok(Some(core)) => core,
            // Another task of this request is in there.
            Ok(None) => {
                return Progress::Waiting(Box::pin(async move {
                    let mut core = self.enter().await?;
                    match core.user_at_once(&self.0, passport) {
                        Some(answer) => answer,
                        None => Question::new(self, passport, core).answer().await,
                    }
                }));
            }
            // The answer is on its way, or two managers have one cookie.
            Err(error) => return Progress::Done(Err(error)),
        };
        if let Some(answer) = core.user_at_once(&self.0, passport) {
            return Progress::Done(answer);
        }
        let mut question = Question::new(self, passport, core);
        // The session is here: then the user store may answer at once.
        if question.core.is_loaded()
            && let Poll::Ready(answer) = question.poll(cx)
        {
            return Progress::Done(answer);
        }
        Progress::Waiting(Box::pin(question.answer()))
    }
}

impl Core {
    /// Who is logged in. `None`: the store or the user store has to be waited for.
    pub(super) fn user_at_once<U: Send + Sync + 'static>(
        &mut self,
        state: &State,
        passport: &Inner<U>,
    ) -> Option<Answer<U>> {
        if let Some(memo) = self.users.known(TypeId::of::<U>()) {
            return Some(Ok(memo.user()));
        }
        if let Err(error) = self.load_at_once(state)? {
            return Some(Err(error));
        }
        let Some(login) = self.login(passport) else { return Some(Ok(self.nobody(passport))) };
        let user = passport.at_hand(&login).transpose()?;
        Some(user.map(|user| self.named(passport, Some(user))))
    }

    /// The login to this passport's realm.
    fn login<U>(&self, passport: &Inner<U>) -> Option<Login<'_>> {
        self.record()?.record.login(passport.realm)
    }

    /// Remembers that the session names nobody.
    fn nobody<U: Send + Sync + 'static>(&mut self, passport: &Inner<U>) -> Option<Arc<U>> {
        self.users.note_nobody(passport.realm);
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

/// A question for which somebody has to be waited for.
pub(super) struct Question<'a, U> {
    session: &'a Session,
    passport: &'a Inner<U>,
    /// The user store, once it was asked. Dropped before the lane is left.
    finding: Option<Finding<'a, U>>,
    core: InLane<'a, Core>,
}

impl<'a, U: Send + Sync + 'static> Question<'a, U> {
    fn new(session: &'a Session, passport: &'a Inner<U>, core: InLane<'a, Core>) -> Self {
        Self { session, passport, core, finding: None }
    }

    /// Asks for the user also who is at hand.
    pub(super) async fn anew(
        session: &'a Session,
        passport: &'a Inner<U>,
        mut core: InLane<'a, Core>,
    ) -> Answer<U> {
        core.load(&session.0).await?;
        let mut question = Self::new(session, passport, core);
        poll_fn(|cx| question.poll(cx)).await
    }

    /// Waits for whoever has to be waited for.
    async fn answer(mut self) -> Answer<U> {
        if !self.core.is_loaded() {
            self.core.fetch(&self.session.0).await?;
            if let Some(answer) = self.core.user_at_once(&self.session.0, self.passport) {
                return answer;
            }
        }
        poll_fn(|cx| self.poll(cx)).await
    }

    /// Asks the user store whom the session names, if that one still is who it was.
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Answer<U>> {
        let Self { passport, core, finding, .. } = self;
        let Some(login) = core.login(passport) else { return Poll::Ready(Ok(core.nobody(passport))) };
        if finding.is_none() {
            *finding = passport.find_user(login.key)?;
        }
        // Who cannot be named is nobody, and the login stays: an older version of the application may still read it.
        let Some(finding) = finding else { return Poll::Ready(Ok(core.nobody(passport))) };
        let user = match ready!(finding.poll(passport, cx))? {
            Some(user) => passport.if_same(user, &login)?,
            None => None,
        };
        Poll::Ready(Ok(core.named(passport, user)))
    }
}
