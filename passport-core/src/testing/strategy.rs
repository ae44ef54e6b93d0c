//! The kit for authors of a strategy.

use std::{fmt, sync::Arc, time::Duration};

use bytes::Bytes;
use http::Request;

use super::{
    abuse::Abuse,
    alarm,
    answer::{Answer, Came},
    overlap::Spawn,
    report::Report,
};
use crate::{BoxFuture, Strategy, panics::catch};

/// How long a strategy may take for one request, unless set.
const DEADLINE: Duration = Duration::from_secs(10);

/// Drives one strategy with requests, says what came of it, and treats it badly.
///
/// It calls the strategy itself: no passport, no guard, no framework. All requests share one instance, as they do in an
/// application.
///
/// # Examples
///
/// ```
/// # use passport_core::{BoxError, Credential, Outcome, Strategy, async_trait};
/// # struct Header;
/// # #[async_trait]
/// # impl Strategy for Header {
/// #     type User = &'static str;
/// #     fn credential(&self) -> Credential { Credential::Header }
/// #     async fn authenticate(&self, req: &http::Request<bytes::Bytes>) -> Result<Outcome<&'static str>, BoxError> {
/// #         Ok(match req.headers().get("x-demo").map(|value| value.as_bytes()) {
/// #             None => Outcome::Pass,
/// #             Some(b"one") => Outcome::success("alice"),
/// #             Some(b"two") => Outcome::success("bob"),
/// #             Some(_) => Outcome::fail("that is not a demo key"),
/// #         })
/// #     }
/// # }
/// use bytes::Bytes;
/// use http::Request;
/// use passport_core::testing::StrategyKit;
///
/// # #[tokio::main] async fn main() {
/// let kit = StrategyKit::new(Header).in_parallel(tokio::spawn);
/// let with = |key| Request::get("/").header("x-demo", key).body(Bytes::new()).unwrap();
///
/// kit.send(with("one")).await.expect_success(|found| assert_eq!(**found.user(), "alice"));
/// kit.send(with("three")).await.expect_fail(|failure| assert_eq!(failure.as_status(), None));
/// kit.send(Request::new(Bytes::new())).await.expect_pass();
///
/// let report = kit.abuse(|| with("one"), || with("two"), |user| *user).await;
/// assert!(report.is_passed(), "{report}");
/// # }
/// ```
#[must_use = "a kit tries nothing until it is told to: `send(…)`, `abuse(…)`"]
pub struct StrategyKit<S> {
    strategy: Arc<S>,
    deadline: Duration,
    spawn: Option<Spawn>,
    prepare: Prepare,
}

type Prepare = Box<dyn Fn(&mut Request<Bytes>) + Send + Sync>;

impl<S: Strategy> StrategyKit<S> {
    /// A kit for this strategy.
    pub fn new(strategy: S) -> Self {
        Self { strategy: Arc::new(strategy), deadline: DEADLINE, spawn: None, prepare: Box::new(|_| {}) }
    }

    /// Sets how long the strategy may take for one request, really: 10 seconds unless set. One that holds on to its
    /// thread for five times as long ends the process.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// Says how tasks are started, as `tokio::spawn` does: [`abuse`](Self::abuse) then sends requests from several
    /// threads too.
    pub fn in_parallel<R>(
        mut self,
        spawn: impl Fn(BoxFuture<'static, ()>) -> R + Send + Sync + 'static,
    ) -> Self {
        self.spawn = Some(Box::new(move |task| {
            spawn(task);
        }));
        self
    }

    /// Prepares each request that [`abuse`](Self::abuse) makes up, which has nothing of yours: a strategy that wants a
    /// session finds a visitor's in the extensions.
    pub fn prepare(mut self, prepare: impl Fn(&mut Request<Bytes>) + Send + Sync + 'static) -> Self {
        self.prepare = Box::new(prepare);
        self
    }

    /// The strategy.
    pub fn strategy(&self) -> &S {
        &self.strategy
    }

    /// Sends one request. A panic, and no answer before the deadline, are an answer too: one that nobody expects.
    pub async fn send(&self, req: Request<impl Into<Bytes>>) -> Answer<S::User> {
        deliver(Arc::clone(&self.strategy), req.map(Into::into), self.deadline).await
    }

    /// Runs the standard abuse, and reports what the strategy did not stand.
    ///
    /// `alice` and `bob` make requests that succeed, for two different users; they are called again for each request, so a
    /// credential that works once can be made anew. `who` names a user.
    ///
    /// | what is sent | what must hold |
    /// |---|---|
    /// | malformed and oversized headers, addresses and bodies of every type | a failure, a pass or a redirect; nobody is let in |
    /// | Alice's request with each part cut, doubled, emptied, blown up, made no UTF-8 | the same, or Alice |
    /// | a marker as name, password, key and token | no message, error or log subject repeats it |
    /// | requests that overlap, polled in turns, and on several threads | each gets its own user |
    /// | a request whose client goes away in the middle | the next ones get their users |
    /// | any of them | no panic, no error, an answer before the deadline |
    pub async fn abuse<K: PartialEq + fmt::Debug>(
        &self,
        alice: impl Fn() -> Request<Bytes>,
        bob: impl Fn() -> Request<Bytes>,
        who: impl Fn(&S::User) -> K,
    ) -> Report {
        let users = [&alice as &dyn Fn() -> _, &bob];
        Abuse { kit: self, users, who: &who, report: Report::default() }.run().await
    }

    pub(super) fn start(&self, req: Request<Bytes>) -> impl Future<Output = Answer<S::User>> + use<S> {
        deliver(Arc::clone(&self.strategy), req, self.deadline)
    }

    pub(super) fn prepared(&self, mut req: Request<Bytes>) -> Request<Bytes> {
        (self.prepare)(&mut req);
        req
    }

    pub(super) fn spawn(&self) -> Option<&Spawn> {
        self.spawn.as_ref()
    }
}

/// Owns what it needs: overlapping requests outlive the one who sent them.
async fn deliver<S: Strategy>(strategy: Arc<S>, req: Request<Bytes>, deadline: Duration) -> Answer<S::User> {
    let sent = Arc::new(req);
    let answered = catch(async { strategy.authenticate(&sent).await });
    let came = match alarm::before(deadline, &sent, answered).await {
        None => Came::Nothing,
        Some(Err(())) => Came::Panic,
        Some(Ok(Err(error))) => Came::Error(error),
        Some(Ok(Ok(outcome))) => Came::Outcome(outcome),
    };
    Answer { sent, came }
}

impl<S> fmt::Debug for StrategyKit<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StrategyKit").field("deadline", &self.deadline).finish_non_exhaustive()
    }
}
