//! How many hashes are computed at once, and who waits for them.

mod queue;
#[cfg(test)]
mod tests;

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
    thread,
    time::Duration,
};

use tokio::{runtime::Handle, sync::oneshot};

use self::queue::Queue;
use crate::{ClientKey, HashError};

/// How many attempts may wait, unless told otherwise.
const QUEUE: usize = 256;

/// What the refused are told: a full queue of Argon2id hashes takes two cores about that long, in seconds.
const RETRY_AFTER: Duration = Duration::from_secs(3);

/// A bound on hashing: so many hashes at once, so many clients waiting, and no more.
///
/// A clone is the same gate. Everything that hashes passwords in a process should share one, since it is
/// memory and cores that are bounded; that is the default, [`Gate::process`].
///
/// Clients take turns: each key that waits is served once before any is served twice. One key may fill the
/// queue while it is alone. Once others wait, it holds no more than an eighth, and what it holds beyond that
/// is refused, the newest first. A queue full of small shares makes room for who has less, at the cost of who
/// has most.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), passport_local::HashError> {
/// use passport_local::{ClientKey, Gate};
///
/// let gate = Gate::new(2, 100);
/// let answer = gate.run(&ClientKey::unknown(), || 6 * 7).await?;
/// assert_eq!(answer, 42);
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct Gate(Arc<Shared>);

struct Shared {
    permits: usize,
    state: Mutex<State>,
}

struct State {
    /// Permits that nobody holds. While there are any, nobody waits.
    free: usize,
    queue: Queue,
}

impl Gate {
    /// Lets this many hashes be computed at once (at least one), and this many clients wait.
    pub fn new(permits: usize, queue: usize) -> Self {
        let permits = permits.max(1);
        Self(Arc::new(Shared {
            permits,
            state: Mutex::new(State { free: permits, queue: Queue::new(queue) }),
        }))
    }

    /// The one gate of this process: a permit for each core, and a queue of 256.
    pub fn process() -> Self {
        static PROCESS: OnceLock<Gate> = OnceLock::new();
        PROCESS
            .get_or_init(|| Self::new(thread::available_parallelism().map_or(1, Into::into), QUEUE))
            .clone()
    }

    /// How many hashes are being computed.
    pub fn running(&self) -> usize {
        self.0.permits - self.0.lock().free
    }

    /// How many attempts wait.
    pub fn waiting(&self) -> usize {
        self.0.lock().queue.len()
    }

    /// Computes something on a thread of its own, when it is this client's turn.
    ///
    /// The permit belongs to the computation: a client that hangs up leaves the queue at once, but once its
    /// hash has begun, the permit is given back only when the hash is done.
    ///
    /// # Errors
    ///
    /// [`HashError::Busy`] if there is no place in the queue, [`HashError::Panicked`] if `compute` panics,
    /// and [`HashError::NoRuntime`] outside of tokio.
    pub async fn run<T, F>(&self, client: &ClientKey, compute: F) -> Result<T, HashError>
    where
        T: Send + 'static,
        F: FnOnce() -> T + Send + 'static,
    {
        let runtime = Handle::try_current().map_err(|_| HashError::NoRuntime)?;
        let permit = self.enter(client).await?;
        let done = runtime.spawn_blocking(move || {
            let _until_done = permit;
            compute()
        });
        done.await.map_err(|error| if error.is_panic() { HashError::Panicked } else { HashError::ShutDown })
    }

    async fn enter(&self, client: &ClientKey) -> Result<Permit, HashError> {
        let busy = HashError::Busy { retry_after: RETRY_AFTER };
        match self.ask(client) {
            Answer::Permit(permit) => Ok(permit),
            Answer::Wait(ticket, woken) => {
                // Called or refused, either wakes: what counts is in the state.
                let _ = woken.await;
                ticket.redeem().ok_or(busy)
            }
            Answer::Refused => Err(busy),
        }
    }

    fn ask(&self, client: &ClientKey) -> Answer {
        let mut state = self.0.lock();
        if state.free > 0 {
            state.free -= 1;
            return Answer::Permit(Permit(Arc::clone(&self.0)));
        }
        let joined = state.queue.join(client);
        let displaced = state.queue.take_displaced();
        drop(state);
        drop(displaced);
        match joined {
            Some((place, woken)) => {
                let ticket = Ticket { shared: Arc::clone(&self.0), client: client.clone(), place };
                Answer::Wait(ticket, woken)
            }
            None => Answer::Refused,
        }
    }
}

impl Default for Gate {
    /// [`Gate::process`]: every default is the same gate.
    fn default() -> Self {
        Self::process()
    }
}

impl fmt::Debug for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gate").field("permits", &self.0.permits).finish_non_exhaustive()
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Hands a permit to whoever is next. Wakes nobody under the lock: what wakes may run anything.
    fn release(mut state: MutexGuard<'_, State>) {
        let next = state.queue.call();
        if next.is_none() {
            state.free += 1;
        }
        drop(state);
        if let Some(next) = next {
            let _ = next.send(());
        }
    }
}

/// What the gate says to who asks for a permit.
enum Answer {
    Permit(Permit),
    Wait(Ticket, oneshot::Receiver<()>),
    Refused,
}

/// A place in the queue. Dropped, it is free for another, and so is the permit that may have come already.
struct Ticket {
    shared: Arc<Shared>,
    client: ClientKey,
    place: u64,
}

impl Ticket {
    /// Trades a place that was called for its permit. `None`: it was refused.
    fn redeem(self) -> Option<Permit> {
        let called = self.shared.lock().queue.redeem(self.place);
        called.then(|| Permit(Arc::clone(&self.shared)))
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        let mut state = self.shared.lock();
        if !state.queue.leave(&self.client, self.place) && state.queue.redeem(self.place) {
            Shared::release(state);
        }
    }
}

/// The right to compute one hash.
struct Permit(Arc<Shared>);

impl Drop for Permit {
    fn drop(&mut self) {
        Shared::release(self.0.lock());
    }
}
