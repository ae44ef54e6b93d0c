//! Logging out, in every way there is.

use bytes::Bytes;
use http::{Request, StatusCode};
use passport_core::{Error, Logout, PassportExt};
use serde_json::json as value;

use super::{
    User,
    reply::{Reply, error, json, no_content, text},
    users::Named,
};

pub(super) async fn logout<U: Named>(req: &Request<Bytes>) -> Result<Reply, Reply> {
    let auth = req.auth::<U>().map_err(|fault| error(&fault))?;
    auth.logout().await.map_err(|fault| error(&fault))?;
    Ok(no_content())
}

/// The handler's own words for both endings.
pub(super) async fn with_words(req: &Request<Bytes>) -> Result<Reply, Reply> {
    let auth = req.auth::<User>().map_err(|fault| error(&fault))?;
    match auth.logout().await {
        Ok(_) => Ok(text(StatusCode::OK, "Logout successful")),
        Err(Error::CrossSite) => Err(error(&Error::CrossSite)),
        Err(_) => Err(text(StatusCode::BAD_REQUEST, "Unable to log out")),
    }
}

pub(super) async fn elsewhere(req: &Request<Bytes>, policy: Logout) -> Result<Reply, Reply> {
    let auth = req.auth::<User>().map_err(|fault| error(&fault))?;
    auth.require_user().await.map_err(|fault| error(&fault))?;
    let done = auth.logout_with(policy).await.map_err(|fault| error(&fault))?;
    Ok(json(StatusCode::OK, &value!({ "ended": done.ended })))
}

pub(super) async fn keep(req: &Request<Bytes>) -> Result<Reply, Reply> {
    let auth = req.auth::<User>().map_err(|fault| error(&fault))?;
    auth.logout_with(Logout::here().keep_data()).await.map_err(|fault| error(&fault))?;
    Ok(no_content())
}
