//! The layer that stands before single routes.

use std::{
    mem,
    ops::ControlFlow,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use http::{Extensions, Request, Response, StatusCode, Uri};
use http_body::Body;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use passport_core::{Guard, Refusal};
use tower_layer::Layer;
use tower_service::Service;

/// Stands before a route: `GuardLayer::new(passport.authenticate("local")?)`.
///
/// It goes inside of the [`PassportLayer`](crate::PassportLayer).
#[derive(Clone, Debug)]
#[must_use = "a layer does nothing until it is put around a route"]
pub struct GuardLayer<G> {
    guard: G,
    whole: Option<WholeAddress>,
}

/// Finds the address that the browser asked for, where a router has cut a part of it off.
type WholeAddress = fn(&Extensions) -> Option<&Uri>;

impl<G: Guard> GuardLayer<G> {
    /// A layer of this guard.
    pub fn new(guard: G) -> Self {
        Self { guard, whole: None }
    }

    /// Says where a router keeps the whole address when it hands on only the rest of it: the guard sends visitors back
    /// to what their browser asked for.
    pub fn whole_address(mut self, find: fn(&Extensions) -> Option<&Uri>) -> Self {
        self.whole = Some(find);
        self
    }
}

impl<G: Clone, S> Layer<S> for GuardLayer<G> {
    type Service = GuardService<G, S>;

    fn layer(&self, inner: S) -> Self::Service {
        GuardService { guard: self.guard.clone(), whole: self.whole, inner }
    }
}

/// The service of [`GuardLayer`].
#[derive(Clone, Debug)]
pub struct GuardService<G, S> {
    guard: G,
    whole: Option<WholeAddress>,
    inner: S,
}

impl<G, S, A, B> Service<Request<A>> for GuardService<G, S>
where
    G: Guard,
    S: Service<Request<A>, Response = Response<B>> + Clone + Send + 'static,
    S::Future: Send,
    A: Body<Data: Send, Error: Into<passport_core::BoxError>> + From<Bytes> + Send + 'static,
    B: From<Bytes> + Send,
{
    type Response = Response<B>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Response<B>, S::Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, req: Request<A>) -> Self::Future {
        let (guard, whole) = (self.guard.clone(), self.whole);
        // The one that was made ready is the one to call.
        let clone = self.inner.clone();
        let mut inner = mem::replace(&mut self.inner, clone);
        Box::pin(async move {
            match admit(&guard, whole, req).await {
                Ok(req) => inner.call(req).await,
                Err(answer) => Ok(answer.map(B::from)),
            }
        })
    }
}

/// Runs a guard: the request again, with its body, or the answer.
async fn admit<G, A>(
    guard: &G,
    whole: Option<WholeAddress>,
    req: Request<A>,
) -> Result<Request<A>, Box<Response<Bytes>>>
where
    G: Guard,
    A: Body<Error: Into<passport_core::BoxError>> + From<Bytes>,
{
    let (mut parts, body) = req.into_parts();
    let rest = whole.and_then(|find| find(&parts.extensions).cloned());
    let rest = rest.map(|whole| mem::replace(&mut parts.uri, whole));
    let Some(limit) = guard.prepare(&parts)? else {
        let req = Request::from_parts(parts, Bytes::new());
        decide(guard, &req).await?;
        return Ok(with_uri(req.map(|_| body), rest));
    };
    let bytes = match Limited::new(body, limit).collect().await {
        Ok(body) => body.to_bytes(),
        Err(error) if error.is::<LengthLimitError>() => return Err(guard.too_large(&parts)),
        // The client broke off in the middle.
        Err(_) => return Err(Box::new(Refusal::new(StatusCode::BAD_REQUEST).response(false))),
    };
    let req = Request::from_parts(parts, bytes);
    decide(guard, &req).await?;
    Ok(with_uri(req.map(A::from), rest))
}

/// The handler sees the address as its router handed it on.
fn with_uri<A>(mut req: Request<A>, rest: Option<Uri>) -> Request<A> {
    if let Some(rest) = rest {
        *req.uri_mut() = rest;
    }
    req
}

async fn decide<G: Guard>(guard: &G, req: &Request<Bytes>) -> Result<(), Box<Response<Bytes>>> {
    match guard.run(req).await {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(answer) => Err(answer),
    }
}
