//! The tutorial's session expiry handler, and cookies that heal themselves.
//!
//! That thirty minutes without a request end a session is said by the sessions themselves. What is left for pages is to say so,
//! and to take the cookie away.

use axum::{
    extract::Request,
    http::HeaderMap,
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use passport_axum::{Auth, Error};

use crate::User;

/// Before pages that need a login: `if (inactiveTime > 30 * 60 * 1000) { signOut(); redirect('/login?reason=session_expired') }`.
pub(crate) async fn sign_out_expired(auth: Auth<User>, req: Request, next: Next) -> Result<Response, Error> {
    let is_navigation = is_navigation(req.headers());
    // Whoever the header names needs no cookie.
    if is_navigation && auth.user().await?.is_none() && take_away_lapsed(&auth).await? {
        return Ok(Redirect::to("/login?reason=session_expired").into_response());
    }
    Ok(next.run(req).await)
}

/// Before pages for everybody: a cookie that opens nothing goes, and the request goes on.
pub(crate) async fn heal(auth: Auth<User>, req: Request, next: Next) -> Result<Response, Error> {
    if is_navigation(req.headers()) {
        take_away_lapsed(&auth).await?;
    }
    Ok(next.run(req).await)
}

async fn take_away_lapsed(auth: &Auth<User>) -> Result<bool, Error> {
    let session = auth.session();
    let lapsed = !session.is_foreign() && session.lapsed().await?;
    if lapsed {
        session.logout().await?;
    }
    Ok(lapsed)
}

/// Not what a page loads: it may arrive late, and would take away the cookie of a login that has happened meanwhile.
fn is_navigation(headers: &HeaderMap) -> bool {
    headers.get("sec-fetch-mode").is_none_or(|mode| mode == "navigate")
}
