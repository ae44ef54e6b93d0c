//! Bringing what is in the log into the database, beside the thread that writes: nobody who writes waits for it.

use std::{
    sync::mpsc::{Receiver, SyncSender, sync_channel},
    time::{Duration, Instant},
};

use rusqlite::Connection;

use crate::{failed::Failed, place::Held};

/// From so many pages on the log is brought in: four megabytes.
const PAGES: i32 = 1000;
/// From so many on the writer helps, so that the log does not grow without end: 32 megabytes.
const TOO_MANY: i32 = 8 * PAGES;
/// How long it waits for others' locks.
const PATIENCE: Duration = Duration::from_millis(200);

/// The thread that does it.
pub(crate) struct Checkpoints {
    pub(crate) held: Held,
    pub(crate) wanted: Receiver<()>,
}

/// How it hears that there is something to do.
pub(crate) fn bell() -> (SyncSender<()>, Receiver<()>) {
    sync_channel(1)
}

/// Has a writer's connection ring for it, instead of doing it all by itself.
pub(crate) fn ring(db: &mut Connection, bell: SyncSender<()>) -> rusqlite::Result<()> {
    db.wal_hook(Some(move |log: &mut rusqlite::hooks::Wal, pages| {
        if pages >= TOO_MANY {
            // Somebody else may be at it, and the commit is done in any case.
            let _ = log.checkpoint();
        } else if pages >= PAGES {
            // It was rung already, and not heard yet.
            let _ = bell.try_send(());
        }
        Ok(())
    }))
}

impl Checkpoints {
    /// Works until the writer has ended.
    pub(crate) fn run(mut self) {
        while self.wanted.recv().is_ok() {
            if let Err(failed) = self.bring_in()
                && !failed.is_busy()
            {
                tracing::warn!("the log of sessions could not be brought into the database yet: {failed}");
                self.held.give_up();
            }
        }
    }

    fn bring_in(&mut self) -> Result<(), Failed> {
        let db = self.held.connection(Instant::now() + PATIENCE)?;
        Ok(db.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))?)
    }
}
