//! The connection there is, and how another one is made.

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use passport_session::StoreError;
use redis::{
    AsyncConnectionConfig, Client, ConnectionAddr, PushInfo, PushKind, RedisError,
    aio::{AsyncPushSender, MultiplexedConnection, SendError},
};
use tokio::{sync::watch, time::Instant};

/// The pauses between attempts to connect: from this, doubled each time, to that.
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LAST_PAUSE: Duration = Duration::from_secs(1);
/// How many calls may wait to be sent. A future that somebody lets lie may take up one of these places.
const BUFFER: usize = 1024;

/// A connection, and which one it is.
#[derive(Clone)]
pub(crate) struct Line {
    pub(crate) connection: MultiplexedConnection,
    pub(crate) number: u64,
    /// Whether it was closed from the other side.
    lost: Arc<AtomicBool>,
}

/// Makes connections, one at a time.
#[derive(Clone)]
pub(crate) struct Lines {
    client: Client,
    /// How long connecting may take.
    deadline: Duration,
    slot: Arc<Mutex<Slot>>,
    made: Arc<AtomicU64>,
}

#[derive(Default)]
struct Slot {
    live: Option<Line>,
    /// Closes when the attempt that is under way has ended.
    dialling: Option<watch::Receiver<()>>,
    failures: u32,
    /// The last failure, and until when nobody tries again.
    failed: Option<(Arc<RedisError>, Instant)>,
}

impl Lines {
    pub(crate) fn new(client: Client, deadline: Duration) -> Self {
        Self { client, deadline, slot: Arc::default(), made: Arc::default() }
    }

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// The number of the newest connection.
    pub(crate) fn newest(&self) -> u64 {
        self.made.load(Ordering::Relaxed)
    }

    /// The connection there is.
    pub(crate) fn live(&self) -> Option<Line> {
        self.slot().live()
    }

    /// The connection there is, or a new one, for which all wait who want one meanwhile.
    ///
    /// A task of its own connects. None of those who wait may do it for the others: whoever holds a future may
    /// let it lie for as long as they like.
    pub(crate) async fn line(&self) -> Result<Line, StoreError> {
        loop {
            let mut dialling = {
                let mut slot = self.slot();
                if let Some(line) = slot.live() {
                    return Ok(line);
                }
                let under_way = slot.dialling.clone().filter(|dialling| dialling.has_changed().is_ok());
                match under_way {
                    Some(dialling) => dialling,
                    None => {
                        slot.refusal()?;
                        self.dial(&mut slot)
                    }
                }
            };
            // Nothing is ever sent: the error says that the attempt has ended.
            while dialling.changed().await.is_ok() {}
            self.slot().refusal()?;
        }
    }

    /// Gives up a connection, if it is still in use.
    pub(crate) fn give_up(&self, number: u64) {
        let mut slot = self.slot();
        if slot.live.as_ref().is_some_and(|line| line.number == number) {
            slot.live = None;
        }
    }

    /// The deadlines of calls are kept by those who call.
    pub(crate) fn config(&self) -> AsyncConnectionConfig {
        AsyncConnectionConfig::new()
            .set_connection_timeout(Some(self.deadline))
            .set_response_timeout(None)
            .set_pipeline_buffer_size(BUFFER)
    }

    fn dial(&self, slot: &mut Slot) -> watch::Receiver<()> {
        let (under_way, dialling) = watch::channel(());
        slot.dialling = Some(dialling.clone());
        let lines = self.clone();
        tokio::spawn(async move {
            let _under_way = under_way;
            let lost = Arc::new(AtomicBool::new(false));
            let config = lines.config().set_push_sender(tells(&lost));
            let dialled = lines.client.get_multiplexed_async_connection_with_config(&config);
            // The crate's own limit does not hold for what is said first.
            let dialled = tokio::time::timeout(lines.deadline, dialled).await;
            let dialled =
                dialled.unwrap_or_else(|_| Err(std::io::Error::from(std::io::ErrorKind::TimedOut).into()));
            let mut slot = lines.slot();
            match dialled {
                Ok(connection) => {
                    if slot.failures > 0 {
                        tracing::info!(server = %lines.at(), "Redis is back");
                    }
                    let number = 1 + lines.made.fetch_add(1, Ordering::Relaxed);
                    *slot = Slot { live: Some(Line { connection, number, lost }), ..Slot::default() };
                }
                Err(error) => {
                    tracing::warn!(server = %lines.at(), %error, "Redis cannot be reached");
                    slot.failed = Some((Arc::new(error), Instant::now() + pause(slot.failures)));
                    slot.failures = slot.failures.saturating_add(1);
                }
            }
        });
        dialling
    }

    /// Host and port, without user and password.
    fn at(&self) -> &ConnectionAddr {
        self.client.get_connection_info().addr()
    }

    fn slot(&self) -> MutexGuard<'_, Slot> {
        self.slot.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Slot {
    /// The connection, unless it is known to be lost: then nothing was sent on it, and any call may take another.
    fn live(&self) -> Option<Line> {
        self.live.as_ref().filter(|line| !line.lost.load(Ordering::Acquire)).cloned()
    }

    /// The last failure, as long as nobody tries again.
    fn refusal(&self) -> Result<(), StoreError> {
        match &self.failed {
            Some((error, until)) if *until > Instant::now() => Err(match error.is_timeout() {
                true => StoreError::TimedOut,
                false => StoreError::Unreachable(Box::new(Arc::clone(error))),
            }),
            _ => Ok(()),
        }
    }
}

/// Notes that a connection was lost.
fn tells(lost: &Arc<AtomicBool>) -> impl AsyncPushSender {
    let lost = Arc::clone(lost);
    move |push: PushInfo| {
        if push.kind == PushKind::Disconnection {
            lost.store(true, Ordering::Release);
        }
        Ok::<_, SendError>(())
    }
}

fn pause(failures: u32) -> Duration {
    FIRST_PAUSE.saturating_mul(1 << failures.min(5)).min(LAST_PAUSE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_between_attempts_grow_to_a_second() {
        let millis: Vec<_> = (0..8).map(|failures| pause(failures).as_millis()).collect();
        assert_eq!(millis, [50, 100, 200, 400, 800, 1000, 1000, 1000]);
        assert_eq!(pause(u32::MAX), LAST_PAUSE);
    }
}
