//! Where mails go that this site would send.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// How many are kept.
const MOST: usize = 50;

/// The last mails, newest first. A real site sends them, and shows them to nobody.
#[derive(Clone, Default)]
pub(crate) struct Outbox(Arc<Mutex<VecDeque<Mail>>>);

/// A mail with a code in it: no `Debug`, so that it comes into no log.
#[derive(Clone)]
pub(crate) struct Mail {
    pub(crate) to: String,
    pub(crate) code: String,
}

impl Outbox {
    pub(crate) fn send(&self, mail: Mail) {
        let mut mails = self.lock();
        mails.push_front(mail);
        mails.truncate(MOST);
    }

    pub(crate) fn mails(&self) -> Vec<Mail> {
        self.lock().iter().cloned().collect()
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Mail>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
