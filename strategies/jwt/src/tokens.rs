//! Issuing tokens, and exchanging them.

use std::{fmt, time::Duration};

use passport_core::{Auth, Error, Grants, IntoSuccess, Replaced, Token};

use crate::{
    Rules, TokenError, TokenPair,
    claims::{Claims, Kind},
};

/// Issues the tokens of one realm, and exchanges refresh tokens.
///
/// All tokens that follow from one login are a family. A family is a [grant](Grants): a login in the passport's own store, that
/// ends with the user's sessions, by its own timeouts, and when a refresh token is used twice.
#[must_use = "nobody gets a token until `issue` is called"]
pub struct Tokens<U> {
    rules: Rules,
    families: Grants<U>,
}

impl<U: Send + Sync + 'static> Tokens<U> {
    /// Issues tokens by these rules, with families in these grants. The idle timeout of the grants' sessions is how long a
    /// refresh token is good, the absolute one how long a family can be refreshed.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] if the first key of either kind cannot sign.
    pub fn new(rules: &Rules, families: Grants<U>) -> Result<Self, Error> {
        if !rules.can_sign() {
            return Err(Error::Config(
                "these rules check tokens and cannot make any: the first of the access keys and the first of the refresh \
                 keys must be able to sign"
                    .into(),
            ));
        }
        Ok(Self { rules: rules.clone(), families })
    }

    /// Begins a family: hooks are asked and told as at a login, and the session is left alone.
    ///
    /// # Errors
    ///
    /// As [`Auth::login`]: a hook that refuses, a foreign site, a store that cannot be asked.
    pub async fn issue(&self, auth: &Auth<U>, user: impl IntoSuccess<U>) -> Result<TokenPair, Error> {
        let success = user.into_success();
        let user = success.user().clone();
        let family = self.families.open(auth, success, &0_u64).await?;
        let pair = self.pair(&user, &family, 0);
        if pair.is_err()
            && let Err(error) = self.families.end(&family).await
        {
            error.report("ending a family without tokens");
        }
        pair
    }

    /// Exchanges a refresh token for the next pair. Each is good for one exchange: if one comes a second time, two hold it, and
    /// nobody can say who of them is the thief, so the family ends (RFC 9700, section 4.14.2). There is no grace: of two exchanges
    /// at once, the first gets a pair, and the second ends the family.
    ///
    /// # Errors
    ///
    /// [`TokenError`]: what to answer. [`TokenError::Failed`] is no word about the token.
    pub async fn refresh(&self, token: &str) -> Result<TokenPair, TokenError> {
        let claims = self.read(token)?;
        let family = claims.family();
        let Some(found) = self.families.find(&family).await? else { return Err(TokenError::Ended) };
        let user = found.user().clone();
        if Some(self.families.passport().reference(&user)?) != claims.user() {
            return Err(TokenError::Ended);
        }
        let next = claims.generation().saturating_add(1);
        let step = |now: u64| (now == claims.generation()).then_some(next);
        match self.families.replace(&family, found, step).await? {
            Replaced::Done => Ok(self.pair(&user, &family, next)?),
            Replaced::Gone => Err(TokenError::Ended),
            Replaced::Refused => {
                self.families.end(&family).await?;
                let realm = self.families.passport().realm();
                tracing::warn!(
                    target: "passport", event = "malicious_token_reuse", realm,
                    "a refresh token was used twice: its family has ended"
                );
                Err(TokenError::Reused)
            }
        }
    }

    /// Ends the family of a refresh token, the logout of a program. Whether it was alive. A token that was exchanged before ends
    /// it, too: whoever holds one may.
    ///
    /// # Errors
    ///
    /// [`TokenError`], as of [`refresh`](Self::refresh).
    pub async fn revoke(&self, token: &str) -> Result<bool, TokenError> {
        let claims = self.read(token)?;
        Ok(self.families.end(&claims.family()).await?)
    }

    fn read(&self, token: &str) -> Result<Claims, TokenError> {
        let passport = self.families.passport();
        self.rules.read(token, passport.realm(), Kind::Refresh, self.families.clock().now())
    }

    fn pair(&self, user: &U, family: &Token, generation: u64) -> Result<TokenPair, Error> {
        let passport = self.families.passport();
        let (realm, now) = (passport.realm(), self.families.clock().now());
        let reference = passport.reference(user)?;
        let of = |kind, lifetime: Duration| {
            self.rules.write(realm, now, kind, lifetime, (&reference, family, generation))
        };
        let lifetime = self.rules.lifetime();
        Ok(TokenPair {
            access: of(Kind::Access, lifetime)?,
            refresh: of(Kind::Refresh, self.families.lifetime().idle)?,
            lifetime,
        })
    }
}

impl<U> Clone for Tokens<U> {
    fn clone(&self) -> Self {
        Self { rules: self.rules.clone(), families: self.families.clone() }
    }
}

impl<U> fmt::Debug for Tokens<U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokens").field("rules", &self.rules).finish_non_exhaustive()
    }
}
