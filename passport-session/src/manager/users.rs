//! The sessions of one user.

use passport_core::{Error, Handle, Life, Listed, Owner};

use super::Manager;
use crate::{Entry, Written, lifetime::live};

impl Manager {
    pub(super) async fn sessions_of(&self, owner: &Owner) -> Result<Vec<Listed>, Error> {
        Ok(self.entries(owner).await?.into_iter().map(|entry| entry.listed).collect())
    }

    /// Ends the login of `owner` in one session. That of another user in it stays, so this is a write that may
    /// collide, and the session may move to another id meanwhile: its handle stays.
    pub(super) async fn end_login(&self, owner: &Owner, handle: Handle) -> Result<bool, Error> {
        let mut writer = None;
        loop {
            let entries = self.entries(owner).await?;
            let Some(entry) = entries.into_iter().find(|entry| entry.listed.record.handle() == handle) else {
                return Ok(false);
            };
            let now = self.settings.now();
            let Some(left) = entry.listed.record.without_owner(owner) else {
                return Ok(self.store.delete(entry.id, now).await?);
            };
            // Nobody used this session now, so it ends when it would have ended.
            let life = Life { seen: now, expires: entry.listed.life.expires };
            match self.store.update(entry.id, &left, entry.version, life).await? {
                Written::Done(_) => return Ok(true),
                Written::Conflict | Written::Gone => {
                    let clock = &*self.settings.clock;
                    let writer =
                        writer.get_or_insert_with(|| self.queue.writer(&entry.id, clock, &self.random));
                    writer.collided().await?;
                }
            }
        }
    }

    /// The user's sessions, without logins whose time is over.
    async fn entries(&self, owner: &Owner) -> Result<Vec<Entry>, Error> {
        let now = self.settings.now();
        let mut entries = self.store.list(owner, now).await?;
        for entry in &mut entries {
            let listed = &mut entry.listed;
            listed.record = live(listed.record.clone(), now, listed.life.seen).0;
        }
        entries.retain(|entry| entry.listed.record.owners().any(|other| other == *owner));
        Ok(entries)
    }
}
