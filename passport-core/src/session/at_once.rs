//! A request from its beginning to its end, as long as nothing has to be waited for. Otherwise `ask.rs` and `finish.rs` go on.
//!
//! | | begins with | which calls |
//! |---|---|---|
//! | begin | `Passport::begin_by` | |
//! | load, find the user | `Session::ask` | `user_at_once`: `load_at_once`, then `at_hand` |
//! | finish | `Session::try_finish` | `try_close`, `headers` |
//!
//! `Core` is what the request knows, and `Gathered` what its end shall write.

use std::{
    any::TypeId,
    sync::{Arc, PoisonError},
    task::{Context, Poll, ready},
};

use http::{Method, uri::Authority};

use super::{
    Attached, Brought, Core, Headers, Session, State,
    ask::{Progress, Question},
    gathered::Gathered,
    lock,
};
use crate::{
    Error, Login, Passport, Pending, Presented, clues::Clues, logout::ClearSiteData, panics::caught,
    passport::Inner,
};

// Begin.

impl<U: Send + Sync + 'static> Passport<U> {
    /// Begins a request, of which the headers have said this much. Asks nothing.
    #[inline]
    pub(crate) fn begin_by(
        &self,
        method: &Method,
        authority: Option<&Authority>,
        clues: &Clues<'_>,
        presented: Presented,
        outer: Option<Session>,
    ) -> Pending {
        let is_secure = || self.0.sessions.is_secure();
        let foreign = clues.is_foreign(method, authority, is_secure, &self.0.trusted);
        match outer {
            // A passport further out has the same sessions: this one joins it there, and leaves the end to it.
            Some(outer) if outer.joined_by(self, foreign) => Pending::within(outer),
            outer => {
                let attached = Attached { passport: self.0.clone(), foreign };
                Pending::new(Session::begin(attached, method, clues, presented, outer))
            }
        }
    }
}

// Load, and find the user.

/// An answer, if there is one at once. A `Poll` for its `?` and `ready!`: pending only says that it takes longer.
pub(super) type AtOnce<T> = Poll<Result<T, Error>>;

impl Session {
    /// Who is logged in: the answer, or a future for what has to be waited for.
    pub(super) fn ask<'a, U: Send + Sync + 'static>(
        &'a self,
        passport: &'a Inner<U>,
        cx: &mut Context<'_>,
    ) -> Result<Progress<'a, U>, Error> {
        let Some(mut core) = self.try_lock_core()? else {
            // Another future of this request holds it.
            return Ok(Question::after_others(self, passport));
        };
        match core.user_at_once(&self.0, passport) {
            Poll::Ready(answer) => answer.map(Progress::Done),
            Poll::Pending => Question::new(self, passport, core).ask(cx),
        }
    }
}

impl Core {
    /// Who is logged in. Pending: the session store has to be awaited, or the user store asked.
    pub(super) fn user_at_once<U: Send + Sync + 'static>(
        &mut self,
        state: &State,
        passport: &Inner<U>,
    ) -> AtOnce<Option<Arc<U>>> {
        if let Some(memo) = self.memos.known(TypeId::of::<U>()) {
            return Poll::Ready(Ok(memo.user()));
        }
        ready!(self.load_at_once(state))?;
        let Some(login) = self.login(passport) else {
            self.remember_nobody(passport);
            return Poll::Ready(Ok(None));
        };
        if self.memos.found_gone(passport.realm) {
            // This request has found the user gone before. The cache may not know yet.
            return Poll::Pending;
        }
        let user = ready!(passport.at_hand(&login))?;
        self.remember_user(passport, &user);
        Poll::Ready(Ok(Some(user)))
    }

    /// Asks the session store, where that is still to be done, and keeps what it says.
    pub(super) fn load_at_once(&mut self, state: &State) -> AtOnce<()> {
        self.asked = true;
        if !self.is_loaded()
            && let Some(token) = &self.token
        {
            let Some(lookup) = state.manager().load_at_once(token) else { return Poll::Pending };
            self.keep(state, lookup?);
        }
        Poll::Ready(Ok(()))
    }
}

impl<U: Send + Sync + 'static> Inner<U> {
    /// The login's user, from the application's cache. Pending: ask the user store; also if the fingerprint differs, because the cache
    /// may be older than the login.
    fn at_hand(&self, login: &Login<'_>) -> AtOnce<Arc<U>> {
        let cached = || self.users.cached(login.key).filter(|user| self.is_same(user, login));
        match caught("`cached_user`, `fingerprint` or reading the key", cached)? {
            Some(user) => Poll::Ready(Ok(user)),
            None => Poll::Pending,
        }
    }
}

// Finish.

impl Session {
    /// Ends the request, unless something must be written or asked first, or another future of it holds the core. What the response says.
    #[inline]
    pub(crate) fn try_finish(&mut self) -> Option<Headers> {
        // Mostly nobody else has the session any more, and nothing has to be locked.
        if let Some(state) = triomphe::Arc::get_mut(&mut self.0) {
            let gathered = state.gathered.get_mut().unwrap_or_else(PoisonError::into_inner);
            return state.core.get_mut().try_close(gathered, &state.attached, &state.brought);
        }
        let mut core = self.0.core.try_lock()?;
        core.try_close(&mut lock(&self.0.gathered), &self.0.attached, &self.0.brought)
    }
}

impl Core {
    #[inline]
    fn try_close(
        &mut self,
        gathered: &mut Gathered,
        attached: &Attached,
        brought: &Brought,
    ) -> Option<Headers> {
        if !gathered.changes.is_empty() || self.needs_store() {
            return None;
        }
        // Without them `finish` ends the request, and says what is wrong with the cookie.
        let headers = self.headers(attached, brought).ok()?;
        // Whoever asks or changes something now is told that it is too late.
        (self.finished, gathered.closed) = (true, true);
        Some(headers)
    }

    /// What the response says of the session.
    pub(super) fn headers(&self, attached: &Attached, brought: &Brought) -> Result<Headers, Error> {
        let cookie = match self.new_cookie() {
            Some((token, found)) => Some(attached.manager().set_cookie(token, found)?),
            None if self.logged_out && brought.any() => Some(attached.manager().expire_cookie()),
            // Also one that opens nothing stays: a login that is under way may just have replaced it.
            None => None,
        };
        // Whoever brought nothing that could be a session has nothing to forget.
        let clear = if brought.well_formed() { self.clear } else { ClearSiteData::Nothing };
        // An API without sessions has no cookie that a response could depend on.
        let vary = self.asked && !attached.manager().cookie_name().is_empty();
        Ok(Headers { cookie, vary, private: self.private, clear })
    }
}
