//! What the tokens of one realm are like.

use std::{fmt, sync::Arc, time::Duration};

use passport_core::{Error, Timestamp, Token, UserRef};
use zeroize::Zeroizing;

use crate::{
    Keys, TokenError,
    claims::{Claims, Frame, Kind, Meant},
    jws::{self, Unverified},
};

/// How long an access token is good, unless set: a quarter of an hour.
const ACCESS: Duration = Duration::from_secs(15 * 60);

/// What the tokens of one realm are like: who issues them, and by which keys. Cheap to clone.
///
/// The realm itself is that of the passport whose strategy or tokens these rules are for: it is the audience.
#[derive(Clone)]
pub struct Rules(Arc<Inner>);

#[derive(Clone)]
struct Inner {
    issuer: Box<str>,
    access: Keys,
    refresh: Keys,
    lifetime: Duration,
}

impl Rules {
    /// Tokens that this issuer signs: access tokens by `access`, refresh tokens by `refresh`.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] if the issuer has no name, or one key is for both kinds of token.
    pub fn new(issuer: impl Into<String>, access: Keys, refresh: Keys) -> Result<Self, Error> {
        let issuer = issuer.into();
        if issuer.is_empty() {
            return Err(Error::Config(
                "tokens need an issuer: the application's name, or its address".into(),
            ));
        }
        if access.share_with(&refresh) {
            return Err(Error::Config(
                "one secret signs access tokens and refresh tokens: give each kind a secret of its own"
                    .into(),
            ));
        }
        Ok(Self(Arc::new(Inner { issuer: issuer.into(), access, refresh, lifetime: ACCESS })))
    }

    /// Sets how long an access token is good, in whole seconds; 15 minutes unless set. A logout everywhere takes as long to
    /// reach those that check tokens without asking the store.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] for less than a second, and for more than a day: that is what refresh tokens are for.
    pub fn access_lifetime(self, lifetime: Duration) -> Result<Self, Error> {
        if !(1..=86_400).contains(&lifetime.as_secs()) {
            return Err(Error::Config(
                "an access token lives between a second and a day: nothing ends it before its time".into(),
            ));
        }
        let lifetime = Duration::from_secs(lifetime.as_secs());
        Ok(Self(Arc::new(Inner { lifetime, ..(*self.0).clone() })))
    }

    pub(crate) fn lifetime(&self) -> Duration {
        self.0.lifetime
    }

    /// Whether tokens can be made by these rules, and not only checked.
    pub(crate) fn can_sign(&self) -> bool {
        self.0.access.current().is_some() && self.0.refresh.current().is_some()
    }

    /// What a token claims, if it is one of these, for this realm, of this kind, and its time is now.
    pub(crate) fn read(
        &self,
        token: &str,
        realm: &str,
        kind: Kind,
        now: Timestamp,
    ) -> Result<Claims, TokenError> {
        let token = Unverified::parse(token).ok_or(TokenError::Invalid)?;
        if token.peek::<Meant>().is_some_and(|meant| meant.realm != realm) {
            return Err(TokenError::OtherRealm);
        }
        let claims: Claims = token.verify(self.keys(kind), kind.typ()).ok_or(TokenError::Invalid)?;
        claims.check(Frame { issuer: &self.0.issuer, realm, now }, kind)
    }

    /// Signs a token.
    pub(crate) fn write(
        &self,
        realm: &str,
        now: Timestamp,
        kind: Kind,
        lifetime: Duration,
        (user, family, generation): (&UserRef, &Token, u64),
    ) -> Result<Zeroizing<String>, Error> {
        let frame = Frame { issuer: &self.0.issuer, realm, now };
        let claims = Claims::new(frame, kind, lifetime, user, family, generation);
        let signed = claims.and_then(|claims| jws::sign(self.keys(kind).current()?, kind.typ(), &claims));
        signed.ok_or(Error::Key("put into a token: it is too long"))
    }

    fn keys(&self, kind: Kind) -> &Keys {
        match kind {
            Kind::Access => &self.0.access,
            Kind::Refresh => &self.0.refresh,
        }
    }
}

impl fmt::Debug for Rules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rules")
            .field("issuer", &self.0.issuer)
            .field("access", &self.0.access)
            .field("refresh", &self.0.refresh)
            .finish_non_exhaustive()
    }
}
