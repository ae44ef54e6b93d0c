//! Why a store cannot be used from the start.

use std::sync::Arc;

use passport_session::StoreError;

use crate::fault;

/// Why [`RedisStore::connect`](crate::RedisStore::connect) failed: a sentence that says what and where. The password is in
/// none of them.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConnectError {
    /// The address is none.
    #[error("this is not the address of a Redis server: one looks like `redis://user:password@host:6379/0`")]
    Address,
    /// A setting is none.
    #[error("{0}")]
    Setting(&'static str),
    /// It cannot be reached, or refuses the user or the password.
    #[error("Redis at {at} cannot be used: {reason}")]
    Unreachable {
        /// Host and port.
        at: Arc<str>,
        /// What it said.
        reason: String,
    },
    /// It is too old.
    #[error("Redis at {at} is version {version}, and this store needs 7.0 or newer")]
    TooOld {
        /// Host and port.
        at: Arc<str>,
        /// What it calls itself.
        version: String,
    },
    /// It is a replica.
    #[error(
        "Redis at {at} is a replica: give the address of the primary, a logout that a replica has not heard of is none"
    )]
    Replica {
        /// Host and port.
        at: Arc<str>,
    },
    /// It is a node of a cluster.
    #[error(
        "Redis at {at} runs as a cluster, which this store does not support: give it a server of its own"
    )]
    Cluster {
        /// Host and port.
        at: Arc<str>,
    },
    /// It may throw away what it has confirmed.
    #[error(
        "Redis at {at} evicts keys when its memory is full (`maxmemory-policy {policy}`): what it drops may be the mark \
         of a logout or the list that \"log out everywhere\" goes by, and a session that was ended lives on. Set \
         `maxmemory-policy noeviction`, give sessions a server of their own, or accept it with \
         `.dangerous_allow_eviction()`"
    )]
    Evicts {
        /// Host and port.
        at: Arc<str>,
        /// Its setting.
        policy: String,
    },
}

impl ConnectError {
    pub(crate) fn unreachable(at: &Arc<str>, error: &StoreError) -> Self {
        let reason = match fault::code(error) {
            Some("NOAUTH") => "it asks for a password".to_owned(),
            Some("WRONGPASS") => "it refuses this user or password".to_owned(),
            _ => std::error::Error::source(error).map_or_else(|| error.to_string(), ToString::to_string),
        };
        Self::Unreachable { at: Arc::clone(at), reason }
    }
}
