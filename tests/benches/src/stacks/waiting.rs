//! What has to wait for a server: answered on a runtime of one thread, some requests at a time, each in a task of its own
//! as a server has one for each connection.

use std::{
    hint::black_box,
    mem,
    sync::{Arc, Mutex, PoisonError},
};

use axum::body::{Body, to_bytes};
use http::{HeaderValue, Request, Response};
use passport_cost::{
    drive::{Stack, cookie_of},
    requests::{Route, request},
};
use tokio::{runtime::Runtime, task::JoinSet};
use tower_service::Service;

use super::{COOKIE, VISITORS};

/// A service, and the runtime on which its connections live.
pub struct Waiting<S> {
    service: S,
    runtime: Arc<Runtime>,
    at_a_time: usize,
    cookies: Vec<HeaderValue>,
    turn: usize,
    ready: Vec<Request<Body>>,
}

impl<S> Waiting<S>
where
    S: Service<Request<Body>, Response = Response<Body>> + Clone + Send + 'static,
    S::Future: Send,
{
    /// Answers one request after the other, to visitors who have logged in by the login route, if it sets a cookie.
    pub fn new(service: S, runtime: Runtime) -> Self {
        let unknown = vec![HeaderValue::from_static(COOKIE)];
        let mut stack = Self::over(service, Arc::new(runtime), unknown, 1);
        let cookies: Option<_> = (0..VISITORS).map(|_| cookie_of(&stack.answer(Route::Login))).collect();
        stack.cookies = cookies.unwrap_or(stack.cookies);
        stack
    }

    /// The same service and visitors, and so many requests under way at a time.
    pub fn at_a_time(&self, at_a_time: usize) -> Box<dyn Stack> {
        let (runtime, cookies) = (Arc::clone(&self.runtime), self.cookies.clone());
        Box::new(Self::over(self.service.clone(), runtime, cookies, at_a_time))
    }

    fn over(service: S, runtime: Arc<Runtime>, cookies: Vec<HeaderValue>, at_a_time: usize) -> Self {
        Self { service, runtime, at_a_time, cookies, turn: 0, ready: Vec::new() }
    }

    fn answer(&mut self, route: Route) -> Response<Body> {
        let asked = self.service.clone().call(self.request(route));
        let answer = self.runtime.block_on(asked);
        answer.unwrap_or_else(|_| panic!("no service here fails"))
    }

    fn request(&mut self, route: Route) -> Request<Body> {
        self.turn = (self.turn + 1) % self.cookies.len();
        request(route, &self.cookies[self.turn])
    }
}

impl<S> Stack for Waiting<S>
where
    S: Service<Request<Body>, Response = Response<Body>> + Clone + Send + 'static,
    S::Future: Send,
{
    fn prepare(&mut self, route: Route, count: usize) {
        for _ in 0..count {
            let request = self.request(route);
            self.ready.push(request);
        }
    }

    fn run(&mut self) {
        let ready = Arc::new(Mutex::new(mem::take(&mut self.ready)));
        self.runtime.block_on(async {
            let mut connections = JoinSet::new();
            for _ in 0..self.at_a_time {
                connections.spawn(work_through(self.service.clone(), Arc::clone(&ready)));
            }
            connections.join_all().await;
        });
    }

    fn look(&mut self, route: Route) -> (u16, String) {
        let answer = self.answer(route);
        let status = answer.status().as_u16();
        let body = self.runtime.block_on(to_bytes(answer.into_body(), 1 << 20));
        (status, body.map(|body| String::from_utf8_lossy(&body).into_owned()).unwrap_or_default())
    }
}

async fn work_through<S>(service: S, ready: Arc<Mutex<Vec<Request<Body>>>>)
where
    S: Service<Request<Body>, Response = Response<Body>> + Clone,
{
    loop {
        let next = ready.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let Some(request) = next else { return };
        let answer = service.clone().call(request).await;
        let answer = answer.unwrap_or_else(|_| panic!("no service here fails"));
        // An error might be quicker than what is measured.
        assert!(answer.status().is_success(), "{}", answer.status());
        drop(black_box(answer));
    }
}
