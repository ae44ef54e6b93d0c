//! The end of a request: what was gathered is written, and the answer gets its headers.

use super::{Core, Headers, Session, lock};
use crate::{Error, Record, events};

impl Session {
    /// Of an error too: the answer to it depends on the cookie as much as the handler's did, but hands out none.
    pub(crate) async fn finish(&self) -> Result<Headers, Box<(Error, Headers)>> {
        let state = &self.0;
        lock(&state.gathered).closed = true;
        // What the handler has asked for, only the one who holds the core knows.
        let unknown = Headers { vary: true, private: true, ..Headers::default() };
        let mut core = match self.wait_for_core().await {
            Ok(core) => core,
            Err(error) => return Err(Box::new((error, unknown))),
        };
        core.finished = true;
        let done = self.finish_with(&mut core).await;
        done.map_err(|error| {
            let headers = core.headers(&state.attached, &state.brought);
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
        core.headers(&state.attached, &state.brought)
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
