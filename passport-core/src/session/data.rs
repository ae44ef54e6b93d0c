//! The application's data: read, gathered, and changed at once where that matters.

use std::sync::Mutex;

use serde_core::{Serialize, de::DeserializeOwned};

use super::{Session, lock};
use crate::{
    Error, Kind, Record, events,
    record::{Change, Changes},
};

impl Session {
    /// Reads a value; this request's own writes come first.
    ///
    /// # Errors
    ///
    /// If the store cannot be asked, or the value is no `T`.
    pub async fn get<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>, Error> {
        if let Some(own) = lock(&self.0.gathered).changes.get(Kind::Data, key) {
            return own.map(|value| read(key, value)).transpose();
        }
        let mut core = self.lock_core().await?;
        let found = core.own(&self.0).await?;
        found.and_then(|found| found.record.get(Kind::Data, key)).map(|value| read(key, value)).transpose()
    }

    /// The keys there are, this request's own writes included, in no particular order.
    ///
    /// # Errors
    ///
    /// If the store cannot be asked.
    pub async fn keys(&self) -> Result<Vec<String>, Error> {
        let mut core = self.lock_core().await?;
        let Some(found) = core.own(&self.0).await? else {
            return Ok(keys_of(lock(&self.0.gathered).changes.written()));
        };
        let gathered = lock(&self.0.gathered);
        let kept = found.record.entries().filter(|entry| gathered.changes.get(entry.0, entry.1).is_none());
        Ok(keys_of(kept.chain(gathered.changes.written())))
    }

    /// Gathers a write for the end of the request. No I/O.
    ///
    /// # Errors
    ///
    /// If the value does not serialize, or the answer is already on its way.
    pub fn insert(&self, key: &str, value: impl Serialize) -> Result<(), Error> {
        self.gather(Kind::Data, key, Some(write(key, &value)?))
    }

    /// Gathers a removal for the end of the request. No I/O.
    ///
    /// # Errors
    ///
    /// If the answer is already on its way.
    pub fn remove(&self, key: &str) -> Result<(), Error> {
        self.gather(Kind::Data, key, None)
    }

    /// Removes a value and returns it, now: of any number of requests that take at once, one gets it.
    ///
    /// # Errors
    ///
    /// If the store cannot be asked, the value is no `T` (it is gone then), or the session has ended: of a user who is gone
    /// nothing is taken.
    pub async fn take<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>, Error> {
        self.manager().require_store("`take`")?;
        let gathered = lock(&self.0.gathered).changes.get(Kind::Data, key).map(|value| value.is_some());
        let mut core = self.lock_core().await?;
        let stored =
            core.own(&self.0).await?.is_some_and(|found| found.record.get(Kind::Data, key).is_some());
        if !gathered.unwrap_or(stored) {
            return Ok(None);
        }
        let taken = Mutex::new(None);
        self.change(&mut core, &|old| {
            *lock(&taken) = old.get(Kind::Data, key).map(<[u8]>::to_vec);
            Ok(single(key, None))
        })
        .await?;
        let taken = lock(&taken).take();
        taken.map(|value| read(key, &value)).transpose()
    }

    /// Reads, changes and writes one value, now, so that no other request's change is lost. `change` may be
    /// called several times: once for each request that was faster.
    ///
    /// # Errors
    ///
    /// If the store cannot be asked, the value there is no `T`, or the session has ended: also one whose user
    /// [`Auth::user`](crate::Auth::user) has found to be gone.
    pub async fn update<T>(
        &self,
        key: &str,
        change: impl Fn(Option<T>) -> T + Send + Sync,
    ) -> Result<(), Error>
    where
        T: Serialize + DeserializeOwned,
    {
        self.manager().require_store("`update`")?;
        let mut core = self.lock_core().await?;
        core.load(&self.0).await?;
        self.change(&mut core, &|old| {
            let value = old.get(Kind::Data, key).map(|value| read(key, value)).transpose()?;
            Ok(single(key, Some(write(key, &change(value))?)))
        })
        .await
    }

    /// Writes what was gathered, now.
    ///
    /// # Errors
    ///
    /// [`Error::Ended`] if the session ended meanwhile: nothing is written; [`Error::CrossSite`] if a foreign
    /// request without a session would be given one; [`Error::TooLarge`]; or the store cannot be reached.
    pub async fn save(&self) -> Result<(), Error> {
        let mut core = self.lock_core().await?;
        if lock(&self.0.gathered).changes.is_empty() {
            return Ok(());
        }
        core.load(&self.0).await?;
        self.change(&mut core, &|_| Ok(Changes::default())).await
    }

    /// Moves everything to a new session id, now: after a change of privilege. Without a session there is
    /// nothing to move.
    ///
    /// # Errors
    ///
    /// [`Error::Ended`] if the session ended meanwhile, [`Error::CrossSite`] for a foreign request, or the store
    /// cannot be reached.
    pub async fn rotate(&self) -> Result<(), Error> {
        self.refuse_foreign("rotate")?;
        let mut core = self.lock_core().await?;
        if core.load(&self.0).await?.is_none() {
            return if core.is_absent() { Ok(()) } else { Err(Error::Ended) };
        }
        if core.rotate(&self.0, &Record::moved).await? {
            return Ok(());
        }
        self.0.drop_gathered();
        Err(Error::Ended)
    }

    /// Writes the gathered changes and one more, in one step.
    async fn change(
        &self,
        core: &mut super::Core,
        one: &(dyn Fn(&Record) -> Result<Changes, Error> + Send + Sync),
    ) -> Result<(), Error> {
        if core.is_absent() && !self.may_create() {
            return Err(Error::CrossSite);
        }
        if core.has_stale_login() {
            return Err(Error::Ended);
        }
        let rewrite = |old: &Record, changes: &Changes| {
            let old = old.with(changes)?;
            let one = one(&old)?;
            if one.is_empty() { Ok(old) } else { old.with(&one) }
        };
        match core.write(&self.0, &rewrite).await? {
            true => Ok(()),
            false => Err(Error::Ended),
        }
    }

    pub(super) fn gather(&self, kind: Kind, key: &str, value: Option<Box<[u8]>>) -> Result<(), Error> {
        self.refuse_taken_cookie()?;
        let mut gathered = lock(&self.0.gathered);
        if gathered.closed {
            return Err(Error::Finished);
        }
        gathered.set(Change { kind, key: key.into(), value })
    }

    /// A foreign request that brought no session never gets one: its `Set-Cookie` would replace the login
    /// that `SameSite` withheld.
    pub(super) fn may_create(&self) -> bool {
        self.0.brought.any_well_formed() || !self.0.attached.foreign
    }

    pub(super) fn refuse_foreign(&self, what: &'static str) -> Result<(), Error> {
        if self.0.attached.foreign {
            events::refused_cross_site(what);
            return Err(Error::CrossSite);
        }
        Ok(())
    }
}

fn keys_of<'a>(entries: impl Iterator<Item = (Kind, &'a str, &'a [u8])>) -> Vec<String> {
    entries.filter(|entry| entry.0 == Kind::Data).map(|entry| entry.1.to_owned()).collect()
}

fn single(key: &str, value: Option<Box<[u8]>>) -> Changes {
    let mut one = Changes::default();
    one.set(Change { kind: Kind::Data, key: key.into(), value });
    one
}

fn read<T: DeserializeOwned>(key: &str, value: &[u8]) -> Result<T, Error> {
    serde_json::from_slice(value).map_err(|error| Error::Value {
        key: key.to_owned(),
        action: "read as the type that was asked for",
        column: error.column(),
    })
}

fn write(key: &str, value: &impl Serialize) -> Result<Box<[u8]>, Error> {
    let written = serde_json::to_vec(value);
    written.map(Into::into).map_err(|error| Error::Value {
        key: key.to_owned(),
        action: "written",
        column: error.column(),
    })
}
