//! Settings, and the first connection.

use std::{fmt, sync::Arc, time::Duration};

use crate::{
    ConnectError, RedisStore, address::Address, ended::Listener, keys::Keys, link::Link, server,
    shared::Shared, time::ServerTime, watchers::Watchers,
};

/// The longest that an operation takes, unless told otherwise.
const DEADLINE: Duration = Duration::from_secs(2);
/// The longest deadline: beyond it a moment could no longer be told.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 3600);

/// Settings of a [`RedisStore`].
#[must_use = "a builder does nothing until `connect`"]
pub struct Builder {
    address: Address,
    prefix: String,
    deadline: Duration,
    allow_eviction: bool,
}

impl RedisStore {
    /// Connects to the server at this address: `redis://user:password@host:6379/0`.
    ///
    /// # Errors
    ///
    /// [`ConnectError`].
    pub async fn connect(url: impl Into<String>) -> Result<Self, ConnectError> {
        Self::builder(url).connect().await
    }

    /// Settings for the server at this address.
    pub fn builder(url: impl Into<String>) -> Builder {
        let address = Address {
            url: url.into(),
            #[cfg(feature = "tls")]
            roots: None,
        };
        Builder { address, prefix: "passport".into(), deadline: DEADLINE, allow_eviction: false }
    }
}

impl Builder {
    /// What all keys and the channel begin with: `passport` unless told otherwise. Applications that share a server have
    /// one each.
    pub fn prefix(self, prefix: impl Into<String>) -> Self {
        Self { prefix: prefix.into(), ..self }
    }

    /// The longest that an operation may take, connecting included: 2 s unless told otherwise.
    pub fn deadline(self, deadline: Duration) -> Self {
        Self { deadline: deadline.min(LONGEST), ..self }
    }

    /// Whose certificates are believed instead of those that the operating system trusts: certificates of authorities, in
    /// PEM, as operators of databases publish them.
    #[cfg(feature = "tls")]
    pub fn root_certificates(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.address.roots = Some(pem.into());
        self
    }

    /// Accepts a server that evicts keys when its memory is full.
    ///
    /// # Security
    ///
    /// What is evicted may be the mark of a logout, or the list of a user's sessions: then a session that was ended, or
    /// that "log out everywhere" should have ended, lives on.
    pub fn dangerous_allow_eviction(self) -> Self {
        Self { allow_eviction: true, ..self }
    }

    /// Connects, and looks whether the server can keep sessions.
    ///
    /// # Errors
    ///
    /// [`ConnectError`].
    pub async fn connect(self) -> Result<RedisStore, ConnectError> {
        if self.prefix.is_empty() {
            return Err(ConnectError::Setting(
                "the prefix of all keys is empty: give `.prefix(\"…\")` a name",
            ));
        }
        if self.deadline.is_zero() {
            return Err(ConnectError::Setting("the deadline is zero: no operation could succeed"));
        }
        let (client, at) = self.address.client()?;
        let link = Link::new(client, self.deadline);
        server::check(&link, &at.into(), self.allow_eviction).await?;
        let keys = Keys::new(&self.prefix);
        let shared = Shared { link, keys, time: ServerTime::default(), watchers: Watchers::default() };
        let shared = Arc::new(shared);
        Ok(RedisStore { listener: Arc::new(Listener::new(Arc::clone(&shared))), shared })
    }
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("Builder");
        out.field("prefix", &self.prefix).field("deadline", &self.deadline).finish_non_exhaustive()
    }
}
