//! Calls over one connection, each within its deadline.

use std::{fmt, time::Duration};

use passport_session::StoreError;
use redis::{Client, PushInfo, RedisError, Value, aio::MultiplexedConnection};
use tokio::{
    sync::mpsc::UnboundedSender,
    time::{Instant, timeout, timeout_at},
};

use crate::{fault::Fault, line::Lines, request::Request};

/// A call that is dropped after so long without an answer gives its connection up.
const STALE: Duration = Duration::from_millis(500);

/// One multiplexed connection: calls are sent one behind the other, and answers belong to calls by their order.
///
/// A call that is dropped early does not disturb that order: what was sent is answered, and the answer is
/// thrown away by the task that reads. So a visitor who goes away costs no connection. A call that waited too
/// long does: its connection may be dead without anybody having said so. The others that are on it may finish there.
pub(crate) struct Link {
    lines: Lines,
    deadline: Duration,
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

impl Drop for Held<'_> {
    fn drop(&mut self) {
        if !self.answered && self.since.elapsed() >= STALE {
            self.link.give_up(self.number);
        }
    }
}

impl Link {
    pub(crate) fn new(client: Client, deadline: Duration) -> Self {
        Self { lines: Lines::new(client, deadline), deadline }
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
        self.lines.give_up(number);
    }

    /// A connection of its own that hears what is published on this channel.
    pub(crate) async fn listen(
        &self,
        pushed: UnboundedSender<PushInfo>,
        channel: &str,
    ) -> Result<MultiplexedConnection, StoreError> {
        let config = self.lines.config().set_push_sender(pushed);
        let listening = async {
            let dialled = self.lines.client().get_multiplexed_async_connection_with_config(&config);
            let mut connection = dialled.await?;
            connection.subscribe(channel).await?;
            Ok(connection)
        };
        match timeout(self.deadline, listening).await {
            Ok(listening) => listening.map_err(|error: RedisError| Fault::from(error).error),
            Err(_) => Err(StoreError::TimedOut),
        }
    }

    /// The number of the newest connection.
    pub(crate) fn number(&self) -> u64 {
        self.lines.newest()
    }

    pub(crate) fn deadline(&self) -> Duration {
        self.deadline
    }

    async fn attempt(&self, request: &Request, by: Instant) -> Result<Answer, Fault> {
        // Nearly always there is one, and no deadline is needed.
        let mut line = match self.lines.live() {
            Some(line) => line,
            None => match timeout_at(by, self.lines.line()).await {
                Ok(line) => line?,
                Err(_) => return Err(StoreError::TimedOut.into()),
            },
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
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Link").field("connected", &self.lines.live().is_some()).finish_non_exhaustive()
    }
}
