//! What stands before a route, as an adapter sees it.

use std::ops::ControlFlow;

use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response, header, request::Parts};

use crate::{Auth, Error, Http, Passport, PassportExt, Refusal, events};

/// An answer in the guard's place, or on to the handler.
pub type Verdict = ControlFlow<Box<Response<Bytes>>>;

/// What stands before a route: [`Authenticate`](crate::Authenticate), [`RequireLogin`](crate::RequireLogin),
/// [`SameOrigin`](crate::SameOrigin). An adapter runs all of them alike.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a guard",
    note = "hand over `passport.authenticate(\"local\")?`, `passport.require_login()` or `same_origin()`; a `Result` needs its `?`"
)]
pub trait Guard: Clone + Send + Sync + 'static {
    /// Before the body is read: whether to go on, and how many bytes of the body to buffer at most. `None`: leave
    /// the body alone, and give [`run`](Self::run) an empty one.
    ///
    /// # Errors
    ///
    /// The answer to send at once.
    fn prepare(&self, req: &Parts) -> Result<Option<usize>, Box<Response<Bytes>>>;

    /// Decides. The request has the buffered body, and the session in its extensions.
    fn run(&self, req: &Request<Bytes>) -> impl Future<Output = Verdict> + Send;

    /// What answers a body that is larger than [`prepare`](Self::prepare) allowed.
    fn too_large(&self, req: &Parts) -> Box<Response<Bytes>> {
        let refusal = Refusal::new(http::StatusCode::PAYLOAD_TOO_LARGE);
        Box::new(refusal.response(req.passport_session().is_some_and(|session| session.prefers_json())))
    }
}

/// The users that the guard's own passport knows on this request.
pub(crate) fn auth<U: Send + Sync + 'static>(
    passport: &Passport<U>,
    req: &impl PassportExt<Http>,
) -> Result<Auth<U>, Error> {
    req.passport_session().ok_or(Error::NotInstalled(std::any::type_name::<U>()))?.auth_of(passport)
}

/// What answers an error of a guard.
pub(crate) fn answer(
    what: &'static str,
    req: &impl PassportExt<Http>,
    error: &Error,
) -> Box<Response<Bytes>> {
    events::failed(what, error);
    Box::new(match req.passport_session() {
        Some(session) => session.answer(error),
        None => Refusal::of(error).response(false),
    })
}

/// Whether a request may change something, or opens a connection that may.
pub(crate) fn is_unsafe(method: &Method, headers: &HeaderMap) -> bool {
    may_change(method) || headers.contains_key(header::UPGRADE)
}

/// Whether a request with this method may change something.
pub(crate) fn may_change(method: &Method) -> bool {
    !method.is_safe()
}
