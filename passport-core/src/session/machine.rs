//! What is known about the record, and every move from one state to the next.
//!
//! Whatever is about to be written is first doubted: a request that is dropped while the store works knows
//! nothing any more, and asks again.

mod destroy;

use std::{mem, task::Poll, time::Duration};

use super::{State, gathered::Taken, users::Memos};
use crate::{Error, Found, Lookup, MARK_SECONDS, Record, Token, logout::ClearSiteData, record::Changes};

/// One task at a time holds it, across awaits.
pub(crate) struct Core {
    /// The only one that the browser sent, or the one that this request made.
    pub(super) token: Option<Token>,
    seen: Seen,
    /// This request made `token`.
    issued: bool,
    /// This request logged out.
    pub(super) logged_out: bool,
    /// Something asked: the answer varies by the cookie.
    pub(super) asked: bool,
    /// A record was found, or somebody was authenticated for this request alone: no cache may keep the answer.
    pub(super) private: bool,
    pub(super) finished: bool,
    /// What the browser shall forget, after a logout.
    pub(super) clear: ClearSiteData,
    pub(super) memos: Memos,
}

enum Seen {
    /// There is a token, and the store was not asked yet.
    Unread,
    /// This request has seen the record alive, and asks again: if it is not there any more, somebody has ended it.
    Doubted,
    /// There is none; or there are several cookies, and nobody can say which is the visitor's.
    Absent,
    Found(Found),
    /// Ended or moved by somebody else, while this request ran or shortly before: nothing more is written.
    Gone,
}

/// From the record there is, and the gathered changes, to the record there shall be.
pub(super) type Rewrite<'a> = &'a (dyn Fn(&Record, &Changes) -> Result<Record, Error> + Send + Sync);

impl Core {
    pub(super) fn new(token: Option<Token>) -> Self {
        Self {
            seen: if token.is_some() { Seen::Unread } else { Seen::Absent },
            token,
            issued: false,
            logged_out: false,
            asked: false,
            private: false,
            finished: false,
            clear: ClearSiteData::default(),
            memos: Memos::default(),
        }
    }

    pub(super) fn token(&self) -> Option<&Token> {
        self.token.as_ref()
    }

    pub(super) fn record(&self) -> Option<&Found> {
        if let Seen::Found(found) = &self.seen { Some(found) } else { None }
    }

    /// The cookie's new value and what it stands for, if this request made one that lives.
    pub(super) fn new_cookie(&self) -> Option<(&Token, &Found)> {
        self.token.as_ref().zip(self.record()).filter(|_| self.issued)
    }

    /// It made one, and then a write whose end nobody saw: whether that one lives, only the store knows.
    pub(super) fn doubts_new_cookie(&self) -> bool {
        self.issued && matches!(self.seen, Seen::Doubted)
    }

    pub(super) fn is_absent(&self) -> bool {
        matches!(self.seen, Seen::Absent)
    }

    /// Nothing has to be asked of the store, or it has answered.
    pub(super) fn is_loaded(&self) -> bool {
        !matches!(self.seen, Seen::Unread | Seen::Doubted)
    }

    /// Somebody else has ended or moved it.
    pub(super) fn is_gone(&self) -> bool {
        matches!(self.seen, Seen::Gone)
    }

    /// Asks the store, once. `None`: there is no record, or it has ended.
    pub(super) async fn load(&mut self, state: &State) -> Result<Option<&Found>, Error> {
        match self.load_at_once(state) {
            Poll::Ready(done) => done?,
            Poll::Pending => self.fetch(state).await?,
        }
        Ok(self.record())
    }

    /// Asks a store that has to be awaited.
    pub(super) async fn fetch(&mut self, state: &State) -> Result<(), Error> {
        let Some(token) = &self.token else { return Ok(()) };
        let lookup = state.manager().load(token).await?;
        self.keep(state, lookup);
        Ok(())
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

    /// Asks once more for what has turned out to be gone, or another's. Whether there is a record after all. What was gathered stays
    /// until then.
    pub(super) async fn look_again(&mut self, state: &State) -> Result<bool, Error> {
        let _gathered = Taken::from(&state.gathered);
        self.seen = Seen::Doubted;
        Ok(self.load(state).await?.is_some())
    }

    /// As `load`, for the visitor's data: that of a user who is gone is nobody's to see.
    pub(super) async fn own(&mut self, state: &State) -> Result<Option<&Found>, Error> {
        self.load(state).await?;
        Ok(self.record().filter(|_| !self.has_stale_login()))
    }

    /// Whether its user is gone: the login ends with this request, and what is written to the session before is lost.
    pub(super) fn has_stale_login(&self) -> bool {
        !self.memos.stale().is_empty()
    }

    /// Whether the end of the request has something to write or to ask, beside what was gathered.
    pub(super) fn needs_store(&self) -> bool {
        // A user is gone: to be logged out.
        self.has_stale_login()
            // What became of a write to the new session, only the store knows.
            || self.doubts_new_cookie()
            // A login's time is over, or the idle time is to be extended, which happens once in a while.
            || self.record().is_some_and(|found| found.expired || found.due)
    }

    /// Forgets what was read, so that the next question reaches the store.
    pub(super) fn forget(&mut self) {
        drop(self.doubt());
    }

    /// Applies `rewrite` to the record there is, or makes one. `Ok(false)`: it has ended, and nothing is written.
    pub(super) async fn write(&mut self, state: &State, rewrite: Rewrite<'_>) -> Result<bool, Error> {
        self.load(state).await?;
        let Some((token, found)) = self.doubt() else {
            return match self.seen {
                Seen::Gone => Ok(false),
                _ => self.create(state, rewrite).await.map(|()| true),
            };
        };
        let taken = Taken::from(&state.gathered);
        let seen = found.record.clone();
        let edit = |old: &Record| rewrite(old.if_still_of(&seen)?, &taken.changes);
        let updated = match state.manager().update(&token, found, &edit).await {
            Err(Error::Ended) => None,
            other => other?,
        };
        taken.done();
        match updated {
            Some(updated) => self.updated(updated.token, updated.found),
            None => self.seen = Seen::Gone,
        }
        Ok(self.record().is_some())
    }

    /// As `write`, under a new id. `Ok(false)`: there was none, or it has ended; the gathered changes stay.
    pub(super) async fn rotate(&mut self, state: &State, rewrite: Rewrite<'_>) -> Result<bool, Error> {
        let Some((token, found)) = self.doubt() else { return Ok(false) };
        let taken = Taken::from(&state.gathered);
        let (seen, known) = (found.record.clone(), self.memos.hold());
        let edit = |old: &Record| rewrite(old.if_still_of(&seen)?, &taken.changes);
        let rotated = match state.manager().rotate(&token, found, &edit).await {
            Err(Error::Ended) => None,
            other => other?,
        };
        self.memos.restore(known);
        match rotated {
            Some((token, found)) => {
                taken.done();
                self.made(token, found);
                Ok(true)
            }
            None => {
                self.seen = Seen::Gone;
                Ok(false)
            }
        }
    }

    /// Makes a new record under a new id, unless it would be empty: what was only removed, or put and removed
    /// again, is no reason to make one.
    pub(super) async fn create(&mut self, state: &State, rewrite: Rewrite<'_>) -> Result<(), Error> {
        let taken = Taken::from(&state.gathered);
        if rewrite(&Record::empty(crate::Handle::new([0; 16])), &taken.changes)?.is_empty() {
            taken.done();
            return Ok(());
        }
        drop(taken);
        self.create_filled(state, rewrite).await
    }

    /// As `create`, for what is never empty.
    pub(super) async fn create_filled(&mut self, state: &State, rewrite: Rewrite<'_>) -> Result<(), Error> {
        let taken = Taken::from(&state.gathered);
        let edit = |empty: &Record| rewrite(empty, &taken.changes);
        let (token, found) = state.manager().create(&edit).await?;
        self.made(token, found);
        taken.done();
        Ok(())
    }

    /// Extends the session, because somebody looked at it.
    pub(super) async fn extend(&mut self, state: &State) -> Result<(), Error> {
        let manager = state.manager();
        let Some((token, found)) = self.token.as_ref().zip(self.record()) else { return Ok(()) };
        match manager.touch(token, found).await? {
            Some(updated) => self.updated(updated.token, updated.found),
            None => self.seen = Seen::Gone,
        }
        Ok(())
    }

    /// Takes the snapshot out. Until the store has answered, this request claims to know nothing.
    fn doubt(&mut self) -> Option<(Token, Found)> {
        if !matches!(self.seen, Seen::Found(_)) {
            return None;
        }
        match (self.token.clone(), mem::replace(&mut self.seen, Seen::Doubted)) {
            (Some(token), Seen::Found(found)) => Some((token, found)),
            _ => None,
        }
    }

    fn made(&mut self, token: Token, found: Found) {
        (self.issued, self.logged_out, self.private) = (true, false, true);
        // A logout before must not clear the cookie that this makes.
        self.clear = self.clear.min(ClearSiteData::Cache);
        self.token = Some(token);
        self.seen = Seen::Found(found);
    }

    fn updated(&mut self, token: Option<Token>, found: Found) {
        if let Some(token) = token {
            self.token = Some(token);
            self.issued = true;
        }
        self.seen = Seen::Found(found);
    }
}

impl State {
    /// Whether the store may have forgotten what has ended since the request came: it does so after a minute.
    fn outlived_marks(&self) -> bool {
        let marks = Duration::from_secs(MARK_SECONDS);
        self.began.is_some_and(|began| self.attached.passport.now().since(began) >= marks)
    }
}
