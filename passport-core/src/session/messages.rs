//! Messages for the visitor's next page.

use std::{
    hash::{BuildHasher, RandomState},
    sync::{
        Mutex,
        atomic::{AtomicU32, Ordering::Relaxed},
    },
};

use http::Uri;

use super::{Session, lock};
use crate::{
    Error, Kind, Message, Record,
    record::{Change, Changes},
};

/// Counts the messages of this process.
static NEXT: AtomicU32 = AtomicU32::new(0);

impl Session {
    /// Keeps a message for the visitor's next page; it survives a login. This makes a session where there is none.
    ///
    /// # Errors
    ///
    /// If the answer is already on its way.
    pub fn add_message(&self, message: &Message) -> Result<(), Error> {
        let (key, value) = self.entry(message)?;
        self.gather(Kind::Message, &key, Some(value))
    }

    /// The messages for this page, oldest first, each shown once; and the one of `known` whose code the address
    /// carries, for visitors without a session.
    ///
    /// # Errors
    ///
    /// If the store cannot be asked.
    pub async fn messages(&self, uri: &Uri, known: &[Message]) -> Result<Vec<Message>, Error> {
        let mut all = self.take_messages().await?;
        all.extend(
            Message::of_query(uri, known)
                .filter(|coded| !all.contains(coded))
                .into_iter()
                .collect::<Vec<_>>(),
        );
        Ok(all)
    }

    async fn take_messages(&self) -> Result<Vec<Message>, Error> {
        let mut core = self.lock_core().await?;
        let any = |record: &Record| record.entries().any(|entry| entry.0 == Kind::Message);
        let stored = core.own(&self.0).await?.is_some_and(|found| any(&found.record));
        let gathered = lock(&self.0.gathered).changes.written().any(|entry| entry.0 == Kind::Message);
        if core.has_stale_login() || (!stored && !gathered) {
            return Ok(Vec::new());
        }
        let taken = Mutex::new(Vec::new());
        let written = core
            .write(&self.0, &|old, changes| {
                let old = old.with(changes)?;
                let mut found: Vec<_> = old.entries().filter(|entry| entry.0 == Kind::Message).collect();
                found.sort_unstable_by_key(|entry| entry.1);
                let mut without = Changes::default();
                for entry in &found {
                    without.set(Change { kind: Kind::Message, key: entry.1.into(), value: None });
                }
                *lock(&taken) =
                    found.iter().filter_map(|entry| serde_json::from_slice(entry.2).ok()).collect();
                old.with(&without)
            })
            .await?;
        let taken = std::mem::take(&mut *lock(&taken));
        Ok(if written { taken } else { Vec::new() })
    }

    /// A message as an entry, under a key that no other message has and that sorts by time, and in this process by what
    /// came first where a clock says the same time twice.
    pub(super) fn entry(&self, message: &Message) -> Result<(String, Box<[u8]>), Error> {
        let now = self.manager().clock().now().as_millis();
        let unique = RandomState::new().hash_one(now);
        let value = serde_json::to_vec(message);
        let value = value.map_err(|error| Error::Value {
            key: "message".to_owned(),
            action: "written",
            column: error.column(),
        })?;
        let number = NEXT.fetch_add(1, Relaxed);
        Ok((format!("{now:013}{number:08x}{unique:016x}"), value.into()))
    }

    /// The changes that add one message.
    pub(crate) fn message_change(&self, message: &Message) -> Result<Changes, Error> {
        let (key, value) = self.entry(message)?;
        let mut changes = Changes::default();
        changes.set(Change { kind: Kind::Message, key: key.into(), value: Some(value) });
        Ok(changes)
    }
}
