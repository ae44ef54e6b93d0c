//! Writing: once if nobody else writes, as often as it takes if somebody does.

use passport_core::{Edit, Error, Found, Life, Lookup, Record, Timestamp};

use super::Manager;
use crate::{IdHash, Written};

impl Manager {
    pub(super) async fn insert(&self, id: IdHash, record: Record) -> Result<Found, Error> {
        let now = self.settings.now();
        let life = self.settings.life(&record, now);
        let version = self.store.create(id, &record, life, self.limit()).await?;
        Ok(written(record, version, life))
    }

    /// Puts `edit` of the record in its place, or under the id `to`: of the record that was found, and of the
    /// newer one after every collision. `None`: the session has ended, and stays ended.
    pub(super) async fn replace(
        &self,
        id: IdHash,
        to: Option<IdHash>,
        mut found: Found,
        edit: Edit<'_>,
    ) -> Result<Option<Found>, Error> {
        // What was found long ago may be out of time, or alive because of another request: the store knows.
        if !is_current(&found, self.settings.now()) {
            match self.look_up(id).await? {
                Lookup::Found(newer) => found = newer,
                Lookup::Ended | Lookup::None => return Ok(None),
            }
        }
        let mut writer = self.queue.writer(&id, &*self.settings.clock, &self.random);
        loop {
            let record = edit(&found.record)?;
            let life = self.settings.life(&record, self.settings.now());
            let (answer, life) = match to {
                None => {
                    let answer = self.store.update(id, &record, found.version, life).await?;
                    (answer, unshortened(life, found.life))
                }
                Some(new) => {
                    let rotated = self.store.rotate(id, new, &record, found.version, life, self.limit());
                    (rotated.await?, life)
                }
            };
            match answer {
                Written::Done(version) => return Ok(Some(written(record, version, life))),
                Written::Gone => return Ok(None),
                Written::Conflict => writer.collided().await?,
            }
            match self.look_up(id).await? {
                Lookup::Found(newer) => found = newer,
                Lookup::Ended | Lookup::None => return Ok(None),
            }
        }
    }

    /// Notes a request. A login whose time is over must not come back by it, so a record that has one is written
    /// without.
    pub(super) async fn extend(&self, id: IdHash, found: &Found) -> Result<Option<Found>, Error> {
        let now = self.settings.now();
        if found.expired || !is_current(found, now) {
            return self.replace(id, None, found.clone(), &|record| Ok(record.clone())).await;
        }
        let life = self.settings.life(&found.record, now);
        let extended = self.store.touch(id, life).await?;
        Ok(extended.then(|| Found { life: unshortened(life, found.life), due: false, ..found.clone() }))
    }
}

/// Whether every login in it is alive now.
fn is_current(found: &Found, now: Timestamp) -> bool {
    found.record.logins().all(|login| login.is_live(now, found.life.seen))
}

/// What a store makes of `life`, which shortens nothing. It is told `life` alone: if the clock was turned back
/// since the session was read, the old end is further away than any timeout allows.
fn unshortened(life: Life, before: Life) -> Life {
    Life { expires: life.expires.max(before.expires), ..life }
}

fn written(record: Record, version: u64, life: Life) -> Found {
    Found { record, version, life, read: life.seen, expired: false, due: false }
}
