//! The middleware that stands before single resources and scopes.

use std::{
    future::{Ready, ready},
    ops::ControlFlow,
    pin::Pin,
    rc::Rc,
};

use actix_web::{
    Error,
    body::{BoxBody, MessageBody},
    dev::{Payload, Service, ServiceRequest, ServiceResponse, Transform, forward_ready},
};
use bytes::Bytes;
use http::{Request, Response, StatusCode, request::Parts};
use passport_core::{Guard, Refusal};

use crate::{body::read, convert};

/// Stands before a resource or a scope: `.wrap(guard(passport.authenticate("local")?))`.
///
/// It goes inside of the [`passport`](crate::passport()) middleware. Of the request's extensions, strategies see the
/// session alone: actix's may hold what belongs to one thread.
pub fn guard<G: Guard>(guard: G) -> GuardMiddleware<G> {
    GuardMiddleware(guard)
}

/// A [`guard`](guard()) before a resource or a scope.
#[derive(Clone, Debug)]
#[must_use = "a guard protects nothing until something is wrapped in it: `.wrap(guard(…))`"]
pub struct GuardMiddleware<G>(G);

impl<G, S, B> Transform<S, ServiceRequest> for GuardMiddleware<G>
where
    G: Guard,
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<BoxBody>;
    type Error = Error;
    type Transform = GuardService<G, S>;
    type InitError = ();
    type Future = Ready<Result<Self::Transform, ()>>;

    fn new_transform(&self, inner: S) -> Self::Future {
        ready(Ok(GuardService { guard: self.0.clone(), inner: Rc::new(inner) }))
    }
}

/// The service of [`GuardMiddleware`].
#[derive(Clone, Debug)]
pub struct GuardService<G, S> {
    guard: G,
    inner: Rc<S>,
}

impl<G, S, B> Service<ServiceRequest> for GuardService<G, S>
where
    G: Guard,
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<BoxBody>;
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Error>>>>;

    forward_ready!(inner);

    fn call(&self, mut req: ServiceRequest) -> Self::Future {
        let (guard, inner) = (self.guard.clone(), Rc::clone(&self.inner));
        Box::pin(async move {
            match admit(&guard, &mut req).await {
                Ok(()) => inner.call(req).await.map(ServiceResponse::map_into_boxed_body),
                Err(answer) => Ok(req.into_response(convert::answer(*answer))),
            }
        })
    }
}

/// Runs a guard: the request keeps its body, or the answer.
async fn admit<G: Guard>(guard: &G, req: &mut ServiceRequest) -> Result<(), Box<Response<Bytes>>> {
    let head = convert::head(req.request());
    let body = match guard.prepare(&head)? {
        None => Bytes::new(),
        Some(limit) => buffer(guard, req, &head, limit).await?,
    };
    match guard.run(&Request::from_parts(head, body)).await {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(answer) => Err(answer),
    }
}

/// Reads the body and leaves it to the handler as well.
async fn buffer<G: Guard>(
    guard: &G,
    req: &mut ServiceRequest,
    head: &Parts,
    limit: usize,
) -> Result<Bytes, Box<Response<Bytes>>> {
    let (request, payload) = req.parts_mut();
    let body = read(request, payload, limit).await.map_err(|status| match status {
        StatusCode::PAYLOAD_TOO_LARGE => guard.too_large(head),
        status => Box::new(Refusal::new(status).response(false)),
    })?;
    req.set_payload(Payload::from(body.clone()));
    Ok(body)
}
