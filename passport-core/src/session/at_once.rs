//! A request from its beginning to its end, as long as each question is answered at once. Otherwise `ask.rs` and `finish.rs` go on.
//!
//! | | begins with | which calls |
//! |---|---|---|
//! | begin | `Passport::begin_by` | `Session::begin`, in `mod.rs` |
//! | load, find the user | `Session::ask` | `user_at_once`: `load_at_once`, then `at_hand` |
//! | finish | `Session::try_finish` | `try_close`, `headers` |
//!
//! `Core` is what the request knows, `Gathered` what it has noted and not written yet, `Brought` what came as the session cookie.

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
    Error, Login, Passport, Pending, Presented, clues::Clues, logout::ClearSiteData, panics::catch_panic,
    passport::Inner,
};

// Begin.

impl<U: Send + Sync + 'static> Passport<U> {
    /// Begins a request. Asks no store.
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
        // If a passport further out has the same session manager, this one joins its session, and leaves the end to it.
        if let Some(outer) = &outer
            && outer.try_attach(self, foreign)
        {
            return Pending::within(outer.clone());
        }
        let attached = Attached { passport: self.0.clone(), foreign };
        Pending::new(Session::begin(attached, method, clues, presented, outer))
    }
}

// Load, and find the user.

/// An answer, if there is one at once. `Poll::Pending` only says that there is none: no waker is kept.
pub(super) type AtOnce<T> = Poll<Result<T, Error>>;

impl Session {
    /// Who is logged in: the answer, or a future where something has to be waited for.
    pub(super) fn ask<'a, U: Send + Sync + 'static>(
        &'a self,
        passport: &'a Inner<U>,
        cx: &mut Context<'_>,
    ) -> Result<Progress<'a, U>, Error> {
        // An error if the request is over, or two managers share a cookie's name.
        let Some(mut core) = self.try_lock_core()? else {
            // Another task of this request holds the core.
            return Ok(Question::after_others(self, passport));
        };
        match core.user_at_once(&self.0, passport) {
            Poll::Ready(answer) => answer.map(Progress::Done),
            // If the session is loaded, polls the user store once. What is pending after that is boxed.
            Poll::Pending => Question::new(self, passport, core).ask(cx),
        }
    }
}

impl Core {
    /// Who is logged in. `Poll::Pending`: the session store has to be awaited, or the user store asked.
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
        let user = ready!(self.at_hand(passport, &login))?;
        self.remember_user(passport, &user);
        Poll::Ready(Ok(Some(user)))
    }

    /// Marks the response as depending on the cookie, and loads the record unless that has been done.
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

    /// The login's user, from the application's cache. `Poll::Pending`, to ask the user store, if none is cached, the fingerprint
    /// differs, or this request has found the user gone (and dropped the memo since, as `recheck` does).
    fn at_hand<U: Send + Sync + 'static>(&self, passport: &Inner<U>, login: &Login<'_>) -> AtOnce<Arc<U>> {
        if self.memos.found_gone(passport.realm) {
            // The cache may be out of date.
            return Poll::Pending;
        }
        let cached = || passport.users.cached(login.key).filter(|user| passport.is_same(user, login));
        match catch_panic("`cached_user`, `fingerprint` or reading the key", cached)? {
            Some(user) => Poll::Ready(Ok(user)),
            None => Poll::Pending,
        }
    }
}

// Finish.

impl Session {
    /// Ends the request, and says what the response gets. `None`: that is left to `finish`, which can wait, write and fail.
    #[inline]
    pub(crate) fn try_finish(&mut self) -> Option<Headers> {
        // If no other handle is left, as is usual once the framework has dropped the request, nothing is locked.
        if let Some(state) = triomphe::Arc::get_mut(&mut self.0) {
            let gathered = state.gathered.get_mut().unwrap_or_else(PoisonError::into_inner);
            return state.core.get_mut().try_close(gathered, &state.attached, &state.brought);
        }
        let mut core = self.0.core.try_lock()?;
        core.try_close(&mut lock(&self.0.gathered), &self.0.attached, &self.0.brought)
    }
}

impl Core {
    /// `None`: something must be written or asked, or the cookie cannot be made.
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
        // `finish` meets the same error again, and reports it.
        let headers = self.headers(attached, brought).ok()?;
        // From now on it is too late to ask, or to change what is stored.
        (self.finished, gathered.closed) = (true, true);
        Some(headers)
    }

    /// What the response says of the session.
    pub(super) fn headers(&self, attached: &Attached, brought: &Brought) -> Result<Headers, Error> {
        let manager = attached.manager();
        let cookie = match self.new_cookie() {
            Some((token, found)) => Some(manager.set_cookie(token, found)?),
            None if self.logged_out && brought.any_cookie() => Some(manager.expire_cookie()),
            // The browser keeps its cookie, also one that opens nothing: a parallel login may just have replaced it.
            None => None,
        };
        // Who brought nothing that could be a session is not told to forget anything.
        let clear = if brought.any_well_formed() { self.clear } else { ClearSiteData::Nothing };
        // Without sessions there is no cookie to vary by.
        let vary = self.asked && !manager.cookie_name().is_empty();
        Ok(Headers { cookie, vary, private: self.private, clear })
    }
}
