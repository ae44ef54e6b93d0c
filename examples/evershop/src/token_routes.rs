//! Tokens for programs, the same for both realms: `/api/customer/…` and `/api/user/…`.

use axum::{
    Router,
    extract::State,
    http::{HeaderName, header},
    routing::post,
};
use passport_axum::{Buffered, CurrentUser, GuardLayer};
use passport_core::{Passport, PassportExt};
use passport_jwt::{TokenError, TokenPair, Tokens};
use passport_local::Credentials;
use serde::Deserialize;
use serde_json::json;

use crate::{
    answer::{Answer, ApiError, Data, data},
    body::{self, Login},
    request::verified,
    table::Row,
};

type Issued = ([(HeaderName, &'static str); 1], Data);

/// The tokens of one realm.
pub(crate) struct TokenRoutes<R> {
    tokens: Tokens<R>,
    passport: Passport<R>,
    /// What the original says when a refresh token is good and its user is not.
    inactive: &'static str,
}

impl<R: Row> TokenRoutes<R> {
    pub(crate) fn new(tokens: Tokens<R>, passport: Passport<R>, inactive: &'static str) -> Self {
        Self { tokens, passport, inactive }
    }

    pub(crate) fn routes(self) -> Result<Router, passport_core::Error> {
        let known = GuardLayer::new(self.passport.authenticate(["session", "jwt"])?);
        let by_session = GuardLayer::new(self.passport.authenticate("session")?);
        Ok(Router::new()
            .route("/tokens", post(issue::<R>))
            .route("/token/refresh", post(refresh::<R>))
            .route("/session/tokens", post(issue_by_session::<R>).layer(by_session))
            .route("/logout/everywhere", post(logout_everywhere::<R>).layer(known))
            .with_state(self))
    }
}

impl<R> Clone for TokenRoutes<R> {
    fn clone(&self) -> Self {
        Self { tokens: self.tokens.clone(), passport: self.passport.clone(), inactive: self.inactive }
    }
}

/// `getCustomerToken`, `getUserToken`: by email and password.
async fn issue<R: Row>(
    State(realm): State<TokenRoutes<R>>,
    Buffered(req): Buffered,
) -> Result<Issued, ApiError> {
    let Login { email, password } = body::json(&req, "Email and password are required")?;
    let auth = req.auth::<R>()?;
    let success = verified(&auth, Credentials::new(email, password)).await?;
    Ok(pair(&realm.tokens.issue(&auth, success).await.map_err(ApiError::not_saved)?))
}

/// `sessionTokens`: for whoever is logged in by the session.
async fn issue_by_session<R: Row>(
    State(realm): State<TokenRoutes<R>>,
    CurrentUser(user): CurrentUser<R>,
    Buffered(req): Buffered,
) -> Result<Issued, ApiError> {
    let tokens = realm.tokens.issue(&req.auth::<R>()?, user).await;
    Ok(pair(&tokens.map_err(ApiError::not_saved)?))
}

/// The next pair for a refresh token, once. What the original says, but for the second token in the answer.
async fn refresh<R: Row>(
    State(realm): State<TokenRoutes<R>>,
    Buffered(req): Buffered,
) -> Result<Issued, ApiError> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Refresh {
        refresh_token: String,
    }
    let Refresh { refresh_token } = body::json(&req, "Refresh token is required")?;
    match realm.tokens.refresh(&refresh_token).await {
        Ok(tokens) => Ok(pair(&tokens)),
        Err(TokenError::Failed(error)) => Err(error.into()),
        Err(TokenError::Ended) => Err(ApiError::unauthorized(realm.inactive)),
        Err(TokenError::OtherRealm) => {
            let expected = realm.passport.realm();
            Err(ApiError::unauthorized(format!("Invalid token type. Expected {expected}")))
        }
        Err(error) => Err(ApiError::unauthorized(error.to_string())),
    }
}

/// Ends all sessions and all families of tokens, whichever of them asks.
async fn logout_everywhere<R: Row>(
    State(realm): State<TokenRoutes<R>>,
    CurrentUser(user): CurrentUser<R>,
) -> Answer {
    let ended = realm.passport.end_sessions(&user.person().id).await.map_err(ApiError::not_saved)?;
    Ok(data(json!({ "ended": ended })))
}

/// No cache keeps an answer that holds tokens (RFC 6749, section 5.1).
fn pair(tokens: &TokenPair) -> Issued {
    let tokens = data(json!({ "accessToken": tokens.access(), "refreshToken": tokens.refresh() }));
    ([(header::CACHE_CONTROL, "no-store")], tokens)
}
