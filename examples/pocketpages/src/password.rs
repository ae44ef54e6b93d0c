//! A change of password: every copy of every token of this user is worth nothing after it.

use axum::{
    Form,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use passport_axum::{Auth, CurrentUser, Error};
use passport_core::Error as PassportError;
use passport_local::{ClientKey, HashError, Password};
use serde::Deserialize;

use crate::{
    App, User,
    register::{busy, is_acceptable},
    said::{CHANGED, CURRENT, SHORT, refused},
};

#[derive(Deserialize)]
pub(crate) struct Change {
    current: Password,
    new: Password,
}

pub(crate) async fn change(
    user: CurrentUser<User>,
    auth: Auth<User>,
    State(app): State<App>,
    Form(form): Form<Change>,
) -> Result<Response, Error> {
    // Also for a program that came with a header: what is refused has changed nothing.
    auth.refuse_foreign("password")?;
    let session = auth.session();
    if !is_acceptable(&form.new) {
        return Ok(refused(session, "/profile", &SHORT, StatusCode::BAD_REQUEST));
    }
    let client = session.client().address().map_or_else(ClientKey::unknown, ClientKey::from);
    let changed = match changed(&app, user.id, form, &client).await {
        Ok(changed) => changed,
        Err(error) => return Ok(busy(session, &error)),
    };
    let Some(changed) = changed else {
        return Ok(refused(session, "/profile", &CURRENT, StatusCode::FORBIDDEN));
    };
    match auth.refresh(changed).await {
        // Here the session goes on, with a new token. A program that came with a header has none here, or it is somebody
        // else's: it signs in anew.
        Ok(()) | Err(PassportError::Unauthenticated | PassportError::Ended) => {}
        Err(error) => return Err(error.into()),
    }
    Ok(Redirect::to(&format!("/profile?message={}", CHANGED.code())).into_response())
}

/// `None`: that was not the current password, or it was changed meanwhile.
async fn changed(
    app: &App,
    id: u64,
    form: Change,
    client: &ClientKey,
) -> Result<Option<std::sync::Arc<User>>, HashError> {
    let hash = app.users.hash(id);
    if !app.hasher.check(form.current, hash.as_deref(), client).await?.is_right() {
        return Ok(None);
    }
    let new = app.hasher.hash(form.new, client).await?;
    Ok(hash.and_then(|old| app.users.change_password(id, &old, new)))
}
