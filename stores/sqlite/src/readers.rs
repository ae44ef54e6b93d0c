//! The threads that read. They wait for no writer.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex, PoisonError, mpsc::Receiver},
};

use passport_core::Clock;
use passport_session::StoreError;

use crate::{
    job::{Job, now},
    place::Held,
};

/// One of them.
pub(crate) struct Reader {
    pub(crate) held: Held,
    pub(crate) jobs: Arc<Mutex<Receiver<Box<dyn Job>>>>,
    pub(crate) clock: Arc<dyn Clock>,
}

impl Reader {
    /// Works until the store is dropped.
    pub(crate) fn run(mut self) {
        loop {
            let next = self.jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
            let Ok(job) = next else { return };
            self.serve(job);
        }
    }

    fn serve(&mut self, mut job: Box<dyn Job>) {
        let Some(until) = job.deadline() else {
            drop(job.answer(Err(StoreError::TimedOut)));
            return;
        };
        let work = || self.held.connection(until).and_then(|db| job.run(db, now(&*self.clock)));
        match catch_unwind(AssertUnwindSafe(work)) {
            Ok(Ok(_)) => drop(job.answer(Ok(()))),
            Ok(Err(failed)) => {
                if !failed.keeps_connection() {
                    self.held.give_up();
                }
                drop(job.answer(Err(failed.to_store_error())));
            }
            Err(_) => {
                tracing::error!("reading a session panicked");
                self.held.give_up();
            }
        }
    }
}
