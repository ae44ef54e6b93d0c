//! `signOut()`.

use axum::{Form, http::HeaderMap, response::Redirect};
use passport_axum::{Auth, Error};
use passport_core::Logout;
use serde::Deserialize;

use crate::{User, said::SIGNED_OUT, token};

/// `POST /logout`. When it returns, no copy of the cookie is worth anything, and the browser is asked to forget what it holds of
/// this site, also where no script runs.
pub(crate) async fn sign_out(auth: Auth<User>, headers: HeaderMap) -> Result<Redirect, Error> {
    // A program that came with a token in a header is done with it.
    if let Some(token) = token::of_header(&headers) {
        auth.end_by_token(token).await?;
    }
    auth.session().logout_with(Logout::here().clear_site_data()).await?;
    Ok(Redirect::to(&format!("/login?message={}", SIGNED_OUT.code())))
}

/// What the tutorial's form sends to the page that it is on.
#[derive(Deserialize)]
pub(crate) struct Action {
    action: String,
}

/// `if (request.method === 'POST' && formData.action === 'logout')`.
pub(crate) async fn action(
    auth: Auth<User>,
    headers: HeaderMap,
    Form(form): Form<Action>,
) -> Result<Redirect, Error> {
    match form.action.as_str() {
        "logout" => sign_out(auth, headers).await,
        _ => Ok(Redirect::to("/profile")),
    }
}
