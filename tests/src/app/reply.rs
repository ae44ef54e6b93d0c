//! Answers: JSON, text, and errors as `{"error": …}`.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use passport_core::{Error, Failure, Refusal};
use serde_json::{Value, json as value};

/// An answer.
pub type Reply = Response<Bytes>;

fn of(status: StatusCode, kind: &'static str, body: impl Into<Bytes>) -> Reply {
    let mut reply = Response::new(body.into());
    *reply.status_mut() = status;
    reply.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    reply
}

pub(super) fn json(status: StatusCode, body: &Value) -> Reply {
    of(status, "application/json", body.to_string())
}

pub(super) fn text(status: StatusCode, body: &'static str) -> Reply {
    of(status, "text/plain; charset=utf-8", body)
}

pub(super) fn no_content() -> Reply {
    let mut reply = Response::new(Bytes::new());
    *reply.status_mut() = StatusCode::NO_CONTENT;
    reply
}

pub(super) fn status(status: StatusCode) -> Reply {
    json(status, &value!({ "error": status.canonical_reason().unwrap_or("error") }))
}

pub(super) fn bad_request(sentence: &str) -> Reply {
    json(StatusCode::BAD_REQUEST, &value!({ "error": sentence }))
}

pub(super) fn error(error: &Error) -> Reply {
    refusal(&Refusal::of(error))
}

pub(super) fn refusal(refusal: &Refusal) -> Reply {
    let words = refusal.detail.as_deref().or(refusal.status.canonical_reason());
    retry_after(json(refusal.status, &value!({ "error": words })), refusal.retry_after)
}

pub(super) fn failure(failure: &Failure) -> Reply {
    let status = failure.as_status().unwrap_or(StatusCode::UNAUTHORIZED);
    retry_after(json(status, &value!({ "error": failure.as_message() })), failure.as_retry_after())
}

fn retry_after(mut reply: Reply, after: Option<Duration>) -> Reply {
    if let Some(after) = after {
        reply.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(after.as_secs().max(1)));
    }
    reply
}
