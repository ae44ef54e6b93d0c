//! The end of a session, at once.

use super::{Core, Seen, State};
use crate::{
    Error, Owner,
    session::{brought::Brought, logout::incomplete},
};

impl Core {
    /// Ends the session at every id the browser sent. Also if it was not found: it may have moved to another
    /// id meanwhile, and `delete` follows. All are tried, whatever becomes of one. How many there were.
    pub(in crate::session) async fn destroy(&mut self, state: &State) -> Result<u64, Error> {
        let manager = state.manager();
        let own = self.token.clone();
        self.asked = true;
        self.forget();
        let (mut ended, mut failed) = (0, None);
        for token in state.brought.strays().iter().chain(&own) {
            match manager.delete(token).await {
                Ok(was) => ended += u64::from(was),
                Err(error) => failed = failed.or(Some(error)),
            }
        }
        let more = || matches!(state.brought, Brought::TooMany(_)).then_some(Error::TooManyCookies);
        if let Some(error) = failed.or_else(more) {
            return Err(incomplete(ended, error));
        }
        self.destroyed(state);
        Ok(ended)
    }

    /// Ends the session together with all others of the only user who is logged in here. How many there were.
    pub(in crate::session) async fn destroy_everywhere(
        &mut self,
        state: &State,
        owner: &Owner,
    ) -> Result<u64, Error> {
        let token = self.token.clone();
        self.forget();
        let ended = match &token {
            // It may be another user's by now, and ends as it would without the others.
            Some(token) => state.manager().delete_all_and(owner, token).await?,
            None => state.manager().delete_all(owner, None).await?,
        };
        self.destroyed(state);
        Ok(ended)
    }

    fn destroyed(&mut self, state: &State) {
        state.drop_gathered();
        (self.token, self.seen) = (None, Seen::Absent);
        (self.issued, self.logged_out) = (false, true);
        self.memos.forget_all();
    }
}
