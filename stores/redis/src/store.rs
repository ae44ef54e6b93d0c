//! The store's operations: each is one request.

use std::sync::Arc;

use crate::{
    answer::{self, Change, Status},
    ended::Listener,
    keys,
    request::Request,
    scripts,
    shared::Shared,
    stored::{Stored, logins},
    time,
};
use async_trait::async_trait;
use passport_core::{BoxFuture, Life, Listed, Owner, Record, Timestamp};
use passport_session::{Beyond, Entry, Envelope, IdHash, Limit, Loaded, SessionStore, StoreError, Written};

/// Keeps sessions in Redis: the [crate's page](crate) says what that promises.
///
/// # Examples
///
/// ```no_run
/// use passport_store_redis::RedisStore;
///
/// # async fn example() -> Result<(), passport_store_redis::ConnectError> {
/// let store = RedisStore::builder("redis://127.0.0.1/").prefix("shop").connect().await?;
/// # let _ = store;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct RedisStore {
    pub(crate) shared: Arc<Shared>,
    pub(crate) listener: Arc<Listener>,
}

#[async_trait]
impl SessionStore for RedisStore {
    async fn create(&self, id: IdHash, record: &Record, life: Life, limit: Limit) -> Result<u64, StoreError> {
        let keys = &self.shared.keys;
        let name = keys::id(&id);
        let request = Request::script(
            &scripts::CREATE,
            [&keys.session(&name)],
            [
                keys.prefix().as_bytes(),
                name.as_bytes(),
                kept_for(life).as_bytes(),
                &logins(record),
                &Envelope::seal(id, record),
                limit.most.to_string().as_bytes(),
                gives_way(limit).as_bytes(),
            ],
        );
        match self.shared.change(&request).await?.status {
            Status::Version(version) => Ok(version),
            _ => Err(answer::not_understood()),
        }
    }

    async fn load(&self, id: IdHash, now: Timestamp) -> Result<Loaded, StoreError> {
        self.shared.load(id, now).await
    }

    async fn update(
        &self,
        id: IdHash,
        record: &Record,
        version: u64,
        life: Life,
    ) -> Result<Written, StoreError> {
        let keys = &self.shared.keys;
        let name = keys::id(&id);
        let (session, kept) = (keys.session(&name), kept_for(life));
        let (logins, envelope, version) = (logins(record), Envelope::seal(id, record), version.to_be_bytes());
        let request = |script, growth: &str| {
            let [prefix, name, kept, growth] = [keys.prefix(), &name, &kept, growth].map(str::as_bytes);
            Request::script(script, [&session], [prefix, name, kept, &logins, &envelope, &version, growth])
        };
        match self.shared.change(&request(&scripts::UPDATE, "grow")).await {
            Err(StoreError::Full) => {
                written(&self.shared.change(&request(&scripts::SHRINK, "shrink")).await?)
            }
            change => written(&change?),
        }
    }

    async fn rotate(
        &self,
        old: IdHash,
        new: IdHash,
        record: &Record,
        version: u64,
        life: Life,
        limit: Limit,
    ) -> Result<Written, StoreError> {
        let keys = &self.shared.keys;
        let (name, new_name) = (keys::id(&old), keys::id(&new));
        let request = Request::script(
            &scripts::ROTATE,
            [&keys.session(&name), &keys.session(&new_name)],
            [
                keys.prefix().as_bytes(),
                new_name.as_bytes(),
                kept_for(life).as_bytes(),
                &logins(record),
                &Envelope::seal(new, record),
                &version.to_be_bytes(),
                name.as_bytes(),
                limit.most.to_string().as_bytes(),
                gives_way(limit).as_bytes(),
            ],
        );
        written(&self.shared.change(&request).await?)
    }

    async fn touch(&self, id: IdHash, life: Life) -> Result<bool, StoreError> {
        let keys = &self.shared.keys;
        let name = keys::id(&id);
        let kept = kept_for(life);
        let args = [keys.prefix().as_bytes(), name.as_bytes(), kept.as_bytes()];
        let request = Request::script(&scripts::TOUCH, [&keys.session(&name)], args);
        Ok(self.shared.change_again(&request).await?.status == Status::Done)
    }

    async fn delete(&self, id: IdHash, _now: Timestamp) -> Result<bool, StoreError> {
        let keys = &self.shared.keys;
        let name = keys::id(&id);
        let args = [keys.prefix().as_bytes(), name.as_bytes()];
        let request = Request::script(&scripts::DELETE, [&keys.session(&name)], args);
        Ok(count(&self.shared.change(&request).await?)? != 0)
    }

    async fn list(&self, owner: &Owner, now: Timestamp) -> Result<Vec<Entry>, StoreError> {
        let keys = &self.shared.keys;
        let list = keys.list(&keys::owner(owner));
        let request = Request::script(&scripts::LIST, [&list], [keys.prefix().as_bytes()]);
        let answer = self.shared.link.ask_again(&request).await?;
        let (server_now, mut rest) = answer::timed(answer.value)?;
        self.shared.time.told(server_now, answer.asked, answer.line);
        let mut entries = Vec::new();
        while let Some(name) = answer::bytes(rest.next())? {
            let value = answer::bytes(rest.next())?.unwrap_or_default();
            let Some(id) = keys::parse_id(&name) else { continue };
            match entry(id, &value, now, server_now) {
                Ok(Some(entry)) if entry.listed.record.owners().any(|other| other == *owner) => {
                    entries.push(entry);
                }
                Ok(_) => {}
                Err(StoreError::Corrupt) => {
                    tracing::error!("a session record cannot be decoded: it is missing in its user's list");
                }
                Err(error) => {
                    self.shared.distrust(&error, answer.line);
                    return Err(error);
                }
            }
        }
        Ok(entries)
    }

    async fn delete_all(
        &self,
        owner: &Owner,
        except: Option<IdHash>,
        _now: Timestamp,
    ) -> Result<u64, StoreError> {
        self.end_all(owner, except, None).await
    }

    async fn delete_all_and(&self, owner: &Owner, id: IdHash, _: Timestamp) -> Result<u64, StoreError> {
        self.end_all(owner, None, Some(id)).await
    }

    fn ended(&self, id: IdHash) -> Option<BoxFuture<'static, ()>> {
        Some(Box::pin(Arc::clone(&self.listener).ended(id)))
    }

    /// Redis expires by itself, and lists shrink with each write to them.
    async fn sweep(&self, _now: Timestamp) -> Result<u64, StoreError> {
        Ok(0)
    }
}

impl RedisStore {
    /// Ends this user's logins in all sessions but one, and one session whosever it is.
    async fn end_all(
        &self,
        owner: &Owner,
        except: Option<IdHash>,
        also: Option<IdHash>,
    ) -> Result<u64, StoreError> {
        let keys = &self.shared.keys;
        let owner = keys::owner(owner);
        let [except, also] = [except, also].map(|id| id.as_ref().map(keys::id).unwrap_or_default());
        let args = [keys.prefix().as_bytes(), owner.as_bytes(), except.as_bytes(), also.as_bytes()];
        let request = Request::script(&scripts::DELETE_ALL, [&keys.list(&owner)], args);
        count(&self.shared.change(&request).await?)
    }
}

fn entry(id: IdHash, value: &[u8], now: Timestamp, server_now: u64) -> Result<Option<Entry>, StoreError> {
    let Stored::Session(session) = Stored::parse(value)? else { return Ok(None) };
    let life = time::life(now, server_now, session.seen, session.expires);
    let listed = Listed { record: session.record(id)?, life };
    Ok(Some(Entry { id, listed, version: session.version }))
}

fn kept_for(life: Life) -> String {
    time::kept_for(life).to_string()
}

fn gives_way(limit: Limit) -> &'static str {
    match limit.beyond {
        Beyond::EndOldest => "oldest",
        Beyond::Refuse => "refuse",
    }
}

fn written(change: &Change) -> Result<Written, StoreError> {
    match change.status {
        Status::Version(version) => Ok(Written::Done(version)),
        Status::Conflict => Ok(Written::Conflict),
        Status::Gone => Ok(Written::Gone),
        _ => Err(answer::not_understood()),
    }
}

fn count(change: &Change) -> Result<u64, StoreError> {
    match change.status {
        Status::Count(count) => Ok(count),
        _ => Err(answer::not_understood()),
    }
}
