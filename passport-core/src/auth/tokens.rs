//! Sessions of programs: the cookie's value, sent in another way than as a cookie.

use std::sync::Arc;

use crate::{Auth, Error, LoggedOut, Lookup, Presented, Scope, Token, events};

impl<U: Send + Sync + 'static> Auth<U> {
    /// Who is logged in by the session with this token: the value that its cookie has, sent by a program in a header of its
    /// own. `None` for nobody. For strategies that admit by a header, or that move a session to another browser.
    ///
    /// The request's own session is left alone, and the token's is not extended.
    ///
    /// # Errors
    ///
    /// If one of the stores cannot be asked.
    pub async fn user_by_token(&self, token: &str) -> Result<Option<Arc<U>>, Error> {
        let Some(token) = self.token(token) else { return Ok(None) };
        self.session.keep_out_of_caches().await?;
        let Lookup::Found(found) = self.passport.0.sessions.load(&token).await? else { return Ok(None) };
        match found.record.login(self.passport.0.realm) {
            Some(login) => self.passport.0.alive(login).await,
            None => Ok(None),
        }
    }

    /// Ends the session with this token, every realm's login in it. Whether it was live until now: of several calls at once
    /// one is told so.
    ///
    /// # Errors
    ///
    /// [`Error::CrossSite`] if a foreign site asked for it; or the store's error: then the session is still alive.
    pub async fn end_by_token(&self, token: &str) -> Result<bool, Error> {
        self.refuse_foreign("end_by_token")?;
        let Some(token) = self.token(token) else { return Ok(false) };
        let ended = self.passport.0.sessions.delete(&token).await?;
        let done = LoggedOut { ended: u64::from(ended), destroyed: ended, next: None };
        events::logged_out(None, None, Scope::Here, &done, &self.session.client());
        Ok(ended)
    }

    /// Only what could stand in the cookie.
    fn token(&self, value: &str) -> Option<Token> {
        let manager = &self.passport.0.sessions;
        let mut presented = Presented::Nothing;
        manager.find_tokens(format!("{}={value}", manager.cookie_name()).as_bytes(), &mut presented);
        match presented {
            Presented::One(token) if token.as_bytes() == value.as_bytes() => Some(token),
            _ => None,
        }
    }
}
