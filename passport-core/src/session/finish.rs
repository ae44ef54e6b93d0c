//! The end of a request: what was gathered is written, and the answer gets its headers.

use std::sync::atomic::Ordering::Relaxed;

use super::{CLOSED, Core, Headers, Session, TOUCHED, lock, log::Taken};
use crate::{Error, Record, events, logout::ClearSiteData};

impl Session {
    /// What can be answered without waiting. `None`: something must be written.
    pub(crate) fn try_finish(&self) -> Option<Headers> {
        let state = &self.0;
        if state.phase.compare_exchange(0, CLOSED, Relaxed, Relaxed).is_ok() {
            return Some(Headers::default());
        }
        state.core.look(|core| self.close(core))?
    }

    fn close(&self, core: &mut Core) -> Option<Headers> {
        let state = &self.0;
        if !core.users.stale().is_empty() || core.record().is_some_and(|found| found.expired || found.due) {
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
        self.headers(core).ok()
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
        self.headers(core)
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

    fn headers(&self, core: &Core) -> Result<Headers, Error> {
        let manager = self.manager();
        let cookie = match core.issued() {
            Some((token, found)) => Some(manager.set_cookie(token, found)?),
            None if core.ended && (self.0.sent || self.0.malformed) => Some(manager.expire_cookie()),
            None => None,
        };
        // A program without a cookie has nothing to forget.
        let clear = if self.0.sent { core.clear } else { ClearSiteData::Nothing };
        // Without a cookie to look for, no answer depends on one.
        let vary = core.read && !manager.cookie_name().is_empty();
        Ok(Headers { cookie, vary, private: core.private, clear })
    }

    /// Whether changes were gathered that nobody will write any more.
    pub(crate) fn has_gathered(&self) -> bool {
        !lock(&self.0.log).changes.is_empty()
    }
}
