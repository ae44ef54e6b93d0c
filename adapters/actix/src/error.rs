//! Errors as responses.

use std::{
    fmt,
    ops::Deref,
    sync::{Arc, Weak},
};

use actix_web::{HttpResponse, ResponseError, http::StatusCode};
use bytes::Bytes;
use http::Response;
use passport_core::{Refusal, Unrendered};

use crate::{convert, swallowed::Seen};

/// An error of passport as an actix response: `async fn logout(…) -> Result<HttpResponse, Error>`.
///
/// The middleware renders it for the caller: text for browsers, `application/problem+json` for programs, or whatever
/// the application chose. An error type of your own may answer with its
/// [`error_response`](ResponseError::error_response): that is rendered too.
#[derive(Clone, Debug)]
pub struct Error(Unrendered);

impl Deref for Error {
    type Target = passport_core::Error;

    fn deref(&self) -> &passport_core::Error {
        self.0.error()
    }
}

impl From<passport_core::Error> for Error {
    fn from(error: passport_core::Error) -> Self {
        Self(Unrendered::new(error))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.error().fmt(f)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        std::error::Error::source(self.0.error())
    }
}

impl ResponseError for Error {
    fn status_code(&self) -> StatusCode {
        convert::status(self.status())
    }

    fn error_response(&self) -> HttpResponse {
        self.report("handler");
        let mut response = convert::answer(Refusal::of(self).response(false));
        response.extensions_mut().insert(self.0.clone());
        response
    }
}

/// What an extractor answers instead of the handler: the same as a guard would.
#[derive(Clone, Debug)]
pub struct Rejection {
    pub(crate) answer: Arc<Response<Bytes>>,
    seen: Option<Arc<Seen>>,
}

impl Rejection {
    pub(crate) fn new(answer: impl Into<Arc<Response<Bytes>>>) -> Self {
        Self { answer: answer.into(), seen: None }
    }

    /// Lets its extractor notice when it has gone.
    pub(crate) fn watch(&mut self) -> Weak<Seen> {
        Arc::downgrade(self.seen.get_or_insert_with(|| Arc::new(Seen)))
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the request was refused with {}", self.answer.status())
    }
}

impl std::error::Error for Rejection {}

impl ResponseError for Rejection {
    fn status_code(&self) -> StatusCode {
        convert::status(self.answer.status())
    }

    fn error_response(&self) -> HttpResponse {
        convert::answer((*self.answer).clone())
    }
}
