//! Reading a body up to a limit.

use actix_web::{FromRequest, HttpRequest, dev::Payload, web};
use bytes::Bytes;
use http::StatusCode;

/// Reads a body of at most so many bytes. The `Err` is the status that says why not.
pub(crate) async fn read(
    req: &HttpRequest,
    payload: &mut Payload,
    limit: usize,
) -> Result<Bytes, StatusCode> {
    let Ok(body) = web::Payload::from_request(req, payload).await else {
        return Err(StatusCode::BAD_REQUEST);
    };
    match body.to_bytes_limited(limit).await {
        Ok(Ok(bytes)) => Ok(bytes),
        // The client broke off in the middle.
        Ok(Err(_)) => Err(StatusCode::BAD_REQUEST),
        Err(_) => Err(StatusCode::PAYLOAD_TOO_LARGE),
    }
}
