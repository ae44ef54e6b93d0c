//! Logins that no cookie holds: of a program, a device, a family of tokens.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
};

use serde_core::{Serialize, de::DeserializeOwned};

use crate::{
    Auth, Clock, Error, Found, IntoSuccess, Kind, Lifetime, Lookup, Passport, Record, SessionManager, Token,
    events,
    record::{Change, Changes},
};

/// Where a grant keeps the one value that is its holder's.
const STATE: &str = "state";

/// Logins of one realm that no cookie holds; made by [`Passport::grants`].
///
/// Each is a login like any other, in the same store: it is on the list of the user's sessions, ends with them ("log out
/// everywhere", [`Passport::end_sessions`], a new fingerprint), counts towards their limit and has the timeouts of its own
/// sessions. Its id goes to the caller, instead of into a cookie, and it holds one value of the caller's choice.
#[must_use = "grants are made one by one: `open`"]
pub struct Grants<U> {
    passport: Passport<U>,
    sessions: Arc<dyn SessionManager>,
}

impl<U: Send + Sync + 'static> Grants<U> {
    pub(crate) fn new(passport: Passport<U>, sessions: Arc<dyn SessionManager>) -> Result<Self, Error> {
        sessions.require_store("`grants`")?;
        sessions.check()?;
        let own = &passport.0.sessions;
        if own.cookie_name() == sessions.cookie_name() {
            return Err(Error::CookieTaken(sessions.cookie_name().to_owned()));
        }
        if own.store_identity().is_none() || own.store_identity() != sessions.store_identity() {
            return Err(Error::Config(
                "these grants are in another store than the passport's sessions, so that \"log out everywhere\" would miss \
                 them: make theirs with `Sessions::over(sessions.store())`"
                    .into(),
            ));
        }
        Ok(Self { passport, sessions })
    }

    /// Lets somebody in, beside whoever is logged in by the session: hooks are asked and told as at a login, the record is
    /// in the store when this returns. The token is the only key to it.
    ///
    /// Whoever is let in because the session says who it is gets no grant that outlives a logout everywhere: if the session has
    /// ended meanwhile, there is none. One who was named by a token, as by [`Auth::user_by_token`], is whom the token named when it was
    /// looked up.
    ///
    /// # Errors
    ///
    /// As [`Auth::login`]; [`Error::Ended`] if the session that says who it is has ended meanwhile.
    pub async fn open(
        &self,
        auth: &Auth<U>,
        user: impl IntoSuccess<U>,
        state: &(impl Serialize + Sync),
    ) -> Result<Token, Error> {
        auth.refuse_foreign("grant")?;
        let success = user.into_success();
        let event = auth.admitted(&success).await?;
        let login = auth.new_login(&*self.sessions, event.strategy, &success.user, success.remember)?;
        let by_session = match auth.session.known_by_session::<U>().await? {
            Some(user) => self.passport.0.users.key(&user)? == login.key,
            None => false,
        };
        let (none, state) = (Changes::default(), only(state)?);
        let edit = |empty: &Record| empty.with_login(&login, &event.client, &none, &state);
        let (token, _) = self.sessions.create(&edit).await?;
        if let Err(error) = self.still_in(auth, by_session).await {
            // Nobody has its token yet, and nobody gets it now.
            if let Err(failed) = self.end(&token).await {
                events::ignored("ending a grant that was not handed out", &failed);
            }
            return Err(error);
        }
        auth.tell_of_login(&event, &login.key).await;
        Ok(token)
    }

    /// A logout everywhere that came after the session was read, and before the grant was there, has ended the one and not the
    /// other.
    async fn still_in(&self, auth: &Auth<U>, by_session: bool) -> Result<(), Error> {
        if by_session && auth.recheck().await?.is_none() {
            return Err(Error::Ended);
        }
        Ok(())
    }

    /// The grant behind a token; `None` if it has ended. That of a user who is gone, or is not who it was, ends here; that of one
    /// whose key is of another type stays, and is nobody's.
    ///
    /// # Errors
    ///
    /// If one of the two stores cannot be asked: that is no end.
    pub async fn find(&self, token: &Token) -> Result<Option<Granted<U>>, Error> {
        let Lookup::Found(found) = self.sessions.load(token).await? else { return Ok(None) };
        let Some(login) = found.record.login(self.passport.0.realm) else { return Ok(None) };
        if let Some(user) = self.passport.0.alive(login).await? {
            return Ok(Some(Granted { user, found }));
        }
        if !self.passport.0.users.is_key(login.key) {
            // Nobody here can say whose it is; an older version of the application may.
            return Ok(None);
        }
        events::user_gone(self.passport.0.realm, login.key);
        if let Err(error) = self.end(token).await {
            events::ignored("ending the grant of a user who is gone", &error);
        }
        Ok(None)
    }

    /// Puts another value in the place of a grant's, and notes that it is in use. `change` gets the value as it is when it is
    /// written, also if somebody else was faster: of any number that expect the same value at once, one succeeds.
    ///
    /// # Errors
    ///
    /// If the store cannot be asked, or the value there is no `T`.
    pub async fn replace<T>(
        &self,
        token: &Token,
        granted: Granted<U>,
        change: impl Fn(T) -> Option<T> + Send + Sync,
    ) -> Result<Replaced, Error>
    where
        T: Serialize + DeserializeOwned + Sync,
    {
        let refused = AtomicBool::new(false);
        let edit = |old: &Record| match change(state(old)?) {
            Some(new) => old.with(&only(&new)?),
            None => {
                refused.store(true, Relaxed);
                Err(Error::Ended)
            }
        };
        match self.sessions.update(token, granted.found, &edit).await {
            Ok(Some(_)) => Ok(Replaced::Done),
            Ok(None) => Ok(Replaced::Gone),
            Err(Error::Ended) if refused.load(Relaxed) => Ok(Replaced::Refused),
            Err(error) => Err(error),
        }
    }

    /// Ends a grant. Whether there was one. Hooks are not told: the one who held it did not log out of anything here.
    ///
    /// # Errors
    ///
    /// If the store cannot be asked: then it is still alive.
    pub async fn end(&self, token: &Token) -> Result<bool, Error> {
        let ended = self.sessions.delete(token).await?;
        if ended {
            events::grant_ended(self.passport.0.realm);
        }
        Ok(ended)
    }

    /// The clock that grants go by.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        self.sessions.clock()
    }

    /// How long a grant lives, without being used and at the most.
    pub fn lifetime(&self) -> Lifetime {
        self.sessions.lifetime(None)
    }

    /// The passport whose users these are.
    pub fn passport(&self) -> &Passport<U> {
        &self.passport
    }
}

impl<U> Clone for Grants<U> {
    fn clone(&self) -> Self {
        Self { passport: self.passport.clone(), sessions: Arc::clone(&self.sessions) }
    }
}

impl<U> fmt::Debug for Grants<U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Grants").field("passport", &self.passport).finish_non_exhaustive()
    }
}

/// A live grant, as it was found.
pub struct Granted<U> {
    user: Arc<U>,
    found: Found,
}

impl<U> Granted<U> {
    /// Whose it is.
    pub fn user(&self) -> &Arc<U> {
        &self.user
    }

    /// The value that it held when it was found.
    ///
    /// # Errors
    ///
    /// [`Error::Value`] if that is no `T`.
    pub fn state<T: DeserializeOwned>(&self) -> Result<T, Error> {
        state(&self.found.record)
    }
}

impl<U> fmt::Debug for Granted<U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Granted")
    }
}

/// What became of a change to a grant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "only `Done` has written anything"]
pub enum Replaced {
    /// It is in the store.
    Done,
    /// `change` wanted none: the value was not as expected.
    Refused,
    /// The grant has ended.
    Gone,
}

fn state<T: DeserializeOwned>(record: &Record) -> Result<T, Error> {
    let bytes = record.get(Kind::Data, STATE).unwrap_or_default();
    serde_json::from_slice(bytes).map_err(|error| wrong("read as the type that was asked for", &error))
}

fn only(state: &impl Serialize) -> Result<Changes, Error> {
    let value = serde_json::to_vec(state).map_err(|error| wrong("written", &error))?;
    let mut changes = Changes::default();
    changes.set(Change { kind: Kind::Data, key: STATE.into(), value: Some(value.into()) });
    Ok(changes)
}

fn wrong(action: &'static str, error: &serde_json::Error) -> Error {
    Error::Value { key: STATE.to_owned(), action, column: error.column() }
}
