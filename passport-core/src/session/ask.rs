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

/// What a question came to.
pub(super) enum Asked<'a, U> {
    Answer(Answer<U>),
    /// What finds it.
    Waiting(BoxFuture<'a, Answer<U>>),
}

impl Session {
    /// Who is logged in; `None` for nobody. Asks the store and the user store once.
    pub(crate) async fn user<U: Send + Sync + 'static>(&self, passport: &Inner<U>) -> Answer<U> {
        let waiting = match poll_fn(|cx| Poll::Ready(self.ask(passport, cx))).await {
            Asked::Answer(answer) => return answer,
            Asked::Waiting(waiting) => waiting,
        };
        waiting.await
    }

    /// Asks, as far as nothing has to be waited for.
    pub(super) fn ask<'a, U: Send + Sync + 'static>(
        &'a self,
        passport: &'a Inner<U>,
        cx: &mut Context<'_>,
    ) -> Asked<'a, U> {
        let core = match self.try_enter() {
            Ok(Some(core)) => core,
            Ok(None) => {
                return Asked::Waiting(Box::pin(async move {
                    Asking { session: self, passport, core: self.enter().await?, finding: None }.wait().await
                }));
            }
            Err(error) => return Asked::Answer(Err(error)),
        };
        let mut asking = Asking { session: self, passport, core, finding: None };
        match asking.poll(cx) {
            Poll::Ready(answer) => Asked::Answer(answer),
            Poll::Pending => Asked::Waiting(Box::pin(asking.wait())),
        }
    }
}

/// A question under way.
struct Asking<'a, U> {
    session: &'a Session,
    passport: &'a Inner<U>,
    core: InLane<'a, Core>,
    /// The user store, once it was asked.
    finding: Option<Finding<'a, U>>,
}

impl<U: Send + Sync + 'static> Asking<'_, U> {
    async fn wait(mut self) -> Answer<U> {
        // Whoever was in the lane may have found it, or a credential in the request said it. What is loaded already is not
        // loaded again.
        if self.core.users.known(TypeId::of::<U>()).is_none() {
            self.core.load_waiting(&self.session.0).await?;
        }
        poll_fn(|cx| self.poll(cx)).await
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Answer<U>> {
        let kind = TypeId::of::<U>();
        if self.finding.is_none() {
            if let Some(memo) = self.core.users.known(kind) {
                return Poll::Ready(Ok(memo.user()));
            }
            // Nobody wakes this: `ask` boxes `wait`, which loads before it polls again.
            let Some(loaded) = self.core.load_at_once(&self.session.0) else { return Poll::Pending };
            loaded?;
        }
        let realm = self.passport.realm;
        let login = self.core.record().and_then(|found| found.record.login(realm));
        let user = match login {
            None => None,
            Some(login) => {
                let finding = self.finding.get_or_insert_with(|| self.passport.find(login.key));
                let user = ready!(finding.poll(self.passport, cx))?;
                let same = |kept: &_| same16(kept, &login.fingerprint);
                let user = self.passport.if_unchanged(user, login.key, same)?;
                self.core.users.note_whether_there(realm, user.is_some());
                user
            }
        };
        self.core.users.remember_by_session(kind, user.clone().map(|user| user as _));
        Poll::Ready(Ok(user))
    }
}
