//! How a store is opened.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, mpsc},
    thread,
    time::{Duration, Instant},
};

use passport_core::Clock;
use passport_session::TokioClock;
use tokio::sync::oneshot;

use crate::{
    OpenError, SqliteStore,
    checkpoints::{self, Checkpoints},
    job::Line,
    place::{Held, Place},
    readers::Reader,
    watchers::Watchers,
    writer::Writer,
};

/// How long a call may take unless told otherwise.
const DEADLINE: Duration = Duration::from_secs(2);
/// How many threads read unless told otherwise.
const READERS: usize = 4;
/// The longest that any of these may be: beyond it a moment could no longer be told.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 60 * 60);
/// How often what has expired is removed unless told otherwise.
const SWEEP_EVERY: Duration = Duration::from_secs(60);

/// What is said about a store before it is opened.
#[derive(Debug)]
#[must_use = "nothing is opened before `open`"]
pub struct Builder {
    path: PathBuf,
    deadline: Duration,
    readers: usize,
    sweep_every: Duration,
    max_bytes: Option<u64>,
    clock: Arc<dyn Clock>,
}

impl Builder {
    pub(crate) fn new(path: PathBuf) -> Self {
        Self {
            path,
            deadline: DEADLINE,
            readers: READERS,
            sweep_every: SWEEP_EVERY,
            max_bytes: None,
            clock: Arc::new(TokioClock),
        }
    }

    /// How long a call may take, waiting for other processes included: 2 seconds. Beyond it the answer is
    /// [`StoreError::TimedOut`](passport_session::StoreError::TimedOut): what had not begun does not happen, what
    /// had begun may have happened.
    pub fn deadline(self, deadline: Duration) -> Self {
        Self { deadline: deadline.min(LONGEST), ..self }
    }

    /// How many sessions may be read at the same moment: 4. Each takes a thread and a connection. At least one.
    pub fn readers(self, readers: usize) -> Self {
        Self { readers: readers.max(1), ..self }
    }

    /// How often sessions and marks that have expired are removed: every 60 seconds, and at once after opening.
    pub fn sweep_every(self, sweep_every: Duration) -> Self {
        Self { sweep_every: sweep_every.clamp(Duration::from_millis(1), LONGEST), ..self }
    }

    /// How large the file may grow, in bytes; as large as the disk has room unless told otherwise. Beyond it new
    /// sessions and new ids are refused with [`StoreError::Full`](passport_session::StoreError::Full), while sessions
    /// can still be read and ended. The log beside it comes on top.
    pub fn max_bytes(self, max_bytes: u64) -> Self {
        Self { max_bytes: Some(max_bytes), ..self }
    }

    /// The clock by which sessions expire; the computer's by default. All who share a database need one time. A
    /// deadline does not go by it.
    pub fn clock(self, clock: impl Clock) -> Self {
        Self { clock: Arc::new(clock), ..self }
    }

    /// Opens the database, which is made if it is not there, and begins to work.
    ///
    /// # Errors
    ///
    /// If it cannot be read and written, if it belongs to another application or a newer release, or if
    /// somebody else has it locked until the deadline.
    pub async fn open(self) -> Result<SqliteStore, OpenError> {
        let place = Place::new(&self.path, self.max_bytes)?;
        let watchers = Arc::new(Watchers::default());
        let (bell, wanted) = checkpoints::bell();
        let (writes, jobs) = mpsc::channel();
        let mut writer = Writer {
            held: Held::new(place.clone()),
            jobs,
            clock: Arc::clone(&self.clock),
            watchers: Arc::clone(&watchers),
            sweep_every: self.sweep_every,
            bell,
            rings: 0,
        };
        let (answer, opened) = oneshot::channel();
        let (here, until) = (place.clone(), Instant::now() + self.deadline);
        spawn(&place, move || {
            let mut open = || {
                here.create()?;
                writer.open(until).map_err(|unfit| OpenError::unfit(here.path(), unfit))
            };
            let opened = open();
            let works = opened.is_ok();
            if answer.send(opened).is_ok() && works {
                writer.run();
            }
        })?;
        opened.await.map_err(|_| OpenError::broke_off(place.path()))??;

        let (reads, jobs) = mpsc::channel();
        let jobs = Arc::new(Mutex::new(jobs));
        for _ in 0..self.readers {
            let held = Held::new(place.clone());
            let reader = Reader { held, jobs: Arc::clone(&jobs), clock: Arc::clone(&self.clock) };
            spawn(&place, move || reader.run())?;
        }
        let beside = Checkpoints { held: Held::new(place.clone()), wanted };
        spawn(&place, move || beside.run())?;
        let (held, looking, clock) = (Held::new(place.clone()), Arc::clone(&watchers), self.clock);
        let store = SqliteStore {
            reads: Line::new(reads, self.deadline),
            writes: Line::new(writes, self.deadline),
            watchers,
            place: place.clone(),
        };
        spawn(&place, move || looking.run(held, &*clock))?;
        Ok(store)
    }
}

fn spawn(place: &Place, work: impl FnOnce() + Send + 'static) -> Result<(), OpenError> {
    let thread = thread::Builder::new().name("passport-sqlite".to_owned());
    thread.spawn(work).map(drop).map_err(|error| OpenError::no_thread(place.path(), error))
}
