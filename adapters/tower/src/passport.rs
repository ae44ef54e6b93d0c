//! The layer that begins and ends each request.

use std::{
    fmt, mem,
    net::IpAddr,
    pin::Pin,
    sync::{Arc, LazyLock},
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use http::{Extensions, HeaderMap, Request, Response, header};
use passport_core::{Finish, Passport, Pending, Session, Unrendered};
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

use crate::timer::Timer;

/// Lets every request inside of it know who is behind it.
///
/// Put it outside of every guard and handler that asks. Two of them, for two kinds of user, may stand around the
/// same routes.
#[must_use = "a layer does nothing until it is put around the router"]
pub struct PassportLayer<U> {
    passport: Passport<U>,
    address: Option<AddressOf>,
}

/// Finds the address that a request comes from.
type AddressOf = Arc<dyn Fn(&HeaderMap, &Extensions) -> Option<IpAddr> + Send + Sync>;

impl<U: Send + Sync + 'static> PassportLayer<U> {
    /// A layer for one kind of user.
    pub fn new(passport: Passport<U>) -> Self {
        passport.provide_clock(Arc::new(Timer));
        Self { passport, address: None }
    }

    /// Says how to find the address that a request comes from, for hooks, logs, the list of a user's sessions, and the
    /// fairness of password hashing: on axum from `ConnectInfo`, behind a proxy from the header which that proxy sets.
    ///
    /// # Security
    ///
    /// A header that the client itself can set is whatever the client wants: believe only what your own proxy wrote.
    pub fn client_address(
        mut self,
        find: impl Fn(&HeaderMap, &Extensions) -> Option<IpAddr> + Send + Sync + 'static,
    ) -> Self {
        self.address = Some(Arc::new(find));
        self
    }

    /// Wraps a whole router: the cheapest place to stand. The same as [`Layer::layer`], without the trait.
    pub fn around<S>(&self, inner: S) -> PassportService<U, S> {
        PassportService { passport: self.passport.clone(), address: self.address.clone(), inner }
    }
}

impl<U: Send + Sync + 'static, S> Layer<S> for PassportLayer<U> {
    type Service = PassportService<U, S>;

    fn layer(&self, inner: S) -> Self::Service {
        self.around(inner)
    }
}

/// The service of [`PassportLayer`].
pub struct PassportService<U, S> {
    passport: Passport<U>,
    address: Option<AddressOf>,
    inner: S,
}

impl<U, S, A, B> Service<Request<A>> for PassportService<U, S>
where
    U: Send + Sync + 'static,
    S: Service<Request<A>, Response = Response<B>>,
    B: From<Bytes>,
{
    type Response = Response<B>;
    type Error = S::Error;
    type Future = PassportFuture<S::Future, B, S::Error>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut req: Request<A>) -> Self::Future {
        let outer = req.extensions().get::<Session>().cloned();
        let pending = self.passport.begin(req.method(), req.uri().authority(), req.headers(), outer);
        if let Some(address) = self.address.as_ref().and_then(|find| find(req.headers(), req.extensions())) {
            pending.session().set_client_address(address);
        }
        if req.extensions().is_empty() {
            *req.extensions_mut() = ROOMY.clone();
        }
        req.extensions_mut().insert(pending.session().clone());
        PassportFuture::Handler { inner: self.inner.call(req), pending: Some(pending) }
    }
}

/// An empty type map with room for what a router adds: growing it for every request costs more than this clone.
/// Not made in `Layer::layer`, which axum may call once a request.
static ROOMY: LazyLock<Extensions> = LazyLock::new(|| {
    let mut map = Extensions::new();
    map.insert(0_u8);
    map.insert(0_u16);
    map.insert(0_u32);
    map.insert(0_u64);
    map.clear();
    map
});

pin_project! {
    /// The handler's future; then, only if something must be written, the boxed one that does.
    #[project = Projected]
    pub enum PassportFuture<F, B, E> {
        #[doc(hidden)]
        Handler { #[pin] inner: F, pending: Option<Pending> },
        #[doc(hidden)]
        Finish { finish: Finish, result: Option<Result<Response<B>, E>> },
    }
}

impl<F, B, E> Future for PassportFuture<F, B, E>
where
    F: Future<Output = Result<Response<B>, E>>,
    B: From<Bytes>,
{
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let Projected::Handler { inner, pending } = self.as_mut().project() else { return self.write(cx) };
        // Answers are large: they are changed where they lie.
        let mut polled = inner.poll(cx);
        let Poll::Ready(result) = &mut polled else { return polled };
        let Some(pending) = pending.take() else { unreachable!("a future is not polled after it is done") };
        if let Ok(response) = result
            && !response.extensions().is_empty()
        {
            render(response, pending.session());
        }
        match pending.finish_now() {
            Ok(headers) => {
                if let Ok(response) = result {
                    headers.apply(response.headers_mut());
                }
            }
            Err(finish) => {
                if let Poll::Ready(result) = mem::replace(&mut polled, Poll::Pending) {
                    self.set(Self::Finish { finish, result: Some(result) });
                }
                polled = self.write(cx);
            }
        }
        polled
    }
}

impl<F, B, E> PassportFuture<F, B, E>
where
    F: Future<Output = Result<Response<B>, E>>,
    B: From<Bytes>,
{
    /// Writes what was gathered, before the answer goes.
    fn write(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let Projected::Finish { finish, result } = self.project() else {
            unreachable!("the handler is done")
        };
        let finished = ready!(Pin::new(finish).poll(cx));
        let Some(result) = result.take() else { unreachable!("a future is not polled after it is done") };
        Poll::Ready(result.map(|mut response| match finished {
            Ok(headers) => {
                headers.apply(response.headers_mut());
                response
            }
            Err(answer) => answer.map(B::from),
        }))
    }
}

/// An answer that was made of an error without knowing who asks becomes one for this caller. What other layers
/// have added to it stays.
fn render<B: From<Bytes>>(response: &mut Response<B>, session: &Session) {
    let Some(unrendered) = response.extensions_mut().remove::<Unrendered>() else { return };
    let (parts, body) = session.answer(unrendered.error()).into_parts();
    *response.status_mut() = parts.status;
    response.headers_mut().remove(header::CONTENT_LENGTH);
    response.headers_mut().extend(parts.headers);
    *response.body_mut() = B::from(body);
}

impl<U> Clone for PassportLayer<U> {
    fn clone(&self) -> Self {
        Self { passport: self.passport.clone(), address: self.address.clone() }
    }
}

impl<U> fmt::Debug for PassportLayer<U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PassportLayer").field("passport", &self.passport).finish_non_exhaustive()
    }
}

impl<U, S: Clone> Clone for PassportService<U, S> {
    fn clone(&self) -> Self {
        Self { passport: self.passport.clone(), address: self.address.clone(), inner: self.inner.clone() }
    }
}

impl<U, S> fmt::Debug for PassportService<U, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PassportService").field("passport", &self.passport).finish_non_exhaustive()
    }
}

impl<F, B, E> fmt::Debug for PassportFuture<F, B, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PassportFuture")
    }
}
