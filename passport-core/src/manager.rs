//! What the core asks of sessions: `passport-session` answers.

use std::{
    any::Any,
    fmt,
    sync::{Arc, Weak},
    time::Duration,
};

use async_trait::async_trait;
use http::HeaderValue;

use crate::{BoxFuture, Client, Clock, Error, Handle, Owner, Record, Timestamp, Token};

/// Applied to whatever record is found, and again to the newer one after each collision.
pub type Edit<'a> = &'a (dyn Fn(&Record) -> Result<Record, Error> + Send + Sync);

/// Finds, loads and changes the sessions behind one cookie.
///
/// Applications do not implement this: they hand a `Sessions` of `passport-session` to
/// [`Passport::builder`](crate::Passport::builder). What it promises is in [the design](crate::manual::design).
#[async_trait]
pub trait SessionManager: Send + Sync + 'static {
    /// The cookie's name. Two managers on one request must not share it. Empty: there are no sessions.
    fn cookie_name(&self) -> &str;

    /// Whether the cookie travels over https only, so that a foreign scheme is a foreign origin.
    fn is_secure(&self) -> bool;

    /// Refuses a configuration that cannot work, when the application starts.
    fn check(&self) -> Result<(), Error> {
        Ok(())
    }

    /// Takes a realm's name for one passport, when the application starts: a user's sessions are found by realm and
    /// key, so two passports of one name over one store would take each other's users for their own.
    fn claim(&self, _realm: &'static str, _passport: Weak<dyn Any + Send + Sync>) -> Result<(), Error> {
        Ok(())
    }

    /// Tells one store from another in this process, for managers that must share theirs. `None`: there is no store.
    fn store_identity(&self) -> Option<usize> {
        None
    }

    /// The clock that lifetimes go by.
    fn clock(&self) -> &Arc<dyn Clock>;

    /// Adds what one `Cookie` header holds under this manager's name to `presented`; of what is malformed, only
    /// that it was there. No I/O.
    fn find_tokens(&self, header: &[u8], presented: &mut Presented);

    /// How long a login lives.
    fn lifetime(&self, remember: Option<Duration>) -> Lifetime;

    /// Looks a session up, if nothing has to be waited for. `None`: ask [`load`](Self::load).
    fn load_at_once(&self, _token: &Token) -> Option<Result<Lookup, Error>> {
        None
    }

    /// Looks a session up.
    async fn load(&self, token: &Token) -> Result<Lookup, Error>;

    /// Writes a new session: `edit` of an empty one.
    async fn create(&self, edit: Edit<'_>) -> Result<(Token, Found), Error>;

    /// Changes the session that was found, or the newer one there is by now. `None`: it has ended, and stays ended.
    async fn update(&self, token: &Token, found: Found, edit: Edit<'_>) -> Result<Option<Updated>, Error>;

    /// As `update`, under a new id, atomically: never both ids, never neither.
    async fn rotate(
        &self,
        token: &Token,
        found: Found,
        edit: Edit<'_>,
    ) -> Result<Option<(Token, Found)>, Error>;

    /// Ends a session, also if it has moved to another id meanwhile. Whether there was one.
    async fn delete(&self, token: &Token) -> Result<bool, Error>;

    /// Extends the session. `None`: it has ended.
    async fn touch(&self, token: &Token, found: &Found) -> Result<Option<Updated>, Error>;

    /// Refuses, if sessions are kept where an operation cannot be atomic.
    fn require_store(&self, _operation: &'static str) -> Result<(), Error> {
        Ok(())
    }

    /// The sessions in which a user is logged in.
    async fn list(&self, owner: &Owner) -> Result<Vec<Listed>, Error>;

    /// Ends the user's login in the session with this handle. Whether there was one.
    async fn end(&self, owner: &Owner, handle: Handle) -> Result<bool, Error>;

    /// Ends the user's logins in all sessions but one. How many sessions that were.
    async fn delete_all(&self, owner: &Owner, except: Option<&Token>) -> Result<u64, Error>;

    /// Ends the user's logins in all sessions, and the session of this token, whosever it is by now. How many sessions that were.
    async fn delete_all_and(&self, owner: &Owner, token: &Token) -> Result<u64, Error> {
        let ended = self.delete_all(owner, None).await?;
        Ok(ended + u64::from(self.delete(token).await?))
    }

    /// Resolves when the session is no longer live under this id. `None`: only asking again tells.
    fn ended(&self, token: &Token) -> Option<BoxFuture<'static, ()>>;

    /// The `Set-Cookie` that hands the session to the browser.
    fn set_cookie(&self, token: &Token, found: &Found) -> Result<HeaderValue, Error>;

    /// The `Set-Cookie` that takes it away.
    fn expire_cookie(&self) -> HeaderValue;
}

impl fmt::Debug for dyn SessionManager {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionManager").field("cookie", &self.cookie_name()).finish_non_exhaustive()
    }
}

/// The sessions that a passport goes by: a `Sessions` or a `SealedSessions` of `passport-session`, or a reference to one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not what a passport goes by: that is a `Sessions`",
    label = "not sessions",
    note = "hand over `Sessions::over(store)`, `Sessions::in_memory()` or `SealedSessions::new(…)` of `passport-session`"
)]
pub trait IntoSessions {
    /// What keeps them: the same for each clone and reference.
    fn into_sessions(self) -> Arc<dyn SessionManager>;
}

#[diagnostic::do_not_recommend]
impl<T: Into<Arc<dyn SessionManager>>> IntoSessions for T {
    fn into_sessions(self) -> Arc<dyn SessionManager> {
        self.into()
    }
}

/// How long a login lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetime {
    /// Without a request.
    pub idle: Duration,
    /// Whatever happens.
    pub absolute: Duration,
}

/// When a session was last seen alive, and when it expires.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Life {
    /// The last request that was noticed: what idle time counts from. For a write, this is now.
    pub seen: Timestamp,
    /// When the whole session expires. A store with a clock of its own keeps it for `expires - seen`.
    pub expires: Timestamp,
}

/// A record as it was read, and what is needed to replace exactly that one.
#[derive(Clone, Debug)]
pub struct Found {
    /// The record, without logins whose time is over.
    pub record: Record,
    /// Which one: every write has another.
    pub version: u64,
    /// As the store keeps it.
    pub life: Life,
    /// When it was read.
    pub read: Timestamp,
    /// Whether logins were left out because their time is over, and the store still holds them.
    pub expired: bool,
    /// Whether reading alone should extend the session.
    pub due: bool,
}

/// What a session is after a change.
#[derive(Clone, Debug)]
pub struct Updated {
    /// The cookie's new value, where the cookie itself is the session.
    pub token: Option<Token>,
    /// What is stored now.
    pub found: Found,
}

/// How long, in seconds, a store remembers that an id has ended: longer than any request should be under way.
pub const MARK_SECONDS: u64 = 60;

/// What a store says about an id.
#[derive(Clone, Debug)]
pub enum Lookup {
    /// It is live.
    Found(Found),
    /// It was, until shortly.
    Ended,
    /// Nothing is known about it. Expired counts as this.
    None,
}

/// One of a user's sessions.
#[derive(Clone, Debug)]
pub struct Listed {
    /// The record.
    pub record: Record,
    /// When it was last seen alive.
    pub life: Life,
}

/// The session cookies that came with a request.
#[derive(Clone, Debug, Default)]
pub enum Presented {
    /// None.
    #[default]
    Nothing,
    /// None that is well-formed.
    Malformed,
    /// One.
    One(Token),
    /// Several that differ: nobody can say which is the visitor's.
    Several(Vec<Token>),
    /// More than four that differ, of which these came first: no browser has so many, but a foreign one that was made to.
    TooMany(Vec<Token>),
}

impl Presented {
    /// The most tokens that are kept.
    const LIMIT: usize = 4;

    /// Adds a well-formed token; one that is there already counts once.
    #[inline]
    pub fn add(&mut self, token: Token) {
        match self {
            Self::Nothing | Self::Malformed => *self = Self::One(token),
            Self::One(one) if *one == token => {}
            Self::One(one) => *self = Self::Several(vec![one.clone(), token]),
            Self::Several(all) if all.contains(&token) => {}
            Self::Several(all) if all.len() < Self::LIMIT => all.push(token),
            Self::Several(all) => *self = Self::TooMany(std::mem::take(all)),
            Self::TooMany(_) => {}
        }
    }

    /// Notes a value that cannot be a session's. It hides no other one.
    pub fn add_malformed(&mut self) {
        if matches!(self, Self::Nothing) {
            *self = Self::Malformed;
        }
    }
}

/// One of a user's sessions, as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SessionInfo {
    /// Its public name: no secret, and no use as a cookie.
    pub handle: Handle,
    /// When the user logged in.
    pub created: Timestamp,
    /// When it was last seen alive. Not every request is noted: it may have been used up to a minute later.
    pub last_seen: Timestamp,
    /// The strategy that made the login.
    pub strategy: String,
    /// Where the login came from.
    pub client: Client,
    /// Whether it is the session of this very request.
    pub current: bool,
}
