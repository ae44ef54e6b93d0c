//! What a request has gathered and not written yet.

use std::{
    any::{Any, TypeId},
    mem,
    sync::{Arc, Mutex},
};

use super::{Session, State, async_mutex::lock};
use crate::{
    Client, Error,
    record::{Change, Changes},
};

type Noted = Arc<dyn Any + Send + Sync>;

/// The gathered changes, and what else a request notes without I/O. Never held across an await.
#[derive(Default)]
pub(crate) struct Gathered {
    pub(crate) changes: Changes,
    /// The request is over, for what does not lock the core.
    pub(crate) closed: bool,
    pub(crate) client: Client,
    /// Apart, because most requests run no strategy.
    pub(super) notes: Option<Box<Notes>>,
}

/// What strategies left behind.
#[derive(Default)]
pub(super) struct Notes {
    /// What they had to say, by the type of user.
    infos: Vec<(TypeId, Noted)>,
    /// Second accounts, by their type.
    accounts: Vec<(TypeId, Noted)>,
    /// Those that ran and let nobody in, by the type of user.
    tried: Vec<(TypeId, &'static str)>,
}

impl Gathered {
    /// Refuses more keys than a record could hold.
    pub(crate) fn set(&mut self, change: Change) -> Result<(), Error> {
        if self.changes.is_full() && self.changes.get(change.kind, &change.key).is_none() {
            return Err(Error::TooLarge("256 keys"));
        }
        self.changes.set(change);
        Ok(())
    }
}

impl Session {
    pub(crate) fn set_info(&self, kind: TypeId, info: Noted) {
        self.note(|notes| set(&mut notes.infos, kind, info));
    }

    pub(crate) fn forget_info(&self, kind: TypeId) {
        if let Some(notes) = &mut lock(&self.0.gathered).notes {
            notes.infos.retain(|(other, _)| *other != kind);
        }
    }

    pub(crate) fn info(&self, kind: TypeId) -> Option<Noted> {
        find(&lock(&self.0.gathered).notes.as_ref()?.infos, kind)
    }

    pub(crate) fn set_account(&self, kind: TypeId, account: Noted) {
        self.note(|notes| set(&mut notes.accounts, kind, account));
    }

    pub(crate) fn account(&self, kind: TypeId) -> Option<Noted> {
        find(&lock(&self.0.gathered).notes.as_ref()?.accounts, kind)
    }

    pub(crate) fn note_tried(&self, kind: TypeId, strategy: &'static str) {
        self.note(|notes| {
            if !notes.tried.contains(&(kind, strategy)) {
                notes.tried.push((kind, strategy));
            }
        });
    }

    pub(crate) fn has_tried(&self, kind: TypeId, strategy: &'static str) -> bool {
        lock(&self.0.gathered).notes.as_ref().is_some_and(|notes| notes.tried.contains(&(kind, strategy)))
    }

    fn note(&self, note: impl FnOnce(&mut Notes)) {
        note(lock(&self.0.gathered).notes.get_or_insert_default());
    }
}

impl State {
    /// What was gathered in a session that somebody else has ended goes with it: the next login may be another
    /// user's.
    pub(super) fn drop_gathered(&self) {
        Taken::from(&self.gathered).done();
    }
}

fn set(list: &mut Vec<(TypeId, Noted)>, kind: TypeId, value: Noted) {
    list.retain(|(other, _)| *other != kind);
    list.push((kind, value));
}

fn find(list: &[(TypeId, Noted)], kind: TypeId) -> Option<Noted> {
    list.iter().find(|(other, _)| *other == kind).map(|(_, value)| Arc::clone(value))
}

/// The gathered changes, taken for one attempt to write them; put back unless the attempt succeeds, also
/// when the request is dropped in between.
pub(super) struct Taken<'a> {
    gathered: &'a Mutex<Gathered>,
    pub(super) changes: Changes,
}

impl<'a> Taken<'a> {
    pub(super) fn from(gathered: &'a Mutex<Gathered>) -> Self {
        Self { gathered, changes: mem::take(&mut lock(gathered).changes) }
    }

    /// They are in the store, or nobody is to see them.
    pub(super) fn done(mut self) {
        self.changes = Changes::default();
    }
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        if !self.changes.is_empty() {
            let mut gathered = lock(self.gathered);
            let newer = mem::take(&mut gathered.changes);
            gathered.changes = mem::take(&mut self.changes).under(newer);
        }
    }
}
