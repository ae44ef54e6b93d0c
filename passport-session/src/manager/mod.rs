//! The session manager over a store.

mod read;
#[cfg(test)]
mod tests;
mod users;
mod write;

use std::{
    any::Any,
    num::NonZeroU32,
    sync::{Arc, Weak},
    time::Duration,
};

use http::HeaderValue;
use passport_core::{
    BoxFuture, Clock, Edit, Error, Found, Handle, Lifetime, Listed, Lookup, Owner, Presented, Record,
    SessionManager, Token, Updated, async_trait,
};

use crate::{
    Beyond, IdHash, Limit, SessionStore,
    claims::Claims,
    id::{encode, is_id},
    random::Random,
    retry::Queue,
    settings::Settings,
};

/// Behind `Sessions`: the settings, the store, and what writers need.
pub(crate) struct Manager {
    pub(crate) settings: Settings,
    /// As it was given: zero is refused by `check`.
    pub(crate) limit: (u32, Beyond),
    pub(crate) store: Arc<dyn SessionStore>,
    random: Random,
    queue: Queue,
    claims: Arc<Claims>,
}

impl Manager {
    pub(crate) fn new(store: Arc<dyn SessionStore>) -> Self {
        Self {
            settings: Settings::default(),
            limit: (100, Beyond::EndOldest),
            claims: Claims::over(&store),
            store,
            random: Random::default(),
            queue: Queue::default(),
        }
    }

    /// Another manager over the same store, with the same settings.
    pub(crate) fn another(&self) -> Self {
        Self { settings: self.settings.clone(), limit: self.limit, ..Self::new(self.store.clone()) }
    }

    fn limit(&self) -> Limit {
        Limit { most: NonZeroU32::new(self.limit.0).unwrap_or(NonZeroU32::MIN), beyond: self.limit.1 }
    }

    fn id(&self, token: &Token) -> Option<IdHash> {
        IdHash::of_token(self.settings.cookie.name(), token)
    }

    fn new_id(&self) -> Result<(Token, IdHash), Error> {
        let id = self.random.take()?;
        Ok((encode(&id), IdHash::of(self.settings.cookie.name(), &id)))
    }
}

#[async_trait]
impl SessionManager for Manager {
    fn cookie_name(&self) -> &str {
        self.settings.cookie.name()
    }

    fn is_secure(&self) -> bool {
        self.settings.cookie.is_secure()
    }

    fn check(&self) -> Result<(), Error> {
        self.settings.check()?;
        match self.limit.0 {
            0 => Err(Error::Config(
                "the limit allows no session at all, nobody could log in: give `.limit(…)` at least 1".into(),
            )),
            _ => Ok(()),
        }
    }

    fn claim(&self, realm: &'static str, passport: Weak<dyn Any + Send + Sync>) -> Result<(), Error> {
        self.claims.claim(realm, passport)
    }

    fn store_identity(&self) -> Option<usize> {
        Some(Arc::as_ptr(&self.store).addr())
    }

    fn clock(&self) -> &Arc<dyn Clock> {
        &self.settings.clock
    }

    fn find_tokens(&self, header: &[u8], presented: &mut Presented) {
        self.settings.cookie.find(header, |value| match is_id(value) {
            true => presented.add(Token::new(value)),
            false => presented.add_malformed(),
        });
    }

    fn lifetime(&self, remember: Option<Duration>) -> Lifetime {
        self.settings.lifetime(remember)
    }

    fn load_at_once(&self, token: &Token) -> Option<Result<Lookup, Error>> {
        let Some(id) = self.id(token) else { return Some(Ok(Lookup::None)) };
        let now = self.settings.now();
        Some(self.meaning_of(self.store.load_at_once(id, now)?, now))
    }

    async fn load(&self, token: &Token) -> Result<Lookup, Error> {
        let Some(id) = self.id(token) else { return Ok(Lookup::None) };
        self.settings.within(self.look_up(id)).await
    }

    async fn create(&self, edit: Edit<'_>) -> Result<(Token, Found), Error> {
        let record = edit(&Record::empty(Handle::new(self.random.take()?)))?;
        let (token, id) = self.new_id()?;
        let found = self.settings.within(self.insert(id, record)).await?;
        Ok((token, found))
    }

    async fn update(&self, token: &Token, found: Found, edit: Edit<'_>) -> Result<Option<Updated>, Error> {
        let Some(id) = self.id(token) else { return Ok(None) };
        let found = self.settings.within(self.replace(id, None, found, edit)).await?;
        Ok(found.map(|found| Updated { token: None, found }))
    }

    async fn rotate(
        &self,
        token: &Token,
        found: Found,
        edit: Edit<'_>,
    ) -> Result<Option<(Token, Found)>, Error> {
        let Some(old) = self.id(token) else { return Ok(None) };
        let (token, new) = self.new_id()?;
        let found = self.settings.within(self.replace(old, Some(new), found, edit)).await?;
        Ok(found.map(|found| (token, found)))
    }

    async fn delete(&self, token: &Token) -> Result<bool, Error> {
        let Some(id) = self.id(token) else { return Ok(false) };
        self.settings.within(async { Ok(self.store.delete(id, self.settings.now()).await?) }).await
    }

    async fn touch(&self, token: &Token, found: &Found) -> Result<Option<Updated>, Error> {
        let Some(id) = self.id(token) else { return Ok(None) };
        let found = self.settings.within(self.extend(id, found)).await?;
        Ok(found.map(|found| Updated { token: None, found }))
    }

    async fn list(&self, owner: &Owner) -> Result<Vec<Listed>, Error> {
        self.settings.within(self.sessions_of(owner)).await
    }

    async fn end(&self, owner: &Owner, handle: Handle) -> Result<bool, Error> {
        self.settings.within(self.end_login(owner, handle)).await
    }

    async fn delete_all(&self, owner: &Owner, except: Option<&Token>) -> Result<u64, Error> {
        let except = except.and_then(|token| self.id(token));
        let now = self.settings.now();
        self.settings.within(async { Ok(self.store.delete_all(owner, except, now).await?) }).await
    }

    async fn delete_all_and(&self, owner: &Owner, token: &Token) -> Result<u64, Error> {
        let Some(id) = self.id(token) else { return self.delete_all(owner, None).await };
        let now = self.settings.now();
        self.settings.within(async { Ok(self.store.delete_all_and(owner, id, now).await?) }).await
    }

    fn ended(&self, token: &Token) -> Option<BoxFuture<'static, ()>> {
        match self.id(token) {
            Some(id) => self.store.ended(id),
            None => Some(Box::pin(std::future::ready(()))),
        }
    }

    fn set_cookie(&self, token: &Token, found: &Found) -> Result<HeaderValue, Error> {
        self.settings.set_cookie(token, found)
    }

    fn expire_cookie(&self) -> HeaderValue {
        self.settings.cookie.expire()
    }
}
