//! What a client is handed.

use std::{fmt, time::Duration};

use zeroize::Zeroizing;

/// An access token and the refresh token beside it: shown nowhere, and overwritten in memory when dropped.
#[must_use = "whoever asked for the tokens is waiting for them"]
pub struct TokenPair {
    pub(crate) access: Zeroizing<String>,
    pub(crate) refresh: Zeroizing<String>,
    pub(crate) lifetime: Duration,
}

impl TokenPair {
    /// Goes with every request, as `Authorization: Bearer …`.
    pub fn access(&self) -> &str {
        &self.access
    }

    /// Is exchanged for the next pair, once.
    pub fn refresh(&self) -> &str {
        &self.refresh
    }

    /// How long the access token is good: `expires_in`.
    pub fn expires_in(&self) -> Duration {
        self.lifetime
    }
}

impl fmt::Debug for TokenPair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenPair(..)")
    }
}
