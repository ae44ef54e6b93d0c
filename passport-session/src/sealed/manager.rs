//! The session manager whose store is the browser.

use std::{
    any::Any,
    sync::{Arc, Weak},
    time::Duration,
};

use http::HeaderValue;
use passport_core::{
    BoxError, BoxFuture, Clock, Edit, Error, Found, Handle, Lifetime, Listed, Login, Lookup, Owner,
    Presented, Record, SessionManager, Timestamp, Token, Updated, async_trait,
};

use super::{
    Keys, Revocations,
    seal::{self, Contents},
};
use crate::{MARK_SECONDS, StoreError, claims::Claims, lifetime, random::Random, settings::Settings};

/// How much longer than a session its revocation is kept: processes may disagree about the time.
const MARGIN: Duration = Duration::from_secs(60);

/// Behind `SealedSessions`.
pub(super) struct Manager {
    pub(super) settings: Settings,
    keys: Keys,
    revocations: Arc<dyn Revocations>,
    /// The realms of all that another setting has made of these sessions too: they open with the same keys.
    claims: Arc<Claims>,
    random: Random,
}

impl Manager {
    pub(super) fn new(keys: Keys, revocations: Arc<dyn Revocations>) -> Self {
        Self {
            settings: Settings::default(),
            keys,
            revocations,
            claims: Arc::default(),
            random: Random::default(),
        }
    }

    /// Another manager with the same keys, revocations and settings.
    pub(super) fn another(&self) -> Self {
        Self {
            settings: self.settings.clone(),
            claims: self.claims.clone(),
            ..Self::new(self.keys.clone(), self.revocations.clone())
        }
    }

    fn name(&self) -> &str {
        self.settings.cookie.name()
    }

    fn open(&self, token: &Token) -> Result<Option<Contents>, Error> {
        match seal::open(&self.keys, self.name(), token.as_bytes()) {
            Err(StoreError::Corrupt) => {
                tracing::error!(
                    cookie = self.name(),
                    "a sealed session cannot be decoded: its visitor is anonymous"
                );
                Ok(None)
            }
            opened => Ok(opened?),
        }
    }

    /// Seals what is written now. No copy lives longer than `end`.
    fn seal(&self, record: Record, now: Timestamp, end: Timestamp) -> Result<(Token, Found), Error> {
        let mut life = self.settings.life(&record, now);
        life.expires = life.expires.min(end);
        let contents = Contents { record, life, end };
        let value = seal::seal(&self.keys, self.name(), self.random.take()?, &contents)?;
        let found =
            Found { record: contents.record, version: 0, life, read: now, expired: false, due: false };
        Ok((Token::new(value.as_bytes()), found))
    }

    /// Under a new handle, whose end is that of its last login.
    fn seal_new(&self, record: &Record, now: Timestamp) -> Result<(Token, Found), Error> {
        let record = record.with_handle(Handle::new(self.random.take()?));
        let end = lifetime::end(&record, now, self.settings.absolute);
        self.seal(record, now, end)
    }

    async fn look_up(&self, contents: Contents, now: Timestamp) -> Result<Lookup, Error> {
        let Contents { record, life, .. } = contents;
        match self.revocations.revoked(record.handle(), now).await.map_err(failed)? {
            None => Ok(Lookup::Found(lifetime::found(record, 0, life, now, self.settings.idle))),
            // A request under way must not answer a logout with a new session; a later one may.
            Some(at) if now.since(at) < Duration::from_secs(MARK_SECONDS) => Ok(Lookup::Ended),
            Some(_) => Ok(Lookup::None),
        }
    }

    /// The change that keeps the handle. It cannot know of another one that is under way: the last cookie wins.
    async fn reseal(
        &self,
        contents: Contents,
        found: &Found,
        edit: Edit<'_>,
    ) -> Result<Option<Updated>, Error> {
        let now = self.settings.now();
        let ended = self.revocations.revoked(contents.record.handle(), now).await.map_err(failed)?;
        if ended.is_some() || contents.is_over(now) {
            return Ok(None);
        }
        let (base, _) = lifetime::live(found.record.clone(), now, found.life.seen);
        let edited = edit(&base)?;
        let stays =
            |login: Login<'_>| edited.login(login.realm.as_str()).is_some_and(|kept| kept.key == login.key);
        if !base.logins().all(stays) {
            return self.move_to(&contents, &edited, now).await;
        }
        let (token, found) = self.seal(edited, now, contents.end)?;
        Ok(Some(Updated { token: Some(token), found }))
    }

    /// Seals it under a new handle, and ends the old one with all its copies: they hold a login that is not to be any more, or what
    /// is about to be somebody's. Where nobody is logged in before or after, nothing is noted, as in `delete`.
    async fn move_to(
        &self,
        old: &Contents,
        record: &Record,
        now: Timestamp,
    ) -> Result<Option<Updated>, Error> {
        // First what may fail: a session that does not fit ends nothing.
        let (token, found) = self.seal_new(record, now)?;
        let was_live = match old.record.has_logins() || record.has_logins() {
            true => self.revoke(old, now).await?,
            false => self.revocations.revoked(old.record.handle(), now).await.map_err(failed)?.is_none(),
        };
        Ok(was_live.then_some(Updated { token: Some(token), found }))
    }

    async fn revoke(&self, contents: &Contents, now: Timestamp) -> Result<bool, Error> {
        let until = contents.end.plus(MARGIN);
        self.revocations.revoke(contents.record.handle(), until, now).await.map_err(failed)
    }
}

fn failed(error: BoxError) -> Error {
    match error.downcast::<StoreError>() {
        Ok(error) => (*error).into(),
        Err(error) => Error::Session(error),
    }
}

#[async_trait]
impl SessionManager for Manager {
    fn cookie_name(&self) -> &str {
        self.name()
    }

    fn is_secure(&self) -> bool {
        self.settings.cookie.is_secure()
    }

    fn check(&self) -> Result<(), Error> {
        self.settings.check()?;
        if !seal::has_room(self.name()) {
            return Err(Error::Config(
                "the cookie's name leaves no room for a session: give `.cookie(…)` a short one".into(),
            ));
        }
        Ok(())
    }

    fn claim(&self, realm: &'static str, passport: Weak<dyn Any + Send + Sync>) -> Result<(), Error> {
        self.claims.claim(realm, passport)
    }

    fn clock(&self) -> &Arc<dyn Clock> {
        &self.settings.clock
    }

    fn find_tokens(&self, header: &[u8], presented: &mut Presented) {
        self.settings.cookie.find(header, |value| match seal::is_well_formed(self.name(), value) {
            true => presented.add(Token::new(value)),
            false => presented.add_malformed(),
        });
    }

    fn lifetime(&self, remember: Option<Duration>) -> Lifetime {
        self.settings.lifetime(remember)
    }

    async fn load(&self, token: &Token) -> Result<Lookup, Error> {
        let now = self.settings.now();
        match self.open(token)? {
            Some(contents) if !contents.is_over(now) => {
                self.settings.within(self.look_up(contents, now)).await
            }
            _ => Ok(Lookup::None),
        }
    }

    async fn create(&self, edit: Edit<'_>) -> Result<(Token, Found), Error> {
        self.seal_new(&edit(&Record::empty(Handle::new([0; 16])))?, self.settings.now())
    }

    async fn update(&self, token: &Token, found: Found, edit: Edit<'_>) -> Result<Option<Updated>, Error> {
        let Some(contents) = self.open(token)? else { return Ok(None) };
        self.settings.within(self.reseal(contents, &found, edit)).await
    }

    async fn rotate(
        &self,
        token: &Token,
        found: Found,
        edit: Edit<'_>,
    ) -> Result<Option<(Token, Found)>, Error> {
        let Some(contents) = self.open(token)? else { return Ok(None) };
        let now = self.settings.now();
        if contents.is_over(now) {
            return Ok(None);
        }
        let (base, _) = lifetime::live(found.record, now, found.life.seen);
        let moved = self.settings.within(self.move_to(&contents, &edit(&base)?, now)).await?;
        Ok(moved.and_then(|new| Some((new.token?, new.found))))
    }

    async fn delete(&self, token: &Token) -> Result<bool, Error> {
        let now = self.settings.now();
        match self.open(token)? {
            // Strangers could fill the revocations with anonymous sessions, until nobody could log out any more. A
            // copy of one opens nobody's login.
            Some(contents) if !contents.record.has_logins() => Ok(!contents.is_over(now)),
            // Also if this copy is over: another one of the same session may not be.
            Some(contents) if now < contents.end => self.settings.within(self.revoke(&contents, now)).await,
            _ => Ok(false),
        }
    }

    async fn touch(&self, token: &Token, found: &Found) -> Result<Option<Updated>, Error> {
        self.update(token, found.clone(), &|record| Ok(record.clone())).await
    }

    fn require_store(&self, operation: &'static str) -> Result<(), Error> {
        Err(Error::NeedsStore(operation))
    }

    async fn list(&self, _: &Owner) -> Result<Vec<Listed>, Error> {
        Err(Error::NeedsStore("the list of a user's sessions"))
    }

    async fn end(&self, _: &Owner, _: Handle) -> Result<bool, Error> {
        Err(Error::NeedsStore("ending a session by its handle"))
    }

    async fn delete_all(&self, _: &Owner, _: Option<&Token>) -> Result<u64, Error> {
        Err(Error::NeedsStore("ending all of a user's sessions"))
    }

    fn ended(&self, _: &Token) -> Option<BoxFuture<'static, ()>> {
        None
    }

    fn set_cookie(&self, token: &Token, found: &Found) -> Result<HeaderValue, Error> {
        self.settings.set_cookie(token, found)
    }

    fn expire_cookie(&self) -> HeaderValue {
        self.settings.cookie.expire()
    }
}
