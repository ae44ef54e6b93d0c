//! A request from its beginning to its end, as long as nothing has to be waited for: nothing is awaited then, and no future carries
//! what finding an answer takes. So it is for whoever brings no session, or is not asked for; and for users with sessions in
//! memory and a `cached_user`.
//!
//! | | who calls | what happens here |
//! |---|---|---|
//! | begin | `Passport::begin`, of an adapter | `begin_by`, `Session::begin` |
//! | load, and find the user | `Session::current_user`, of an extractor | `ask`, `user_at_once`: first `load_at_once`, then `at_hand` |
//! | finish | `Pending::finish_now`, of an adapter | `try_finish`, `try_close`, `headers` |
//!
//! In between, the session is [`Seen`] as `Absent`: no cookie, or one that opens nothing; `Unread`: a cookie, and nobody has asked;
//! `Found`; `Gone`: ended or moved by somebody else; or `Doubted`: it was found, and must be asked for again. Where something has to be
//! waited for, each step says so and leaves the request to the file that waits: `ask.rs` to find out who is there, `finish.rs` to write.

use std::{
    any::TypeId,
    mem,
    sync::{Arc, Mutex, PoisonError, atomic::AtomicBool},
    task::Context,
    time::Duration,
};

use http::{Method, uri::Authority};

use super::{
    Attached, Brought, Core, Headers, Lane, Session, State,
    ask::{Answer, Progress, Question},
    gathered::Gathered,
    lane::InLane,
    lock,
    machine::Seen,
};
use crate::{
    Client, Error, Login, Lookup, MARK_SECONDS, Passport, Pending, Presented, clues::Clues,
    logout::ClearSiteData, panics::caught, passport::Inner,
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
        read: impl FnOnce(&mut Clues<'a>),
    ) -> Pending {
        let mut clues = Clues::default();
        read(&mut clues);
        let is_secure = || self.0.sessions.is_secure();
        let foreign = clues.is_foreign(method, authority, is_secure, &self.0.trusted);
        let attached = Attached { passport: self.0.clone(), foreign };
        // A passport further out may have the same sessions: this one joins it, and leaves the end to it.
        match outer.as_ref().and_then(|outer| outer.joined_by(&attached)) {
            Some(joined) => Pending::within(joined),
            None => Pending::new(Session::begin(attached, method, &mut clues, outer)),
        }
    }
}

impl Session {
    /// A session of what the headers say: mostly of one cookie, or of none. Nothing is asked.
    #[inline]
    fn begin(attached: Attached, method: &Method, clues: &mut Clues<'_>, outer: Option<Session>) -> Self {
        let (brought, token, strays, too_many) = match mem::take(&mut clues.presented) {
            Presented::Nothing => (Brought::Nothing, None, Vec::new(), false),
            Presented::Malformed => (Brought::Malformed, None, Vec::new(), false),
            Presented::One(token) => (Brought::Cookie, Some(token), Vec::new(), false),
            Presented::Several(strays) => (Brought::Cookie, None, strays, false),
            Presented::TooMany(strays) => (Brought::Cookie, None, strays, true),
        };
        let may_change = !method.is_safe();
        let client = match clues.user_agent {
            // Logins mostly come by methods that change something: only then is the user agent worth a copy. A guard that logs in by
            // `GET` takes it itself.
            Some(agent) if may_change => Client::new().user_agent_bytes(agent),
            _ => Client::new(),
        };
        // Other requests look at no clock, and count as quick.
        let began = (may_change && token.is_some()).then(|| attached.now());
        let cookie_taken = outer.as_ref().is_some_and(|outer| outer.has_cookie_of(&attached));
        Self(triomphe::Arc::new(State {
            attached,
            more: Mutex::default(),
            shared: AtomicBool::new(false),
            outer,
            brought,
            strays,
            too_many,
            began,
            prefers_json: clues.accepted.prefers_json(),
            cookie_taken,
            gathered: Mutex::new(Gathered { client, ..Gathered::default() }),
            core: Lane::new(Core::new(token)),
        }))
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
                None => Question::new(self, passport, core).begin(cx),
            },
            // Another task of this request is in there.
            Ok(None) => Question::after_others(self, passport),
            Err(error) => Progress::Done(Err(error)),
        }
    }

    /// Takes the lane; `None` if somebody else is in there.
    pub(super) fn enter_at_once(&self) -> Result<Option<InLane<'_, Core>>, Error> {
        self.refuse_taken_cookie()?;
        match self.0.core.try_enter() {
            // The answer is on its way.
            Some(core) if core.finished => Err(Error::Finished),
            entered => Ok(entered),
        }
    }
}

impl Core {
    /// Who is logged in. `None`: the session store has to be awaited, or the user store asked.
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
        let Some(login) = self.login(passport) else { return Some(Ok(self.remember_nobody(passport))) };
        if self.users.found_gone(passport.realm) {
            // Who was found to be gone in this request is asked for: the cache does not know yet.
            return None;
        }
        let user = passport.at_hand(&login)?;
        Some(user.map(|user| Some(self.remember_user(passport, user))))
    }

    /// Asks the session store, unless it has answered; [`record`](Self::record) says then what there is. `None`: it has to be
    /// awaited.
    pub(super) fn load_at_once(&mut self, state: &State) -> Option<Result<(), Error>> {
        self.asked = true;
        if self.is_loaded() {
            return Some(Ok(()));
        }
        let Some(token) = &self.token else { return Some(Ok(())) };
        let lookup = state.manager().load_at_once(token)?;
        Some(lookup.map(|lookup| self.keep(state, lookup)))
    }

    /// Keeps what the store said.
    pub(super) fn keep(&mut self, state: &State, lookup: Lookup) {
        let was_alive = matches!(self.seen, Seen::Doubted);
        self.seen = match lookup {
            Lookup::Found(found) => {
                self.private = true;
                Seen::Found(found)
            }
            // To who has seen it alive, or is older than what the store remembers of the ended ones, "none" means "ended".
            Lookup::None if was_alive || state.outlived_marks() => Seen::Gone,
            Lookup::None => Seen::Absent,
            Lookup::Ended => Seen::Gone,
        };
        // What was gathered while it was alive goes with it. At a first look it stays: a login may still take it along, and the end
        // of the request drops it otherwise.
        if was_alive && self.is_gone() {
            state.drop_gathered();
        }
    }
}

impl State {
    /// Whether the store may have forgotten what has ended since the request came: it does so after a minute.
    fn outlived_marks(&self) -> bool {
        let marks = Duration::from_secs(MARK_SECONDS);
        self.began.is_some_and(|began| self.attached.now().since(began) >= marks)
    }
}

impl<U: Send + Sync + 'static> Inner<U> {
    /// The login's user, if that one need not be waited for. `None` also if the fingerprint differs: the cache may be older than the
    /// login, so the user store has to say.
    ///
    /// # Errors
    ///
    /// If one of the application's two functions panics.
    fn at_hand(&self, login: &Login<'_>) -> Option<Result<Arc<U>, Error>> {
        let cached = || self.users.cached(login.key).filter(|user| self.is_same(user, login));
        caught("`cached_user` or `fingerprint`", cached).transpose()
    }
}

// Finish.

impl Session {
    /// Ends the request, if nothing has to be waited for: what the answer says of the session. `None`: something must be written or
    /// asked, or another task of this request is in the lane.
    #[inline]
    pub(crate) fn try_finish(&mut self) -> Option<Headers> {
        // Mostly nobody else has the session any more: then nothing is locked, and nobody has to be kept out. On actix the answer
        // still has it.
        if let Some(state) = triomphe::Arc::get_mut(&mut self.0) {
            let gathered = state.gathered.get_mut().unwrap_or_else(PoisonError::into_inner);
            return state.core.get_mut().try_close(gathered, &state.attached, state.brought);
        }
        let mut core = self.0.core.try_enter()?;
        core.try_close(&mut lock(&self.0.gathered), &self.0.attached, self.0.brought)
    }
}

impl Core {
    #[inline]
    fn try_close(
        &mut self,
        gathered: &mut Gathered,
        attached: &Attached,
        brought: Brought,
    ) -> Option<Headers> {
        let unsettled = !gathered.changes.is_empty()
            // A user is gone: to be logged out.
            || self.has_stale_login()
            // What became of a write to the new session, only the store knows.
            || self.doubts_new_cookie()
            // A login's time is over, or the idle time is to be extended, which happens once in a while.
            || self.record().is_some_and(|found| found.expired || found.due);
        if unsettled {
            return None;
        }
        // For whoever comes into the lane now, and for what is gathered without it.
        self.finished = true;
        gathered.closed = true;
        // Only a cookie that is no header value can fail: then `finish` fails too, and says so.
        self.headers(attached, brought).ok()
    }

    /// What the answer says of the session.
    pub(super) fn headers(&self, attached: &Attached, brought: Brought) -> Result<Headers, Error> {
        let cookie = match self.new_cookie() {
            Some((token, found)) => Some(attached.manager().set_cookie(token, found)?),
            None if self.logged_out && brought != Brought::Nothing => {
                Some(attached.manager().expire_cookie())
            }
            // Also one that opens nothing stays: a login that is under way could lose its new one.
            None => None,
        };
        // A program that brought no session has nothing to forget.
        let clear = if brought == Brought::Cookie { self.clear } else { ClearSiteData::Nothing };
        // Without a cookie to look for, no answer depends on one.
        let vary = self.asked && !attached.manager().cookie_name().is_empty();
        Ok(Headers { cookie, vary, private: self.private, clear })
    }
}
