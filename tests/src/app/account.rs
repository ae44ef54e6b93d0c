//! What a user sees and changes of its own account: its sessions, its password.

use std::time::{Duration, UNIX_EPOCH};

use bytes::Bytes;
use http::{Request, StatusCode};
use passport_core::{Error, Handle, Logout, PassportExt, Timestamp};
use passport_local::{ClientKey, HashError, Hasher, Password};
use serde_json::{Value, json as value};

use super::{
    User, object,
    reply::{Reply, bad_request, error, failure, json, no_content, status},
    users::Users,
};

pub(super) async fn sessions(req: &Request<Bytes>) -> Result<Reply, Reply> {
    let auth = req.auth::<User>().map_err(|fault| error(&fault))?;
    auth.require_user().await.map_err(|fault| error(&fault))?;
    let sessions = auth.sessions().await.map_err(|fault| error(&fault))?;
    let rows = sessions.iter().map(|info| {
        value!({
            "handle": info.handle.to_string(),
            "created": rfc3339(info.created),
            "last_seen": rfc3339(info.last_seen),
            "user_agent": info.client.user_agent(),
            "current": info.current,
        })
    });
    Ok(json(StatusCode::OK, &rows.collect()))
}

pub(super) async fn end_session(req: &Request<Bytes>, handle: &str) -> Result<Reply, Reply> {
    let auth = req.auth::<User>().map_err(|fault| error(&fault))?;
    auth.refuse_foreign("end_session").map_err(|fault| error(&fault))?;
    auth.require_user().await.map_err(|fault| error(&fault))?;
    let Some(handle) = Handle::parse(handle) else { return Err(status(StatusCode::NOT_FOUND)) };
    match auth.end_session(handle).await.map_err(|fault| error(&fault))? {
        true => Ok(no_content()),
        false => Err(status(StatusCode::NOT_FOUND)),
    }
}

/// Checks the old password, stores the new one, ends the user's other sessions, and keeps this one under a new id.
pub(super) async fn change_password(users: &Users, req: &Request<Bytes>) -> Result<Reply, Reply> {
    let auth = req.auth::<User>().map_err(|fault| error(&fault))?;
    auth.refuse_foreign("password").map_err(|fault| error(&fault))?;
    let user = auth.require_user().await.map_err(|fault| error(&fault))?;
    let body = object(req)?;
    let member = |name: &str| match body.get(name) {
        Some(Value::String(text)) if !text.is_empty() => Ok(Password::new(text.as_str())),
        _ => Err(bad_request(&format!("`{name}` is missing"))),
    };
    let (current, new) = (member("current")?, member("new")?);
    let busy = |fault: HashError| match fault.into_failure() {
        Ok(wrong) => failure(&wrong),
        Err(fault) => status(fault.status()),
    };
    let hasher = Hasher::new();
    let key = ClientKey::unknown();
    if !hasher.check(current, Some(&user.hash), &key).await.map_err(busy)?.is_right() {
        return Err(status(StatusCode::FORBIDDEN));
    }
    let hash = hasher.hash(new, &key).await.map_err(busy)?;
    let Some(user) = users.set_hash(&user.name, hash) else { return Err(error(&Error::Unauthenticated)) };
    auth.refresh(user).await.map_err(|fault| error(&fault))?;
    auth.logout_with(Logout::others()).await.map_err(|fault| error(&fault))?;
    Ok(no_content())
}

fn rfc3339(at: Timestamp) -> String {
    humantime::format_rfc3339_millis(UNIX_EPOCH + Duration::from_millis(at.as_millis())).to_string()
}
