//! What handlers take.

use std::{
    fmt,
    future::{Ready, ready},
    ops::Deref,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use actix_web::{FromRequest, HttpMessage, HttpRequest, dev::Payload, http::header::UPGRADE};
use bytes::Bytes;
use http::Request;
use passport_core::{PassportExt, Refusal};

use crate::{
    Error,
    body::read,
    convert::{head, method},
    error::Rejection,
    swallowed::{Extracted, Watched},
};

/// The largest body that [`Buffered`] reads, in bytes: that of a guard, unless set.
const BODY_LIMIT: usize = 64 * 1024;

type LocalFuture<T, E> = Pin<Box<dyn Future<Output = Result<T, E>>>>;

/// Everything about the users of one kind: asks, logs in, logs out. Asking for it asks nothing else.
pub struct Auth<U>(pub passport_core::Auth<U>);

impl<U: Send + Sync + 'static> FromRequest for Auth<U> {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(req.auth().map(Self).map_err(Error::from))
    }
}

impl<U> Deref for Auth<U> {
    type Target = passport_core::Auth<U>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl<U> Clone for Auth<U> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<U> fmt::Debug for Auth<U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The visitor's data.
#[derive(Clone, Debug)]
pub struct Session(pub passport_core::Session);

impl FromRequest for Session {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(req.session().map(Self).map_err(Error::from))
    }
}

impl Deref for Session {
    type Target = passport_core::Session;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

/// The user who is logged in. Visitors get what a guard would answer: the login page, or 401; and what would change
/// something (by its method, or an upgrade) in the user's name at a foreign site's wish gets 403.
///
/// Do not take `Option<CurrentUser<U>>`, which actix accepts as well: the [crate's page](crate) says why, and what happens to it.
/// [`MaybeUser`] is for that.
pub struct CurrentUser<U>(pub Arc<U>);

impl<U: Send + Sync + 'static> FromRequest for CurrentUser<U> {
    type Error = Rejection;
    type Future = Extracting<U>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        Extracting::Asking(req.clone())
    }
}

/// The future of [`CurrentUser`]. It asks when it is polled, after the extractors before it, which may have logged somebody in or
/// out; and allocates nothing unless it has to wait.
pub enum Extracting<U> {
    #[doc(hidden)]
    Asking(HttpRequest),
    #[doc(hidden)]
    Waiting(LocalFuture<CurrentUser<U>, Rejection>),
}

impl<U: Send + Sync + 'static> Future for Extracting<U> {
    type Output = Result<CurrentUser<U>, Rejection>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        if let Self::Asking(req) = this {
            let at_once = req.extensions().get().and_then(passport_core::Session::current_user_at_once);
            if let Some(Ok(user)) = at_once {
                return Poll::Ready(Ok(CurrentUser(user)));
            }
            *this = Self::Waiting(Box::pin(wait(req.clone(), at_once)));
        }
        let Self::Waiting(waiting) = this else { unreachable!("it was just set") };
        waiting.as_mut().poll(cx)
    }
}

impl<U> fmt::Debug for Extracting<U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Extracting")
    }
}

/// Asks, unless there is an answer, and says what a guard would if it is no user.
fn wait<U: Send + Sync + 'static>(
    asked: HttpRequest,
    at_once: Option<Result<Arc<U>, passport_core::Error>>,
) -> impl Future<Output = Result<CurrentUser<U>, Rejection>> {
    Watched::new(asked.clone(), async move {
        let user = match (at_once, asked.session()) {
            (Some(answer), _) => answer,
            (None, Ok(session)) => {
                session.current_user(|| (method(asked.method()), asked.headers().contains_key(UPGRADE))).await
            }
            (None, Err(error)) => Err(error),
        };
        user.map_or_else(
            |error| refused::<U, CurrentUser<U>>(&asked, &error),
            |user| Extracted::User(CurrentUser(user)),
        )
    })
}

/// What a guard would answer to this error, where there is a passport.
fn refused<U: Send + Sync + 'static, T>(asked: &HttpRequest, error: &passport_core::Error) -> Extracted<T> {
    let auth = match asked.auth::<U>() {
        Ok(auth) => auth,
        Err(error) => {
            error.report("extractor");
            return Extracted::Fault(Rejection::new(Refusal::of(&error).response(false)));
        }
    };
    let head = head(asked);
    let rejection = Rejection::new(auth.answer(error, &head.method, &head.uri, &head.headers));
    match error {
        passport_core::Error::Unauthenticated | passport_core::Error::CrossSite => {
            Extracted::Nobody(rejection)
        }
        _ => Extracted::Fault(rejection),
    }
}

impl<U> Deref for CurrentUser<U> {
    type Target = U;

    fn deref(&self) -> &U {
        &self.0
    }
}

impl<U> Clone for CurrentUser<U> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<U> fmt::Debug for CurrentUser<U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CurrentUser")
    }
}

/// The user who is logged in, or `None`. A store that cannot be reached is an error, and not `None`.
pub struct MaybeUser<U>(pub Option<Arc<U>>);

impl<U: Send + Sync + 'static> FromRequest for MaybeUser<U> {
    type Error = Error;
    type Future = LocalFuture<Self, Error>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let user = req.user();
        Box::pin(async move { Ok(Self(user.await?)) })
    }
}

impl<U> Clone for MaybeUser<U> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<U> fmt::Debug for MaybeUser<U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("MaybeUser").field(&self.0.is_some()).finish()
    }
}

/// The request with its body read, at most 64 KiB: for handlers that call `auth.authenticate(name, &req)` themselves.
///
/// Of a foreign site's request the body is read too; [`Auth::authenticate`](passport_core::Auth::authenticate) refuses
/// it before it looks into it. Of the request's extensions it has the session alone.
#[derive(Debug)]
pub struct Buffered(pub Request<Bytes>);

impl FromRequest for Buffered {
    type Error = Rejection;
    type Future = LocalFuture<Self, Rejection>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let head = head(req);
        let (req, mut payload) = (req.clone(), payload.take());
        Box::pin(async move {
            match read(&req, &mut payload, BODY_LIMIT).await {
                Ok(body) => Ok(Self(Request::from_parts(head, body))),
                Err(status) => {
                    let json = head.session().is_ok_and(|session| session.prefers_json());
                    Err(Rejection::new(Refusal::new(status).response(json)))
                }
            }
        })
    }
}
