//! `signOut()`.

use axum::{
    Form,
    http::{HeaderMap, header},
    response::{IntoResponse, Redirect},
};
use passport_axum::{Auth, Error};
use serde::Deserialize;

use crate::{User, said::SIGNED_OUT, token};

/// `POST /logout`. When it returns, no copy of the cookie is worth anything, and the browser is asked to forget its pages.
pub(crate) async fn sign_out(auth: Auth<User>, headers: HeaderMap) -> Result<Redirect, Error> {
    // A program that came with a token in a header is done with it.
    if let Some(token) = token::of_header(&headers) {
        auth.end_by_token(token).await?;
    }
    auth.session().logout().await?;
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

/// `GET /signed-out.css`, which the page after a logout loads: the browser's store is cleared also where no script runs.
///
/// Not with the logout itself: Chromium waits until it has cleared the store, then puts the page that it leaves into its memory,
/// and the back button shows that page. By the time that a style sheet is loaded, it is in that memory, and goes.
pub(crate) async fn forget(auth: Auth<User>) -> Result<impl IntoResponse, Error> {
    auth.refuse_foreign("forget")?;
    Ok([
        ("clear-site-data", "\"cache\", \"storage\""),
        (header::CACHE_CONTROL.as_str(), "no-store"),
        (header::CONTENT_TYPE.as_str(), "text/css"),
    ])
}
