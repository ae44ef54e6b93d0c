//! Logging in, and who is logged in.

use bytes::Bytes;
use http::{HeaderValue, Request, StatusCode, header};
use passport_core::{Outcome, PassportExt, ReturnTo};
use serde_json::json as value;

use super::{
    reply::{Reply, error, failure, json, no_content, status},
    users::Named,
    wait,
};

pub(super) async fn login<U: Named>(req: &Request<Bytes>, strategy: &str) -> Result<Reply, Reply> {
    let auth = req.auth::<U>().map_err(|fault| error(&fault))?;
    let outcome = auth.authenticate(strategy, req).await.map_err(|fault| error(&fault))?;
    let success = match outcome {
        Outcome::Success(success) => success,
        Outcome::Fail(wrong) => return Err(failure(&wrong)),
        _ => return Err(status(StatusCode::UNAUTHORIZED)),
    };
    let user = success.user().clone();
    auth.login(success).await.map_err(|fault| error(&fault))?;
    if !req.uri().query().unwrap_or_default().split('&').any(|pair| pair.starts_with("return_to=")) {
        return Ok(json(StatusCode::OK, &value!({ "username": user.name() })));
    }
    let wanted = ReturnTo::of_query(req.uri());
    let location = HeaderValue::try_from(wanted.as_ref().map_or("/", ReturnTo::as_str));
    let mut reply = no_content();
    *reply.status_mut() = StatusCode::SEE_OTHER;
    reply.headers_mut().insert(header::LOCATION, location.unwrap_or_else(|_| HeaderValue::from_static("/")));
    Ok(reply)
}

/// Asks for the user, waits, and asks again if it waited.
pub(super) async fn me<U: Named>(req: &Request<Bytes>, pause: u64) -> Result<Reply, Reply> {
    let auth = req.auth::<U>().map_err(|fault| error(&fault))?;
    let mut user = auth.user().await.map_err(|fault| error(&fault))?;
    if pause > 0 {
        wait(pause).await;
        user = auth.user().await.map_err(|fault| error(&fault))?;
    }
    match user {
        Some(user) => Ok(json(StatusCode::OK, &value!({ "username": user.name(), "realm": U::realm() }))),
        None => Err(status(StatusCode::UNAUTHORIZED)),
    }
}
