//! A request under way, as an adapter holds it.

use std::{
    fmt, mem,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use http::Response;

use crate::{BoxFuture, Error, Headers, Session, events};

/// What answers instead of the handler, if the end of the request failed.
pub type FinishError = Box<Response<Bytes>>;

/// A request under way: made by [`Passport::begin`](crate::Passport::begin), ended by [`finish`](Self::finish).
#[must_use = "what was written to the session is lost, and its cookie never set, unless `finish` is awaited"]
pub struct Pending {
    session: Session,
    /// Whether it is still to be ended here. A passport inside of another that has the same sessions leaves that to the outer one.
    open: bool,
}

impl Pending {
    pub(crate) const fn new(session: Session) -> Self {
        Self { session, open: true }
    }

    pub(crate) const fn within(session: Session) -> Self {
        Self { session, open: false }
    }

    /// What to put into the request's type map, and nothing else.
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// Ends the request: call it whatever the handler returned. Stores what was gathered and says which headers to
    /// add. Allocates only if the store is needed, or a cookie is set.
    ///
    /// The `Err` is the answer to send instead of the handler's: what it wrote could not be kept.
    pub fn finish(self) -> Finish {
        self.finish_now().map_or_else(|busy| busy, |headers| Finish(Step::Ready(headers)))
    }

    /// As [`finish`](Self::finish), for adapters that poll by hand: the headers, or the future that writes first.
    ///
    /// # Errors
    ///
    /// The future to await, if the store must be written to or asked once more, or another task of this request is not done yet.
    #[inline]
    pub fn finish_now(mut self) -> Result<Headers, Finish> {
        if !mem::take(&mut self.open) {
            return Ok(Headers::default());
        }
        self.session.try_finish().ok_or_else(|| {
            Finish(Step::Busy(Box::pin(write(Unwritten { session: self.session.clone(), done: false }))))
        })
    }
}

/// Writes what was gathered.
async fn write(mut unwritten: Unwritten) -> Result<Headers, FinishError> {
    let finished = unwritten.session.finish().await;
    // Whatever is left now, the error says.
    unwritten.done = true;
    let session = &unwritten.session;
    let (error, headers) = match finished {
        Ok(headers) => return Ok(headers),
        Err(failed) => *failed,
    };
    events::failed("finish", &error);
    let mut answer = session.answer(&error);
    headers.apply(answer.headers_mut());
    Err(Box::new(answer))
}

impl Drop for Pending {
    fn drop(&mut self) {
        if self.open {
            say_what_is_lost(&self.session);
        }
    }
}

/// What a request has gathered, until it is written: the client may go away before or meanwhile, and the future with it.
struct Unwritten {
    session: Session,
    done: bool,
}

impl Drop for Unwritten {
    fn drop(&mut self) {
        if !self.done {
            say_what_is_lost(&self.session);
        }
    }
}

fn say_what_is_lost(session: &Session) {
    if session.has_gathered() {
        events::lost();
    }
}

impl fmt::Debug for Pending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pending").field("session", &self.session).finish_non_exhaustive()
    }
}

/// The future of [`Pending::finish`].
#[must_use = "nothing is written unless it is awaited"]
pub struct Finish(Step);

enum Step {
    Ready(Headers),
    Busy(BoxFuture<'static, Result<Headers, FinishError>>),
}

impl Future for Finish {
    type Output = Result<Headers, FinishError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut self.0 {
            Step::Ready(headers) => Poll::Ready(Ok(mem::take(headers))),
            Step::Busy(future) => future.as_mut().poll(cx),
        }
    }
}

impl fmt::Debug for Finish {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Finish")
    }
}

/// Marks an answer that was made of an error without knowing who asks: the layer renders it for the caller.
#[derive(Clone, Debug)]
pub struct Unrendered(std::sync::Arc<Error>);

impl Unrendered {
    /// Marks what was made of this error.
    pub fn new(error: Error) -> Self {
        Self(std::sync::Arc::new(error))
    }

    /// The error.
    pub fn error(&self) -> &Error {
        &self.0
    }
}
