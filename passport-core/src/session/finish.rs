//! The end of a request: what was gathered is written, and the answer gets its headers.

use std::sync::PoisonError;

use triomphe::Arc;

use super::{Attached, Core, Gathered, Headers, Sent, Session, lock};
use crate::{Error, Record, events, logout::ClearSiteData};

impl Session {
    /// What can be answered without waiting. `None`: something must be written, or another task of this request is in the lane.
    #[inline]
    pub(crate) fn try_finish(&mut self) -> Option<Headers> {
        // Mostly nobody else has the session any more: then nothing is locked, and nobody has to be kept out.
        if let Some(state) = Arc::get_mut(&mut self.0) {
            let gathered = state.gathered.get_mut().unwrap_or_else(PoisonError::into_inner);
            return try_close(state.core.get_mut(), gathered, &state.attached, state.sent);
        }
        let mut core = self.0.core.try_enter()?;
        try_close(&mut core, &mut lock(&self.0.gathered), &self.0.attached, self.0.sent)
    }

    /// Of an error too: the answer to it depends on the cookie as much as the handler's did, but hands out none.
    pub(crate) async fn finish(&self) -> Result<Headers, Box<(Error, Headers)>> {
        let state = &self.0;
        lock(&state.gathered).closed = true;
        // What the handler has asked for, only the one who is in the lane knows.
        let unknown = Headers { vary: true, private: true, ..Headers::default() };
        let mut core = match self.turn().await {
            Ok(core) => core,
            Err(error) => return Err(Box::new((error, unknown))),
        };
        core.finished = true;
        let done = self.finish_with(&mut core).await;
        done.map_err(|error| {
            let headers = headers(&core, &state.attached, state.sent);
            let mut headers = headers.unwrap_or(Headers { clear: core.clear, ..unknown });
            // The cookie of a logout goes, that of a login does not: what it opens is not what the handler meant.
            headers.cookie.take_if(|_| !core.logged_out);
            Box::new((error, headers))
        })
    }

    async fn finish_with(&self, core: &mut Core) -> Result<Headers, Error> {
        let state = &self.0;
        if let Err(error) = self.end_stale(core).await {
            events::ignored("ending the login of a user that is gone", &error);
            // It was that user's: as if the login had ended.
            state.drop_gathered();
        }
        self.write_gathered(core).await?;
        if core.doubts_new_cookie() {
            core.load(state).await?;
        }
        if core.record().is_some_and(|found| found.due)
            && let Err(error) = core.extend(state).await
        {
            events::ignored("extending an idle session", &error);
        }
        headers(core, &state.attached, state.sent)
    }

    async fn write_gathered(&self, core: &mut Core) -> Result<(), Error> {
        if !lock(&self.0.gathered).changes.is_empty() {
            core.load(&self.0).await?;
            if core.is_absent() && !self.may_create() {
                events::foreign_session_refused();
                self.0.drop_gathered();
                return Ok(());
            }
            if !core.write(&self.0, &Record::with).await? {
                // It ended while this request ran: what was gathered goes with it.
                self.0.drop_gathered();
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
        !lock(&self.0.gathered).changes.is_empty()
    }
}

/// The end of a request that has nothing to write. `None`: it has.
#[inline]
fn try_close(core: &mut Core, gathered: &mut Gathered, attached: &Attached, sent: Sent) -> Option<Headers> {
    // A user is gone; nobody knows whether the new cookie is one; a login's time is over; or the idle time is to be extended,
    // which happens once in a while.
    let unsettled = core.has_stale_login()
        || core.doubts_new_cookie()
        || core.record().is_some_and(|found| found.expired || found.due);
    if unsettled || !gathered.changes.is_empty() {
        return None;
    }
    (core.finished, gathered.closed) = (true, true);
    // Only a cookie that is no header value can fail: then `finish` fails too, and says so.
    headers(core, attached, sent).ok()
}

fn headers(core: &Core, attached: &Attached, sent: Sent) -> Result<Headers, Error> {
    let cookie = match core.new_cookie() {
        Some((token, found)) => Some(attached.manager().set_cookie(token, found)?),
        None if core.logged_out && sent != Sent::Nothing => Some(attached.manager().expire_cookie()),
        None => None,
    };
    // A program without a cookie has nothing to forget.
    let clear = if sent == Sent::Cookie { core.clear } else { ClearSiteData::Nothing };
    // Without a cookie to look for, no answer depends on one.
    let vary = core.asked && !attached.manager().cookie_name().is_empty();
    Ok(Headers { cookie, vary, private: core.private, clear })
}
