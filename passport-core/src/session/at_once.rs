//! A request from its beginning to its end, as long as nothing has to be waited for: the session lies in this process, and the
//! user is at hand. Most requests are such ones; then no future carries what finding an answer takes, and no lock is waited for.
//!
//! Where something has to be waited for, each step says so and leaves the request to the file that waits: `ask.rs` to find a user,
//! `machine.rs` to load a session, `finish.rs` to write one.

use std::{
    any::TypeId,
    mem,
    sync::{Arc, Mutex, PoisonError, atomic::AtomicBool},
    task::Context,
};

use http::{Method, uri::Authority};

use super::{
    Attached, Core, Headers, Lane, Sent, Session, State,
    ask::{Answer, Progress, Question},
    gathered::Gathered,
    lock,
    machine::Seen,
};
use crate::{
    Client, Error, Login, Lookup, Passport, Pending, Presented, Timestamp, clues::Clues,
    logout::ClearSiteData, panics::caught, passport::Inner, token::same16,
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
        let manager = &self.0.sessions;
        let mut clues = Clues::default();
        read(&mut clues);
        let foreign = clues.is_foreign(method, authority, || manager.is_secure(), &self.0.trusted);
        let attached = Attached { passport: self.0.clone(), foreign };
        if let Some(around) = &outer
            && let Some(shared) = around.of_manager(manager)
        {
            shared.attach(attached);
            // The innermost session stays in the type map: it leads to the shared one.
            return Pending::within(around.clone());
        }
        Pending::new(Session::begin(attached, method, &mut clues, outer))
    }
}

impl Session {
    /// A session of what the headers say: mostly of one cookie, or of none. Nothing is asked.
    #[inline]
    fn begin(attached: Attached, method: &Method, clues: &mut Clues<'_>, outer: Option<Session>) -> Self {
        let too_many = matches!(clues.presented, Presented::TooMany(_));
        let (sent, token, strays) = match mem::take(&mut clues.presented) {
            Presented::Nothing => (Sent::Nothing, None, Vec::new()),
            Presented::Malformed => (Sent::Malformed, None, Vec::new()),
            Presented::One(token) => (Sent::Cookie, Some(token), Vec::new()),
            Presented::Several(strays) | Presented::TooMany(strays) => (Sent::Cookie, None, strays),
        };
        // Logins come by methods that change something: only then is the user agent worth a copy, and the time a look.
        let may_change = !method.is_safe();
        let client = match clues.user_agent {
            Some(agent) if may_change => Client::new().user_agent_bytes(agent),
            _ => Client::new(),
        };
        let began = if may_change && token.is_some() { attached.now() } else { Timestamp::NEVER };
        let cookie_taken = outer.as_ref().is_some_and(|outer| outer.has_cookie_of(&attached));
        Self(triomphe::Arc::new(State {
            attached,
            more: Mutex::default(),
            shared: AtomicBool::new(false),
            outer,
            sent,
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
    /// Who is logged in, as far as nothing has to be waited for.
    pub(super) fn ask<'a, U: Send + Sync + 'static>(
        &'a self,
        passport: &'a Inner<U>,
        cx: &mut Context<'_>,
    ) -> Progress<'a, U> {
        match self.enter_at_once() {
            Ok(Some(mut core)) => match core.user_at_once(&self.0, passport) {
                Some(answer) => Progress::Done(answer),
                None => Question::new(self, passport, core).begin(cx),
            },
            // Another task of this request is in there.
            Ok(None) => Question::after_others(self, passport),
            // The answer is on its way, or two managers have one cookie.
            Err(error) => Progress::Done(Err(error)),
        }
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

    /// Asks the store, once, if nothing has to be waited for; [`record`](Self::record) says then what there is. `None`: the store
    /// has to be awaited.
    pub(super) fn load_at_once(&mut self, state: &State) -> Option<Result<(), Error>> {
        self.asked = true;
        let (Seen::Unread | Seen::Doubted, Some(token)) = (&self.seen, &self.token) else {
            return Some(Ok(()));
        };
        let lookup = state.manager().load_at_once(token)?;
        Some(lookup.map(|lookup| self.keep(state, lookup)))
    }

    /// Keeps what the store said.
    pub(super) fn keep(&mut self, state: &State, lookup: Lookup) {
        self.seen = match (lookup, &self.seen) {
            (Lookup::Found(found), _) => {
                self.private = true;
                Seen::Found(found)
            }
            // The store forgets what has ended after a minute: to a request that is older, "none" may mean "ended".
            (Lookup::None, Seen::Unread) if !state.outlived_marks() => Seen::Absent,
            (Lookup::Ended | Lookup::None, seen) => {
                // What was gathered while it was alive goes with it at once; what was gathered before, when it is written.
                if matches!(seen, Seen::Doubted) {
                    state.drop_gathered();
                }
                Seen::Gone
            }
        };
    }

    /// The login to this passport's realm.
    pub(super) fn login<U>(&self, passport: &Inner<U>) -> Option<Login<'_>> {
        self.record()?.record.login(passport.realm)
    }

    /// Remembers that the session names nobody.
    pub(super) fn nobody<U: Send + Sync + 'static>(&mut self, passport: &Inner<U>) -> Option<Arc<U>> {
        self.users.note_nobody(passport.realm);
        self.users.remember_by_session(TypeId::of::<U>(), None);
        None
    }

    /// Remembers whom the session names; `None` if that one is gone, or is not who it was: then the request's end logs it out.
    pub(super) fn named<U: Send + Sync + 'static>(
        &mut self,
        passport: &Inner<U>,
        user: Option<Arc<U>>,
    ) -> Option<Arc<U>> {
        self.users.note_whether_there(passport.realm, user.is_some());
        self.users.remember_by_session(TypeId::of::<U>(), user.clone().map(|user| user as _));
        user
    }
}

impl<U: Send + Sync + 'static> Inner<U> {
    /// The login's user, if that one need not be waited for. A cache that is older than the login has not the same one.
    ///
    /// # Errors
    ///
    /// If one of the application's two functions panics.
    fn at_hand(&self, login: &Login<'_>) -> Result<Option<Arc<U>>, Error> {
        caught("`cached_user` or `fingerprint`", || {
            self.users.cached(login.key).filter(|user| self.is_same(user, login))
        })
    }

    /// Whether the user still is who logged in. Panics if the application's `fingerprint` does.
    pub(super) fn is_same(&self, user: &U, login: &Login<'_>) -> bool {
        same16(&self.kept(user, login.key), &login.fingerprint)
    }
}

// Finish.

impl Session {
    /// What can be answered without waiting. `None`: something must be written, or another task of this request is in the lane.
    #[inline]
    pub(crate) fn try_finish(&mut self) -> Option<Headers> {
        // Mostly nobody else has the session any more: then nothing is locked, and nobody has to be kept out.
        if let Some(state) = triomphe::Arc::get_mut(&mut self.0) {
            let gathered = state.gathered.get_mut().unwrap_or_else(PoisonError::into_inner);
            return state.core.get_mut().try_close(gathered, &state.attached, state.sent);
        }
        let mut core = self.0.core.try_enter()?;
        core.try_close(&mut lock(&self.0.gathered), &self.0.attached, self.0.sent)
    }
}

impl Core {
    /// The end of a request that has nothing to write. `None`: it has.
    #[inline]
    fn try_close(&mut self, gathered: &mut Gathered, attached: &Attached, sent: Sent) -> Option<Headers> {
        // A user is gone; nobody knows whether the new cookie is one; a login's time is over; or the idle time is to be extended,
        // which happens once in a while.
        let unsettled = self.has_stale_login()
            || self.doubts_new_cookie()
            || self.record().is_some_and(|found| found.expired || found.due);
        if unsettled || !gathered.changes.is_empty() {
            return None;
        }
        (self.finished, gathered.closed) = (true, true);
        // Only a cookie that is no header value can fail: then `finish` fails too, and says so.
        self.headers(attached, sent).ok()
    }

    /// What the answer says of the session.
    pub(super) fn headers(&self, attached: &Attached, sent: Sent) -> Result<Headers, Error> {
        let cookie = match self.new_cookie() {
            Some((token, found)) => Some(attached.manager().set_cookie(token, found)?),
            None if self.logged_out && sent != Sent::Nothing => Some(attached.manager().expire_cookie()),
            None => None,
        };
        // A program without a cookie has nothing to forget.
        let clear = if sent == Sent::Cookie { self.clear } else { ClearSiteData::Nothing };
        // Without a cookie to look for, no answer depends on one.
        let vary = self.asked && !attached.manager().cookie_name().is_empty();
        Ok(Headers { cookie, vary, private: self.private, clear })
    }
}
