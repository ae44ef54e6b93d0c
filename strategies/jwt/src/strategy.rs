//! The strategy: who sent this access token.

use std::{borrow::Cow, fmt, marker::PhantomData, sync::Arc};

use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderValue, Request, StatusCode};
use passport_core::{
    Auth, BoxError, Credential, Error, Failure, IntoSessions, Outcome, PassportExt, SessionManager, Strategy,
};

use crate::{
    Rules, TokenError,
    bearer::{Bearer, bearer},
    claims::{Claims, Kind},
};

/// Admits requests that bring an access token in their `Authorization: Bearer` header.
///
/// It admits that request alone: no record, no cookie. Each time it asks the user store whether the user still is who it was
/// when the token was made. Without a token, and with one that says that it is another realm's, it passes; then nobody gets in
/// unless another strategy of the guard lets somebody in.
#[must_use = "a strategy does nothing until it goes into a passport: `.strategy(\"jwt\", …)`"]
pub struct Jwt<U> {
    rules: Rules,
    families: Option<Arc<dyn SessionManager>>,
    user: PhantomData<fn() -> U>,
}

impl<U: Send + Sync + 'static> Jwt<U> {
    /// Checks tokens by these rules.
    pub fn new(rules: &Rules) -> Self {
        Self { rules: rules.clone(), families: None, user: PhantomData }
    }

    /// Asks the store at each request whether the token's family is live: a logout everywhere, or a revoked refresh token, is
    /// noticed at once, and not when the access token expires. `sessions` are those that the families are in.
    pub fn ask_the_store(mut self, sessions: impl IntoSessions) -> Self {
        self.families = Some(sessions.into_sessions());
        self
    }

    /// The user, if the token still is good for one.
    async fn user(&self, auth: &Auth<U>, claims: &Claims) -> Result<Option<Arc<U>>, Error> {
        let Some(reference) = claims.user() else { return Ok(None) };
        let Some(families) = &self.families else { return auth.passport().resolve(&reference).await };
        let families = auth.passport().grants(Arc::clone(families))?;
        let Some(family) = families.find(&claims.family()).await? else { return Ok(None) };
        // The family was found by what the token says of it: that it is of the user whom the token names is not known yet.
        let holder = auth.passport().reference(family.user())?;
        Ok((holder == reference).then(|| Arc::clone(family.user())))
    }
}

#[async_trait]
impl<U: Send + Sync + 'static> Strategy for Jwt<U> {
    type User = U;

    fn credential(&self) -> Credential {
        Credential::Header
    }

    /// RFC 6750, section 3: without a token there is nothing to say of it.
    fn challenge(&self) -> Option<HeaderValue> {
        Some(HeaderValue::from_static("Bearer"))
    }

    async fn authenticate(&self, req: &Request<Bytes>) -> Result<Outcome<U>, BoxError> {
        let token = match bearer(req.headers()) {
            Bearer::Absent => return Ok(Outcome::Pass),
            Bearer::Malformed => {
                let failure = Failure::new("One bearer token, please").status(StatusCode::BAD_REQUEST);
                return Ok(failure.into());
            }
            Bearer::One(token) => token,
        };
        let auth: Auth<U> = req.auth()?;
        let passport = auth.passport();
        let claims = match self.rules.read(token, passport.realm(), Kind::Access, passport.clock().now()) {
            Ok(claims) => claims,
            Err(TokenError::OtherRealm) => return Ok(Outcome::Pass),
            Err(error) => return Ok(refused(error.to_string()).into()),
        };
        Ok(match self.user(&auth, &claims).await? {
            Some(user) => Outcome::success(user),
            None => refused(TokenError::Ended.to_string()).into(),
        })
    }
}

/// RFC 6750, section 3.1. The sentence is one of ours: it has no quotation marks.
fn refused(sentence: String) -> Failure {
    let challenge = format!(r#"Bearer error="invalid_token", error_description="{sentence}""#);
    let failure = Failure::new(Cow::Owned(sentence));
    match HeaderValue::try_from(challenge) {
        Ok(challenge) => failure.challenge(challenge),
        Err(_) => failure,
    }
}

impl<U> fmt::Debug for Jwt<U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Jwt")
            .field("rules", &self.rules)
            .field("asks_the_store", &self.families.is_some())
            .finish_non_exhaustive()
    }
}
