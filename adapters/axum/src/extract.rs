//! What handlers take.

use std::{any::type_name, fmt, ops::Deref, sync::Arc};

use axum_core::extract::{FromRequest, FromRequestParts, Request};
use bytes::Bytes;
use http::{StatusCode, header, request::Parts};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use passport_core::{PassportExt, Refusal};

use crate::{Error, error::Rejection, guard::original};

/// The largest body that [`Buffered`] reads, in bytes: that of a guard, unless set.
const BODY_LIMIT: usize = 64 * 1024;

/// Everything about the users of one kind: asks, logs in, logs out. Asking for it asks nothing else.
pub struct Auth<U>(pub passport_core::Auth<U>);

impl<U: Send + Sync + 'static, S: Sync> FromRequestParts<S> for Auth<U> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        Ok(Self(parts.auth()?))
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

impl<S: Sync> FromRequestParts<S> for Session {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        Ok(Self(parts.session()?))
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
pub struct CurrentUser<U>(pub Arc<U>);

impl<U: Send + Sync + 'static, S: Sync> FromRequestParts<S> for CurrentUser<U> {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Rejection> {
        let Some(session) = parts.extensions.get::<passport_core::Session>() else {
            return Err(refused::<U>(parts, &passport_core::Error::NotInstalled(type_name::<U>())));
        };
        let asked = || (parts.method.clone(), parts.headers.contains_key(header::UPGRADE));
        let user = session.current_user(asked).await;
        user.map(Self).map_err(|error| refused::<U>(parts, &error))
    }
}

/// What a guard would answer to this error, where there is a passport.
fn refused<U: Send + Sync + 'static>(parts: &Parts, error: &passport_core::Error) -> Rejection {
    let answer = match parts.auth::<U>() {
        Ok(auth) => {
            let uri = original(&parts.extensions).unwrap_or(&parts.uri);
            auth.answer(error, &parts.method, uri, &parts.headers)
        }
        Err(error) => {
            error.report("extractor");
            Refusal::of(&error).response(false)
        }
    };
    Rejection(Box::new(answer))
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

impl<U: Send + Sync + 'static, S: Sync> FromRequestParts<S> for MaybeUser<U> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        let Some(session) = parts.extensions.get::<passport_core::Session>() else {
            return Err(passport_core::Error::NotInstalled(type_name::<U>()).into());
        };
        Ok(Self(session.maybe_user().await?))
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
/// The body is read whoever asks; a foreign site's request is refused by
/// [`Auth::authenticate`](passport_core::Auth::authenticate), before a strategy sees it.
#[derive(Debug)]
pub struct Buffered(pub http::Request<Bytes>);

impl<S: Sync> FromRequest<S> for Buffered {
    type Rejection = Rejection;

    async fn from_request(req: Request, _: &S) -> Result<Self, Rejection> {
        let (parts, body) = req.into_parts();
        let json = parts.session().is_ok_and(|session| session.prefers_json());
        let refuse = |status| Rejection(Box::new(Refusal::new(status).response(json)));
        match Limited::new(body, BODY_LIMIT).collect().await {
            Ok(body) => Ok(Self(http::Request::from_parts(parts, body.to_bytes()))),
            Err(error) if error.is::<LengthLimitError>() => Err(refuse(StatusCode::PAYLOAD_TOO_LARGE)),
            Err(_) => Err(refuse(StatusCode::BAD_REQUEST)),
        }
    }
}
