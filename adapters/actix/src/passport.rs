//! The middleware that begins and ends each request.

use std::{
    fmt,
    future::{Ready, ready},
    net::IpAddr,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use actix_web::{
    Error, HttpMessage, HttpResponse,
    body::{BoxBody, MessageBody},
    dev::{Service, ServiceRequest, ServiceResponse, Transform, forward_ready},
    http::header,
};
use passport_core::{Finish, FinishError, Headers, Passport, Pending, ResponseHeaders, Session, Unrendered};
use pin_project_lite::pin_project;

use crate::{convert, swallowed, timer::Timer};

/// Lets every request inside of it know who is behind it: `App::new().wrap(passport(…))`.
///
/// Put it outside of every guard and handler that asks. Two of them, for two kinds of user, may stand around the
/// same routes.
pub fn passport<U: Send + Sync + 'static>(passport: Passport<U>) -> PassportMiddleware<U> {
    passport.provide_clock(Arc::new(Timer));
    PassportMiddleware { passport, address: None }
}

/// A [`passport`](passport()) around an app, a scope or a resource.
#[must_use = "a middleware does nothing until the app is wrapped in it: `.wrap(passport(…))`"]
pub struct PassportMiddleware<U> {
    passport: Passport<U>,
    address: Option<AddressOf>,
}

/// Finds the address that a request comes from.
type AddressOf = Arc<dyn Fn(&ServiceRequest) -> Option<IpAddr> + Send + Sync>;

impl<U> PassportMiddleware<U> {
    /// Says how to find the address that a request comes from, for hooks, logs, the list of a user's sessions, and the
    /// fairness of password hashing: `|req| Some(req.peer_addr()?.ip())`, or behind a proxy from the header which that
    /// proxy sets.
    ///
    /// # Security
    ///
    /// A header that the client itself can set is whatever the client wants: believe only what your own proxy wrote.
    pub fn client_address(
        mut self,
        find: impl Fn(&ServiceRequest) -> Option<IpAddr> + Send + Sync + 'static,
    ) -> Self {
        self.address = Some(Arc::new(find));
        self
    }
}

impl<U, S, B> Transform<S, ServiceRequest> for PassportMiddleware<U>
where
    U: Send + Sync + 'static,
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<BoxBody>;
    type Error = Error;
    type Transform = PassportService<U, S>;
    type InitError = ();
    type Future = Ready<Result<Self::Transform, ()>>;

    fn new_transform(&self, inner: S) -> Self::Future {
        ready(Ok(PassportService { middleware: self.clone(), inner }))
    }
}

/// The service of [`PassportMiddleware`].
#[derive(Debug)]
pub struct PassportService<U, S> {
    middleware: PassportMiddleware<U>,
    inner: S,
}

impl<U, S, B> Service<ServiceRequest> for PassportService<U, S>
where
    U: Send + Sync + 'static,
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<BoxBody>;
    type Error = Error;
    type Future = PassportFuture<S::Future>;

    forward_ready!(inner);

    fn call(&self, req: ServiceRequest) -> Self::Future {
        let PassportMiddleware { passport, address } = &self.middleware;
        let outer = req.extensions().get::<Session>().cloned();
        let authority = req.uri().authority().and_then(|authority| authority.as_str().parse().ok());
        let find = |clue| convert::find(req.headers(), clue);
        let pending = passport.begin_with(&convert::method(req.method()), authority.as_ref(), find, outer);
        if let Some(address) = address.as_ref().and_then(|find| find(&req)) {
            pending.session().set_client_address(address);
        }
        req.extensions_mut().insert(pending.session().clone());
        // No clone of the request outlives this call: actix's router needs it for itself.
        PassportFuture::Handler { inner: self.inner.call(req), pending: Some(pending) }
    }
}

pin_project! {
    /// The handler's future; then, only if something must be written, the boxed one that does.
    #[project = Projected]
    pub enum PassportFuture<F> {
        #[doc(hidden)]
        Handler { #[pin] inner: F, pending: Option<Pending> },
        #[doc(hidden)]
        Finish { finish: Finish, result: Option<Result<ServiceResponse<BoxBody>, Error>> },
    }
}

impl<F, B> Future for PassportFuture<F>
where
    F: Future<Output = Result<ServiceResponse<B>, Error>>,
    B: MessageBody + 'static,
{
    type Output = Result<ServiceResponse<BoxBody>, Error>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        if let Projected::Handler { inner, pending } = self.as_mut().project() {
            let result = ready!(inner.poll(cx));
            let Some(pending) = pending.take() else {
                unreachable!("a future is not polled after it is done")
            };
            let mut result = rendered(result, pending.session());
            match pending.finish_now() {
                Ok(headers) => {
                    finished(&mut result, Ok(headers));
                    return Poll::Ready(result);
                }
                Err(finish) => self.set(Self::Finish { finish, result: Some(result) }),
            }
        }
        let Projected::Finish { finish, result } = self.project() else { unreachable!("it was just set") };
        let done = ready!(Pin::new(finish).poll(cx));
        let Some(mut result) = result.take() else { unreachable!("a future is not polled after it is done") };
        finished(&mut result, done);
        Poll::Ready(result)
    }
}

/// What came back, for this caller. An error of the middleware further in stays the error that it is.
fn rendered<B: MessageBody + 'static>(
    result: Result<ServiceResponse<B>, Error>,
    session: &Session,
) -> Result<ServiceResponse<BoxBody>, Error> {
    match result {
        Ok(response) => {
            let mut response = response.map_into_boxed_body();
            if let Some(fault) = swallowed::answer(response.request()) {
                *response.response_mut() = convert::answer(fault);
            }
            let unrendered = response.response().extensions().contains::<Unrendered>();
            Ok(match unrendered {
                false => response,
                true => {
                    let (req, response) = response.into_parts();
                    ServiceResponse::new(req, render(response, session))
                }
            })
        }
        Err(mut error) => {
            let session = session.clone();
            error.add_response_mapper(move |response| render(response, &session));
            Err(error)
        }
    }
}

/// The same after the end of the request: an error will answer with the cookie all the same.
fn finished(result: &mut Result<ServiceResponse<BoxBody>, Error>, finished: Result<Headers, FinishError>) {
    match (result, finished) {
        (Ok(response), Ok(headers)) => headers.apply(&mut convert::Headers(response.headers_mut())),
        (Ok(response), Err(answer)) => *response.response_mut() = convert::answer(*answer),
        (Err(error), Ok(headers)) => error.add_response_mapper(move |mut response| {
            headers.clone().apply(&mut convert::Headers(response.headers_mut()));
            response
        }),
        (Err(error), Err(answer)) => error.add_response_mapper(move |_| convert::answer((*answer).clone())),
    }
}

/// An answer that was made of an error without knowing who asks becomes one for this caller. What other middleware
/// has added to it stays.
fn render(mut response: HttpResponse, session: &Session) -> HttpResponse {
    let unrendered = response.extensions_mut().remove::<Unrendered>();
    let Some(unrendered) = unrendered else { return response };
    let (parts, body) = session.answer(unrendered.error()).into_parts();
    *response.status_mut() = convert::status(parts.status);
    response.headers_mut().remove(header::CONTENT_LENGTH);
    let mut headers = convert::Headers(response.headers_mut());
    for name in parts.headers.keys() {
        headers.remove(name);
    }
    for (name, value) in &parts.headers {
        headers.append(name.clone(), value.clone());
    }
    response.set_body(BoxBody::new(body))
}

impl<U> Clone for PassportMiddleware<U> {
    fn clone(&self) -> Self {
        Self { passport: self.passport.clone(), address: self.address.clone() }
    }
}

impl<U> fmt::Debug for PassportMiddleware<U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PassportMiddleware").field("passport", &self.passport).finish_non_exhaustive()
    }
}

impl<F> fmt::Debug for PassportFuture<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PassportFuture")
    }
}
