//! One login in a record: who, since when, until when.

use std::{fmt, time::Duration};

use super::{Owner, Text};
use crate::{Timestamp, clock::millis};

/// What a login keeps of what must end it when it changes: an epoch, or a part of the SHA-256 of anything else.
pub type Fingerprint16 = [u8; 16];

/// A login, as a record holds it.
#[derive(Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Login<'a> {
    /// The realm it is in.
    pub realm: Text<'a>,
    /// The strategy that made it; `"login"` if a handler did.
    pub strategy: Text<'a>,
    /// When it was made. Rotation and other realms' logins do not change it.
    pub at: Timestamp,
    /// When it ends whatever happens: the absolute timeout.
    pub until: Timestamp,
    /// How long it lives without a request, in milliseconds: the idle timeout.
    pub idle_millis: u64,
    /// Whether it was asked to outlive the browser's session.
    pub remembered: bool,
    /// What was true of the user at that time: an epoch, or a hash of anything else.
    pub fingerprint: Fingerprint16,
    /// The user's key, as JSON.
    pub key: &'a [u8],
}

impl Login<'_> {
    /// Whose login it is.
    pub fn owner(&self) -> Owner {
        Owner::of(self.realm.as_bytes(), self.key)
    }

    /// When it ends, if nobody asks again after `seen`.
    #[inline]
    pub fn ends(&self, seen: Timestamp) -> Timestamp {
        seen.plus_millis(self.idle_millis).min(self.until)
    }

    /// Whether it lives at `now`, when the session was last seen at `seen`.
    #[inline]
    pub fn is_live(&self, now: Timestamp, seen: Timestamp) -> bool {
        now < self.ends(seen)
    }
}

impl fmt::Debug for Login<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("Login");
        out.field("realm", &self.realm).field("strategy", &self.strategy).field("at", &self.at);
        out.finish_non_exhaustive()
    }
}

/// A login that is about to be written.
#[derive(Clone)]
pub struct NewLogin {
    pub(crate) realm: &'static str,
    pub(crate) strategy: &'static str,
    pub(crate) at: Timestamp,
    pub(crate) until: Timestamp,
    pub(crate) idle: Duration,
    pub(crate) remembered: bool,
    pub(crate) fingerprint: Fingerprint16,
    pub(crate) key: Vec<u8>,
}

impl NewLogin {
    pub(crate) fn as_login(&self) -> Login<'_> {
        Login {
            realm: self.realm.into(),
            strategy: self.strategy.into(),
            at: self.at,
            until: self.until,
            idle_millis: millis(self.idle),
            remembered: self.remembered,
            fingerprint: self.fingerprint,
            key: &self.key,
        }
    }
}

impl fmt::Debug for NewLogin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_login().fmt(f)
    }
}
