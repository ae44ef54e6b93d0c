//! The address of a server, and how it is spoken to.

use redis::{Client, IntoConnectionInfo, ProtocolVersion, RedisError};

use crate::ConnectError;

/// Where the server is, who asks, and whom the certificates of TLS have to come from.
pub(crate) struct Address {
    pub(crate) url: String,
    /// In PEM; `None`: those that the operating system trusts.
    #[cfg(feature = "tls")]
    pub(crate) roots: Option<Vec<u8>>,
}

impl Address {
    /// What connects there, and where that is: host and port.
    pub(crate) fn client(self) -> Result<(Client, String), ConnectError> {
        if cfg!(not(feature = "tls")) && self.is_tls() {
            return Err(ConnectError::Setting(
                "`rediss://` speaks TLS: give passport-store-redis the feature `tls` in Cargo.toml",
            ));
        }
        // The error is dropped: it might repeat parts of the address.
        let info = self.url.as_str().into_connection_info().map_err(|_| ConnectError::Address)?;
        let at = info.addr().to_string();
        // The third version of the protocol tells that a connection is lost, and lets one hear what is published.
        let settings = info.redis_settings().clone().set_protocol(ProtocolVersion::RESP3);
        let info = info.set_redis_settings(settings.set_skip_set_lib_name());
        let client = self.open(info).map_err(|error| ConnectError::Unreachable {
            at: at.as_str().into(),
            reason: error.to_string(),
        })?;
        Ok((client, at))
    }

    fn is_tls(&self) -> bool {
        ["rediss:", "valkeys:"].iter().any(|scheme| self.url.starts_with(scheme))
    }

    #[cfg(not(feature = "tls"))]
    #[expect(clippy::unused_self, reason = "with TLS, it has certificates")]
    fn open(&self, info: redis::ConnectionInfo) -> Result<Client, RedisError> {
        Client::open(info)
    }

    #[cfg(feature = "tls")]
    fn open(&self, info: redis::ConnectionInfo) -> Result<Client, RedisError> {
        if !self.is_tls() {
            return Client::open(info);
        }
        // Where the application has chosen none, somebody has to: otherwise the first connection would panic. If another
        // thread is faster, its choice stands.
        if rustls::crypto::CryptoProvider::get_default().is_none() {
            let _ = rustls::crypto::ring::default_provider().install_default();
        }
        let certificates = redis::TlsCertificates { client_tls: None, root_cert: self.roots.clone() };
        Client::build_with_tls(info, certificates)
    }
}
