//! What JSON routes are sent.

use axum::body::Bytes;
use axum::http::{HeaderMap, Request, StatusCode, header};
use passport_local::Password;
use serde::{Deserialize, de::DeserializeOwned};

use crate::answer::ApiError;

/// Who wants to log in. Both members are required, and both are texts.
#[derive(Deserialize)]
pub(crate) struct Login {
    pub(crate) email: String,
    pub(crate) password: Password,
}

/// Reads a JSON body.
///
/// # Errors
///
/// 415 for what does not say that it is JSON, 400 with `message` for what is not as described: no text where one should be, a
/// member missing or given twice.
pub(crate) fn json<T: DeserializeOwned>(req: &Request<Bytes>, message: &'static str) -> Result<T, ApiError> {
    if !is_json(req.headers()) {
        return Err(ApiError::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "The body must be application/json"));
    }
    // Of a list, serde would take the values for members in their order.
    let is_object = req.body().trim_ascii_start().first() == Some(&b'{');
    serde_json::from_slice(req.body())
        .ok()
        .filter(|_| is_object)
        .ok_or_else(|| ApiError::bad_request(message))
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
}
