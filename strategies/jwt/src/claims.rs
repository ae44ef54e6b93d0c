//! What a token says, and whether that is good here and now.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use passport_core::{Fingerprint16, Timestamp, Token, UserRef};
use serde::{Deserialize, Serialize};

use crate::TokenError;

/// How far the clocks of two servers may be apart: a token may come from the future by this much. It never lives longer for it.
const SKEW: Duration = Duration::from_secs(30);

/// What a token is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    Access,
    Refresh,
}

impl Kind {
    /// The type in the header: RFC 9068, section 2.1, has the first one, and the second is of its kind.
    pub(crate) const fn typ(self) -> &'static str {
        match self {
            Self::Access => "at+jwt",
            Self::Refresh => "rt+jwt",
        }
    }
}

/// The claims of a token (RFC 7519, section 4.1), and those that `EverShop` adds: what kind of user, what kind of token.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Claims {
    iss: String,
    aud: String,
    #[serde(rename = "tokenType")]
    realm: String,
    #[serde(rename = "tokenKind")]
    kind: Kind,
    /// The user's key, as JSON.
    sub: String,
    /// What must still be true of the user.
    fpr: String,
    /// The family: the id of its grant.
    sid: String,
    /// How often the family was refreshed when this was made.
    generation: u64,
    iat: u64,
    nbf: u64,
    exp: u64,
}

/// All that is needed of claims to see that they are somebody else's.
#[derive(Deserialize)]
pub(crate) struct Meant {
    #[serde(rename = "tokenType")]
    pub(crate) realm: String,
}

/// What the claims of all tokens of one realm have in common.
#[derive(Clone, Copy)]
pub(crate) struct Frame<'a> {
    pub(crate) issuer: &'a str,
    pub(crate) realm: &'a str,
    pub(crate) now: Timestamp,
}

impl Claims {
    pub(crate) fn new(
        frame: Frame<'_>,
        kind: Kind,
        lifetime: Duration,
        user: &UserRef,
        family: &Token,
        generation: u64,
    ) -> Option<Self> {
        let now = frame.now.as_millis() / 1_000;
        Some(Self {
            iss: frame.issuer.to_owned(),
            aud: frame.realm.to_owned(),
            realm: frame.realm.to_owned(),
            kind,
            sub: String::from_utf8(user.key().to_vec()).ok()?,
            fpr: URL_SAFE_NO_PAD.encode(user.fingerprint()),
            sid: String::from_utf8(family.as_bytes().to_vec()).ok()?,
            generation,
            iat: now,
            nbf: now,
            exp: now.saturating_add(lifetime.as_secs()),
        })
    }

    /// Whether a token that is signed says what it must say here and now.
    pub(crate) fn check(self, frame: Frame<'_>, kind: Kind) -> Result<Self, TokenError> {
        let is_ours = self.iss == frame.issuer && self.aud == frame.realm && self.realm == frame.realm;
        let begins = self.nbf.max(self.iat);
        if !is_ours || self.kind != kind || seconds(begins) > frame.now.plus(SKEW) {
            return Err(TokenError::Invalid);
        }
        if seconds(self.exp) <= frame.now {
            return Err(TokenError::Expired);
        }
        Ok(self)
    }

    /// Whom it is about. `None`: the fingerprint is none.
    pub(crate) fn user(&self) -> Option<UserRef> {
        let fingerprint: Fingerprint16 = URL_SAFE_NO_PAD.decode(&self.fpr).ok()?.try_into().ok()?;
        Some(UserRef::new(self.sub.as_bytes(), fingerprint))
    }

    /// The family's grant.
    pub(crate) fn family(&self) -> Token {
        Token::new(self.sid.as_bytes())
    }

    /// How often the family was refreshed when this was made.
    pub(crate) fn generation(&self) -> u64 {
        self.generation
    }
}

fn seconds(since_epoch: u64) -> Timestamp {
    Timestamp::from_millis(since_epoch.saturating_mul(1_000))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTES: Duration = Duration::from_secs(900);

    fn at(seconds: u64) -> Frame<'static> {
        Frame { issuer: "shop", realm: "customer", now: Timestamp::from_millis(seconds * 1_000) }
    }

    fn claims() -> Claims {
        let user = UserRef::new(*b"7", [9; 16]);
        Claims::new(at(1_000), Kind::Access, MINUTES, &user, &Token::new(b"family"), 0).unwrap()
    }

    fn refused(change: impl FnOnce(&mut Claims), frame: Frame<'_>) -> Option<TokenError> {
        let mut claims = claims();
        change(&mut claims);
        claims.check(frame, Kind::Access).err()
    }

    #[test]
    fn a_token_is_good_until_the_very_moment_it_expires() {
        assert!(refused(|_| {}, at(1_000)).is_none());
        assert!(refused(|_| {}, at(1_899)).is_none());
        assert!(matches!(refused(|_| {}, at(1_900)), Some(TokenError::Expired)));
        assert!(refused(|claims| claims.exp = u64::MAX, at(1_900)).is_none());
        assert!(matches!(refused(|claims| claims.exp = 0, at(1_000)), Some(TokenError::Expired)));
    }

    #[test]
    fn a_token_may_come_from_the_future_by_what_two_clocks_are_apart() {
        assert!(refused(|_| {}, at(970)).is_none());
        assert!(matches!(refused(|_| {}, at(969)), Some(TokenError::Invalid)));
        for change in [|claims: &mut Claims| claims.nbf = 2_000, |claims: &mut Claims| claims.iat = u64::MAX]
        {
            assert!(matches!(refused(change, at(1_000)), Some(TokenError::Invalid)));
        }
    }

    #[test]
    fn a_token_of_another_issuer_realm_audience_or_kind_is_invalid() {
        let changes: [fn(&mut Claims); 4] = [
            |claims| claims.iss = "other".to_owned(),
            |claims| claims.aud = "admin".to_owned(),
            |claims| claims.realm = "admin".to_owned(),
            |claims| claims.kind = Kind::Refresh,
        ];
        for change in changes {
            assert!(matches!(refused(change, at(1_000)), Some(TokenError::Invalid)));
        }
    }

    #[test]
    fn claims_say_whom_they_are_about() {
        assert_eq!(claims().user(), Some(UserRef::new(*b"7", [9; 16])));
        for fpr in ["", "AAAA", "!", "AAAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
            assert_eq!(Claims { fpr: fpr.to_owned(), ..claims() }.user(), None);
        }
    }
}
