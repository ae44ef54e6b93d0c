//! The connection: one for all calls, made anew when it is lost.

use std::{
    fmt,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use passport_session::StoreError;
use redis::{
    AsyncConnectionConfig, Client, ConnectionInfo, ProtocolVersion, PushInfo, PushKind, RedisError, Value,
    aio::{AsyncPushSender, MultiplexedConnection, SendError},
};
use tokio::{
    sync::mpsc::UnboundedSender,
    time::{Instant, timeout, timeout_at},
};

use crate::{fault::Fault, request::Request};

/// The pauses between attempts to connect: from this, doubled each time, to that.
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LAST_PAUSE: Duration = Duration::from_secs(1);

/// One multiplexed connection: calls are sent one behind the other, and answers belong to calls by their order.
///
/// A call that is dropped early does not disturb that order: what was sent is answered, and the answer is
/// thrown away by the task that reads. So a visitor who goes away costs no connection. A call that waited too
/// long does: its connection may be dead without anybody having said so. The others that are on it may finish there.
pub(crate) struct Link {
    client: Client,
    deadline: Duration,
    slot: Mutex<Slot>,
    /// Held by the one that connects.
    dialling: tokio::sync::Mutex<()>,
    numbers: AtomicU64,
}

#[derive(Default)]
struct Slot {
    live: Option<Line>,
    failures: u32,
    /// The last failure to connect, and until when nobody tries again.
    failed: Option<(Arc<RedisError>, Instant)>,
}

/// A connection, and which one it is.
#[derive(Clone)]
struct Line {
    connection: MultiplexedConnection,
    number: u64,
    /// Whether it was closed from the other side.
    lost: Arc<AtomicBool>,
}

/// What the server said.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) value: Value,
    /// When the question was sent.
    pub(crate) asked: std::time::Instant,
    /// Which connection it came from.
    pub(crate) line: u64,
}

/// The connection of a call under way. Dropped after a long wait without an answer, it is given up.
struct Held<'a> {
    link: &'a Link,
    number: u64,
    since: Instant,
    answered: bool,
}

impl Slot {
    /// The connection, unless it is known to be lost: then nothing was sent on it, and any call may take another.
    fn live(&self) -> Option<Line> {
        self.live.as_ref().filter(|line| !line.lost.load(Ordering::Acquire)).cloned()
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        if !self.answered && self.since.elapsed() >= self.link.deadline / 4 {
            self.link.give_up(self.number);
        }
    }
}

impl Link {
    pub(crate) fn new(info: ConnectionInfo, deadline: Duration) -> Result<Self, RedisError> {
        // The third version of the protocol tells that a connection is lost, and lets one hear what is published.
        let settings = info.redis_settings().clone().set_protocol(ProtocolVersion::RESP3);
        Ok(Self {
            client: Client::open(info.set_redis_settings(settings))?,
            deadline,
            slot: Mutex::default(),
            dialling: tokio::sync::Mutex::default(),
            numbers: AtomicU64::default(),
        })
    }

    /// Asks once, within the deadline.
    pub(crate) async fn ask(&self, request: &Request) -> Result<Answer, StoreError> {
        Ok(self.attempt(request, Instant::now() + self.deadline).await?)
    }

    /// Asks for what changes nothing if it is done twice: again, if the connection turns out to be lost.
    pub(crate) async fn ask_again(&self, request: &Request) -> Result<Answer, StoreError> {
        let by = Instant::now() + self.deadline;
        match self.attempt(request, by).await {
            Err(Fault { error: StoreError::Unreachable(_), breaks: true }) => {
                Ok(self.attempt(request, by).await?)
            }
            answer => Ok(answer?),
        }
    }

    /// Gives up a connection, if it is still in use.
    pub(crate) fn give_up(&self, number: u64) {
        let mut slot = self.slot();
        if slot.live.as_ref().is_some_and(|line| line.number == number) {
            slot.live = None;
        }
    }

    /// A connection of its own that hears what is published on this channel.
    pub(crate) async fn listen(
        &self,
        pushed: UnboundedSender<PushInfo>,
        channel: &str,
    ) -> Result<MultiplexedConnection, StoreError> {
        let config = self.config().set_push_sender(pushed);
        let listening = async {
            let dialled = self.client.get_multiplexed_async_connection_with_config(&config);
            let mut connection = dialled.await?;
            connection.subscribe(channel).await?;
            Ok(connection)
        };
        match timeout(self.deadline, listening).await {
            Ok(listening) => listening.map_err(|error: RedisError| Fault::from(error).error),
            Err(_) => Err(StoreError::TimedOut),
        }
    }

    pub(crate) fn deadline(&self) -> Duration {
        self.deadline
    }

    async fn attempt(&self, request: &Request, by: Instant) -> Result<Answer, Fault> {
        let mut line = match timeout_at(by, self.line()).await {
            Ok(line) => line?,
            Err(_) => return Err(StoreError::TimedOut.into()),
        };
        let since = Instant::now();
        let mut held = Held { link: self, number: line.number, since, answered: false };
        let answer = match timeout_at(by, request.send(&mut line.connection)).await {
            Ok(answer) => answer.map_err(Fault::from),
            Err(_) => Err(Fault { error: StoreError::TimedOut, breaks: true }),
        };
        held.answered = true;
        if let Err(Fault { breaks: true, .. }) = answer {
            self.give_up(line.number);
        }
        answer.map(|value| Answer { value, asked: since.into_std(), line: line.number })
    }

    /// The connection there is, or a new one. While one connects, the others wait for it.
    async fn line(&self) -> Result<Line, StoreError> {
        if let Some(line) = self.slot().live() {
            return Ok(line);
        }
        let _turn = self.dialling.lock().await;
        {
            let slot = self.slot();
            if let Some(line) = slot.live() {
                return Ok(line);
            }
            if let Some((error, until)) = &slot.failed
                && *until > Instant::now()
            {
                return Err(StoreError::Unreachable(Box::new(Arc::clone(error))));
            }
        }
        let lost = Arc::new(AtomicBool::new(false));
        let config = self.config().set_push_sender(tells(&lost));
        match self.client.get_multiplexed_async_connection_with_config(&config).await {
            Ok(connection) => {
                let number = self.numbers.fetch_add(1, Ordering::Relaxed);
                let line = Line { connection, number, lost };
                *self.slot() = Slot { live: Some(line.clone()), ..Slot::default() };
                Ok(line)
            }
            Err(error) => {
                let mut slot = self.slot();
                let until = Instant::now() + pause(slot.failures);
                slot.failures = slot.failures.saturating_add(1);
                let error = Arc::new(error);
                slot.failed = Some((Arc::clone(&error), until));
                Err(StoreError::Unreachable(Box::new(error)))
            }
        }
    }

    /// The deadlines are those of the calls, which are kept here.
    fn config(&self) -> AsyncConnectionConfig {
        AsyncConnectionConfig::new().set_connection_timeout(Some(self.deadline)).set_response_timeout(None)
    }

    fn slot(&self) -> MutexGuard<'_, Slot> {
        self.slot.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let connected = self.slot().live.is_some();
        f.debug_struct("Link").field("connected", &connected).finish_non_exhaustive()
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
