//! EverShop's two shapes of JSON: `{"data":…}` and `{"error":{"status":…,"message":…}}`.

use std::{borrow::Cow, time::Duration};

use axum::{
    body::Bytes,
    http::{self, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use passport_core::{Error, Failure, Refusal};
use serde::Serialize;
use serde_json::{Value, json};

use crate::LoginError;

const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// What a JSON route answers.
pub(crate) type Answer = Result<Data, ApiError>;

/// A success.
pub(crate) struct Data(Value);

/// What there is to say.
pub(crate) fn data(data: Value) -> Data {
    Data(data)
}

impl IntoResponse for Data {
    fn into_response(self) -> Response {
        let body = json!({ "data": self.0 }).to_string();
        ([(header::CONTENT_TYPE, JSON)], body).into_response()
    }
}

/// A refusal or a failure.
#[derive(Debug)]
pub(crate) struct ApiError {
    status: StatusCode,
    message: Cow<'static, str>,
    challenge: Option<HeaderValue>,
    retry_after: Option<Duration>,
}

impl ApiError {
    pub(crate) fn new(status: StatusCode, message: impl Into<Cow<'static, str>>) -> Self {
        Self { status, message: message.into(), challenge: None, retry_after: None }
    }

    pub(crate) fn bad_request(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    pub(crate) fn unauthorized(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, message)
    }

    /// As the original answers when a session could not be saved: 500, where this project says 503 elsewhere.
    pub(crate) fn not_saved(error: Error) -> Self {
        match error {
            Error::Session(_) | Error::SessionTimedOut => {
                Self { status: StatusCode::INTERNAL_SERVER_ERROR, ..error.into() }
            }
            _ => error.into(),
        }
    }
}

/// Messages of passport's errors say what failed and never hold data.
impl From<Error> for ApiError {
    fn from(error: Error) -> Self {
        error.report("handler");
        Self::new(error.status(), error.to_string())
    }
}

impl From<passport_axum::Error> for ApiError {
    fn from(error: passport_axum::Error) -> Self {
        error.0.into()
    }
}

impl From<LoginError> for ApiError {
    fn from(error: LoginError) -> Self {
        match error {
            LoginError::Refused(failure) => failure.into(),
            LoginError::Failed(error) => Self::not_saved(error),
        }
    }
}

/// Wrong credentials are a 400 in the original; too many attempts, or too many at once, say so themselves.
impl From<Failure> for ApiError {
    fn from(failure: Failure) -> Self {
        let status = failure.as_status().unwrap_or(StatusCode::BAD_REQUEST);
        let error = Self::new(status, failure.as_message().to_owned());
        Self { retry_after: failure.as_retry_after(), ..error }
    }
}

/// What a guard of passport's refuses with.
impl From<&Refusal> for ApiError {
    fn from(refusal: &Refusal) -> Self {
        let reason = refusal.status.canonical_reason().unwrap_or("Error");
        let message = refusal.detail.clone().unwrap_or(Cow::Borrowed(reason));
        let error = Self::new(refusal.status, message);
        Self { challenge: refusal.challenges.first().cloned(), retry_after: refusal.retry_after, ..error }
    }
}

#[derive(Serialize)]
struct Body<'a> {
    error: Described<'a>,
}

#[derive(Serialize)]
struct Described<'a> {
    status: u16,
    message: &'a str,
}

impl ApiError {
    /// As an answer, for whoever renders refusals.
    pub(crate) fn response(&self) -> http::Response<Bytes> {
        let error = Described { status: self.status.as_u16(), message: &self.message };
        let body = serde_json::to_vec(&Body { error }).unwrap_or_default();
        let mut response = http::Response::new(Bytes::from(body));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, JSON);
        if let Some(challenge) = self.challenge.clone().filter(|_| self.status == StatusCode::UNAUTHORIZED) {
            headers.insert(header::WWW_AUTHENTICATE, challenge);
        }
        if let Some(after) = self.retry_after {
            let seconds = after.as_secs().saturating_add(u64::from(after.subsec_nanos() > 0)).max(1);
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        self.response().map(axum::body::Body::from)
    }
}
