//! Errors as responses.

use std::fmt;

use axum_core::{
    body::Body,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use passport_core::{Refusal, Unrendered};

/// An error of passport as an axum response: `async fn logout(…) -> Result<Redirect, Error>`.
///
/// The layer renders it for the caller: text for browsers, `application/problem+json` for programs, or whatever the
/// application chose.
#[derive(Debug)]
pub struct Error(pub passport_core::Error);

impl From<passport_core::Error> for Error {
    fn from(error: passport_core::Error) -> Self {
        Self(error)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source()
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        self.0.report("handler");
        let mut response = Refusal::of(&self.0).response(false).map(Body::from);
        response.extensions_mut().insert(Unrendered::new(self.0));
        response
    }
}

/// What an extractor answers instead of the handler: the same as a guard would.
#[derive(Debug)]
pub struct Rejection(pub(crate) Box<http::Response<Bytes>>);

impl IntoResponse for Rejection {
    fn into_response(self) -> Response {
        self.0.map(Body::from)
    }
}
