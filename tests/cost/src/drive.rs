//! Sending requests through a service, on one thread and without sockets.

use std::{
    fmt,
    future::poll_fn,
    hint::black_box,
    pin::pin,
    task::{Context, Poll, Waker},
};

use axum::body::Body;
use http::{HeaderValue, Request, Response, header};
use tokio::runtime::Runtime;
use tower_service::Service;

use crate::requests::{Route, request};

/// How many requests are made before they are answered and measured. A server frees one request before it takes the next, and
/// so its memory goes around in what the allocator keeps at hand for the thread: seven blocks of a size, in glibc. With a hundred made
/// ahead it would tidy up in the middle of what is measured, which costs some routes 300 instructions a request.
pub const AHEAD: usize = 4;

/// Something that answers the measured routes.
pub trait Stack {
    /// Makes requests, outside of what is measured.
    fn prepare(&mut self, route: Route, count: usize);

    /// Answers them all: this is measured.
    fn run(&mut self);

    /// The status of one answer, and its body: to see that the right thing is measured.
    fn look(&mut self, route: Route) -> (u16, String);
}

/// A tower service, called as hyper calls it for `axum::serve`: a clone for every request.
pub struct Tower<S> {
    service: S,
    cookies: Vec<HeaderValue>,
    turn: usize,
    ready: Vec<Request<Body>>,
    runtime: Runtime,
}

impl<S> Tower<S>
where
    S: Service<Request<Body>, Response = Response<Body>> + Clone,
{
    /// Over this service, whose visitors have these cookies, one after the other.
    ///
    /// # Panics
    ///
    /// If the system has no timer for a runtime.
    pub fn new(service: S, cookies: Vec<HeaderValue>) -> Self {
        Self { service, cookies, turn: 0, ready: Vec::new(), runtime: runtime() }
    }

    /// As [`new`](Self::new), with visitors who have logged in by the login route.
    ///
    /// # Panics
    ///
    /// If a login answers without a cookie.
    #[expect(clippy::expect_used, reason = "what cannot log in cannot be measured")]
    pub fn logged_in(service: S, visitors: usize) -> Self {
        let mut stack = Self::new(service, vec![HeaderValue::from_static("a=b")]);
        let cookies = (0..visitors).map(|_| {
            let answer = stack.answer(Route::Login);
            cookie_of(&answer).expect("a login sets a cookie")
        });
        stack.cookies = cookies.collect();
        stack
    }

    /// One answer.
    ///
    /// # Panics
    ///
    /// If the service fails.
    pub fn answer(&mut self, route: Route) -> Response<Body> {
        let request = self.request(route);
        self.send(request)
    }

    /// The answer to a request of one's own.
    ///
    /// # Panics
    ///
    /// If the service fails.
    pub fn send(&mut self, request: Request<Body>) -> Response<Body> {
        let answer = now(self.service.clone().call(request), &self.runtime);
        answer.unwrap_or_else(|_| panic!("no service here fails"))
    }

    /// The same visitors, with what a map makes of their cookies.
    pub fn map_cookies(&mut self, map: impl Fn(&HeaderValue) -> HeaderValue) {
        self.cookies = self.cookies.iter().map(map).collect();
    }

    fn request(&mut self, route: Route) -> Request<Body> {
        self.turn = (self.turn + 1) % self.cookies.len();
        request(route, &self.cookies[self.turn])
    }
}

impl<S> fmt::Debug for Tower<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tower").field("cookies", &self.cookies.len()).finish_non_exhaustive()
    }
}

impl<S> Stack for Tower<S>
where
    S: Service<Request<Body>, Response = Response<Body>> + Clone,
{
    fn prepare(&mut self, route: Route, count: usize) {
        for _ in 0..count {
            let request = self.request(route);
            self.ready.push(request);
        }
    }

    fn run(&mut self) {
        for request in self.ready.drain(..) {
            drop(black_box(now(self.service.clone().call(request), &self.runtime)));
        }
    }

    fn look(&mut self, route: Route) -> (u16, String) {
        let answer = self.answer(route);
        let status = answer.status().as_u16();
        let body = now(axum::body::to_bytes(answer.into_body(), 1 << 20), &self.runtime);
        (status, body.map(|body| String::from_utf8_lossy(&body).into_owned()).unwrap_or_default())
    }
}

/// The cookie that an answer hands out, as a browser sends it back.
pub fn cookie_of<B>(answer: &Response<B>) -> Option<HeaderValue> {
    let set = answer.headers().get(header::SET_COOKIE)?.as_bytes();
    HeaderValue::from_bytes(set.split(|byte| *byte == b';').next()?).ok()
}

/// What a future has to say: at once, where nothing has to be waited for; otherwise the runtime waits.
pub fn now<F: Future>(future: F, runtime: &Runtime) -> F::Output {
    let mut future = pin!(future);
    match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => runtime.block_on(poll_fn(|cx| future.as_mut().poll(cx))),
    }
}

/// For what has to wait: a store that is not in this process.
///
/// # Panics
///
/// If the system has no timer for a runtime.
#[expect(clippy::expect_used, reason = "nothing can be measured without one")]
pub fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime on this thread")
}

/// Answers so many requests as a server would, after as many that are not counted: what is made once, has been made.
pub fn repeat(stack: &mut dyn Stack, route: Route, count: usize) {
    in_turns(stack, route, count, |stack| stack.run());
    in_turns(stack, route, count, run_measured);
}

fn in_turns(stack: &mut dyn Stack, route: Route, count: usize, answer: impl Fn(&mut dyn Stack)) {
    for done in (0..count).step_by(AHEAD) {
        stack.prepare(route, AHEAD.min(count - done));
        answer(stack);
    }
}

/// Answers what was prepared. Tools that count instructions find it by its name.
#[inline(never)]
fn run_measured(stack: &mut dyn Stack) {
    stack.run();
}
