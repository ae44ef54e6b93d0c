//! A request from its beginning to its end, as long as nothing has to be waited for. Where something has, `user_at_once` and
//! `try_finish` say `None`, and `ask.rs` or `finish.rs` goes on.
//!
//! | | who calls | what happens here |
//! |---|---|---|
//! | begin | `Passport::begin`, of an adapter | `begin_by` |
//! | load, and find the user | `Session::current_user`, of an extractor | `ask`, `user_at_once`: once a request `load_at_once`, then `at_hand` |
//! | finish | `Pending::finish_now`, of an adapter | `try_finish`, `try_close`, `headers` |
//!
//! `Core` is what the request knows, in a `Lane`: a mutex for futures. `Gathered` is what the end of the request writes. `outer` is the session
//! of a passport around this one, if there is one, and `Brought` what the browser sent as its cookie.

use std::{
    any::TypeId,
    sync::{Arc, PoisonError},
    task::Context,
};

use http::{Method, uri::Authority};

use super::{
    Attached, Brought, Core, Headers, Session, State,
    ask::{Answer, Progress, Question},
    gathered::Gathered,
    lane::InLane,
    lock,
};
use crate::{
    Error, Login, Passport, Pending, Presented, clues::Clues, logout::ClearSiteData, panics::caught,
    passport::Inner,
};

// Begin.

impl<U: Send + Sync + 'static> Passport<U> {
    /// Begins a request: `read` goes through its headers.
    #[inline]
    pub(crate) fn begin_by<'a>(
        &self,
        method: &Method,
        authority: Option<&Authority>,
        outer: Option<Session>,
        read: impl FnOnce(&mut Clues<'a>, &mut Presented),
    ) -> Pending {
        let (mut clues, mut presented) = (Clues::default(), Presented::default());
        read(&mut clues, &mut presented);
        let is_secure = || self.0.sessions.is_secure();
        let foreign = clues.is_foreign(method, authority, is_secure, &self.0.trusted);
        // A passport further out with the same sessions shares its own, and finishes for both.
        if let Some(outer) = &outer
            && outer.share(self, foreign)
        {
            return Pending::within(outer.clone());
        }
        // Nothing is asked yet.
        let attached = Attached { passport: self.0.clone(), foreign };
        Pending::new(Session::begin(attached, method, &clues, presented, outer))
    }
}

// Load, and find the user.

impl Session {
    /// Who is logged in: the answer, or a future for what has to be waited for.
    pub(super) fn ask<'a, U: Send + Sync + 'static>(
        &'a self,
        passport: &'a Inner<U>,
        cx: &mut Context<'_>,
    ) -> Progress<'a, U> {
        match self.enter_at_once() {
            Ok(Some(mut core)) => match core.user_at_once(&self.0, passport) {
                Some(answer) => Progress::Done(answer),
                // Polls the user store once, if the session is here; what must wait then is boxed.
                None => Question::new(self, passport, core).ask(cx),
            },
            // Another future of this request is in there.
            Ok(None) => Question::after_others(self, passport),
            Err(error) => Progress::Done(Err(error)),
        }
    }

    /// Takes the lane; `None` if somebody else is in there.
    pub(super) fn enter_at_once(&self) -> Result<Option<InLane<'_, Core>>, Error> {
        self.refuse_taken_cookie()?;
        match self.0.core.try_enter() {
            // The response is on its way.
            Some(core) if core.finished => Err(Error::Finished),
            entered => Ok(entered),
        }
    }
}

impl Core {
    /// Who is logged in. `None`: the session store has to be awaited, or the session is here and the user store has to be asked.
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
        let Some(login) = self.login(passport) else {
            self.remember_nobody(passport);
            return Some(Ok(None));
        };
        if self.users.found_gone(passport.realm) {
            // The user store has said so in this request, which has dropped the memo since. The cache may not know yet: ask again.
            return None;
        }
        match passport.at_hand(&login)? {
            Ok(user) => {
                self.remember_user(passport, &user);
                Some(Ok(Some(user)))
            }
            Err(error) => Some(Err(error)),
        }
    }

    /// Asks the session store, unless it has answered or there is no cookie. `keep` notes what it says, for [`record`](Self::record). `None`: it has to be awaited.
    pub(super) fn load_at_once(&mut self, state: &State) -> Option<Result<(), Error>> {
        self.asked = true;
        let (false, Some(token)) = (self.is_loaded(), &self.token) else { return Some(Ok(())) };
        let lookup = state.manager().load_at_once(token)?;
        Some(lookup.map(|lookup| self.keep(state, lookup)))
    }
}

impl<U: Send + Sync + 'static> Inner<U> {
    /// The login's user, from the application's cache. `None`: ask the user store; also if the fingerprint differs, because the cache
    /// may be older than the login.
    fn at_hand(&self, login: &Login<'_>) -> Option<Result<Arc<U>, Error>> {
        let cached = || self.users.cached(login.key).filter(|user| self.is_same(user, login));
        caught("`cached_user`, `fingerprint` or reading the key", cached).transpose()
    }
}

// Finish.

impl Session {
    /// Ends the request: what the response says of the session. `None`: something must be written or asked, another future of this
    /// request is in the lane, or the cookie is no header value.
    #[inline]
    pub(crate) fn try_finish(&mut self) -> Option<Headers> {
        // Mostly nobody else holds the session any more (on actix the response does): then nothing is locked.
        if let Some(state) = triomphe::Arc::get_mut(&mut self.0) {
            let gathered = state.gathered.get_mut().unwrap_or_else(PoisonError::into_inner);
            return state.core.get_mut().try_close(gathered, &state.attached, &state.brought);
        }
        let mut core = self.0.core.try_enter()?;
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
        // Unsettled: a user is gone, a login's time is over, the idle time is to be extended, or nobody knows what became of a write.
        if !gathered.changes.is_empty() || self.is_unsettled() {
            return None;
        }
        // For whoever comes into the lane now, and for what is gathered without it.
        self.finished = true;
        gathered.closed = true;
        // It fails for a cookie that is no header value: then `finish` fails too, and says so.
        self.headers(attached, brought).ok()
    }

    /// What the response says of the session.
    pub(super) fn headers(&self, attached: &Attached, brought: &Brought) -> Result<Headers, Error> {
        let cookie = match self.new_cookie() {
            Some((token, found)) => Some(attached.manager().set_cookie(token, found)?),
            None if self.logged_out && brought.any() => Some(attached.manager().expire_cookie()),
            // Also if the browser's opens nothing: to take it away could take that of a login which is under way.
            None => None,
        };
        // Whoever brought nothing that could be a session has nothing to forget.
        let clear = if brought.well_formed() { self.clear } else { ClearSiteData::Nothing };
        // Of an API without sessions no response depends on a cookie.
        let vary = self.asked && !attached.manager().cookie_name().is_empty();
        Ok(Headers { cookie, vary, private: self.private, clear })
    }
}
