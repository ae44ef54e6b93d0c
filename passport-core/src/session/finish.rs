//! The end of a request: what was gathered is written, and the answer gets its headers.

use std::sync::{Arc, PoisonError, atomic::Ordering::Relaxed};

use super::{CLOSED, Core, Headers, Sent, Session, State, TOUCHED, lock, log::Taken};
use crate::{Error, Record, SessionManager, events, logout::ClearSiteData};

impl Session {
    /// What can be answered without waiting. `None`: something must be written.
    pub(crate) fn try_finish(&mut self) -> Option<Headers> {
        if let Some(state) = Arc::get_mut(&mut self.0) {
            return state.try_finish_alone();
        }
        let state = &self.0;
        if state.phase.compare_exchange(0, CLOSED, Relaxed, Relaxed).is_ok() {
            return Some(Headers::default());
        }
        self.close(&mut *state.core.try_enter()?)
    }

    fn close(&self, core: &mut Core) -> Option<Headers> {
        let state = &self.0;
        if core.must_write() {
            return None;
        }
        // Nobody has written: close by one exchange. Otherwise look into the log.
        if state.phase.compare_exchange(TOUCHED, TOUCHED | CLOSED, Relaxed, Relaxed).is_err() {
            let mut log = lock(&state.log);
            if !log.changes.is_empty() {
                return None;
            }
            log.closed = true;
            state.phase.fetch_or(CLOSED, Relaxed);
        }
        core.finished = true;
        // Only a cookie that is no header value can fail, and that way leads through `finish`.
        headers(core, &**self.manager(), state.sent).ok()
    }

    /// Of an error too: the answer to it depends on the cookie as much as the handler's did, but carries none.
    pub(crate) async fn finish(&self) -> Result<Headers, Box<(Error, Headers)>> {
        let state = &self.0;
        let mut core = match state.core.try_enter() {
            Some(core) => core,
            None => state.core.enter().await,
        };
        lock(&state.log).closed = true;
        state.phase.fetch_or(CLOSED, Relaxed);
        core.finished = true;
        let done = self.finish_with(&mut core).await;
        done.map_err(|error| {
            let headers = Headers { vary: core.read, private: core.private, ..Headers::default() };
            Box::new((error, headers))
        })
    }

    async fn finish_with(&self, core: &mut Core) -> Result<Headers, Error> {
        let state = &self.0;
        if let Err(error) = self.end_stale(core).await {
            events::ignored("ending the login of a user that is gone", &error);
        }
        self.write_gathered(core).await?;
        if core.record().is_some_and(|found| found.due)
            && let Err(error) = core.extend(state).await
        {
            events::ignored("extending an idle session", &error);
        }
        headers(core, &**self.manager(), state.sent)
    }

    async fn write_gathered(&self, core: &mut Core) -> Result<(), Error> {
        if !lock(&self.0.log).changes.is_empty() {
            core.load(&self.0).await?;
            if core.is_absent() && !self.may_create() {
                events::foreign_session_refused();
                Taken::from(&self.0.log).done();
                return Ok(());
            }
            if !core.write(&self.0, &Record::with).await? {
                // It ended while this request ran: what was gathered goes with it.
                Taken::from(&self.0.log).done();
            }
        } else if core.record().is_some_and(|found| found.expired)
            && let Err(error) = core.write(&self.0, &Record::with).await
        {
            events::ignored("removing a login whose time is over", &error);
        }
        Ok(())
    }

    /// Whether changes were gathered that nobody will write any more.
    pub(crate) fn has_gathered(&self) -> bool {
        !lock(&self.0.log).changes.is_empty()
    }
}

impl State {
    /// The same where nobody else has the session any more: nothing is locked, and nobody has to be kept out.
    fn try_finish_alone(&mut self) -> Option<Headers> {
        if *self.phase.get_mut() == 0 {
            return Some(Headers::default());
        }
        let log = self.log.get_mut().unwrap_or_else(PoisonError::into_inner);
        let core = self.core.get_mut();
        if core.must_write() || !log.changes.is_empty() {
            return None;
        }
        headers(core, &**self.realm.realm.manager(), self.sent).ok()
    }
}

impl Core {
    /// Whether the end of the request has something to write, whatever was gathered.
    fn must_write(&self) -> bool {
        self.is_ending() || self.record().is_some_and(|found| found.expired || found.due)
    }
}

fn headers(core: &Core, manager: &dyn SessionManager, sent: Sent) -> Result<Headers, Error> {
    let cookie = match core.issued() {
        Some((token, found)) => Some(manager.set_cookie(token, found)?),
        None if core.ended && sent != Sent::Nothing => Some(manager.expire_cookie()),
        None => None,
    };
    // A program without a cookie has nothing to forget.
    let clear = if sent == Sent::Cookie { core.clear } else { ClearSiteData::Nothing };
    // Without a cookie to look for, no answer depends on one.
    let vary = core.read && !manager.cookie_name().is_empty();
    Ok(Headers { cookie, vary, private: core.private, clear })
}
