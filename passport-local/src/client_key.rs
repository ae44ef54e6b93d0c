//! Whom the gate counts an attempt against.

use std::{fmt, net::IpAddr, sync::Arc};

use bytes::Bytes;
use http::Request;
use passport_core::PassportExt;

/// The client that an attempt is counted against, so that no one client fills the queue for hashing.
///
/// Requests of whom nothing is known share one key.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct ClientKey(Option<Arc<str>>);

impl ClientKey {
    /// The key of everybody of whom nothing is known.
    pub fn unknown() -> Self {
        Self::default()
    }

    /// The key as text, unless it is that of the unknown.
    pub fn as_str(&self) -> Option<&str> {
        self.0.as_deref()
    }
}

impl From<IpAddr> for ClientKey {
    /// An IPv4 address, or the first 64 bits of an IPv6 address: one subscriber has at least that many
    /// addresses to choose from (RFC 6177, section 2).
    fn from(address: IpAddr) -> Self {
        Self::from(match address.to_canonical() {
            IpAddr::V4(v4) => v4.to_string(),
            IpAddr::V6(v6) => {
                let [a, b, c, d, ..] = v6.segments();
                format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
            }
        })
    }
}

impl From<String> for ClientKey {
    fn from(key: String) -> Self {
        Self(Some(key.into()))
    }
}

impl From<&str> for ClientKey {
    fn from(key: &str) -> Self {
        Self(Some(key.into()))
    }
}

impl From<Option<String>> for ClientKey {
    fn from(key: Option<String>) -> Self {
        Self(key.map(Into::into))
    }
}

impl fmt::Debug for ClientKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ClientKey").field(&self.as_str().unwrap_or("unknown")).finish()
    }
}

/// The key of a request, unless the application finds one itself: the address that it has passed on.
pub(crate) fn client_key(req: &Request<Bytes>) -> Option<String> {
    let address = req.passport_session()?.client().address()?;
    ClientKey::from(address).as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use passport_core::Client;

    use super::*;
    use crate::{Local, accounts_from};

    fn key(address: &str) -> ClientKey {
        ClientKey::from(address.parse::<IpAddr>().unwrap())
    }

    #[test]
    fn a_subscriber_with_many_ipv6_addresses_is_one_client() {
        assert_eq!(key("2001:db8:1:2::3"), key("2001:db8:1:2:ffff::4"));
        assert_ne!(key("2001:db8:1:2::3"), key("2001:db8:1:3::3"));
    }

    #[test]
    fn an_ipv4_address_is_the_same_inside_ipv6() {
        assert_eq!(key("::ffff:192.0.2.1"), key("192.0.2.1"));
    }

    #[test]
    fn a_request_without_an_address_has_no_key() {
        assert_eq!(client_key(&Request::new(Bytes::new())), None);
    }

    #[test]
    fn a_request_with_an_address_has_its_key() {
        let mut request = Request::new(Bytes::new());
        let local = Local::<()>::new(accounts_from(|_: String| async { Ok(None) }));
        let passport = passport_core::Passport::stateless().strategy("local", local).build().unwrap();
        let pending = passport.begin(request.method(), None, request.headers(), None);
        pending.session().set_client(Client::new().with_address("192.0.2.1".parse().unwrap()));
        request.extensions_mut().insert(pending.session().clone());
        assert_eq!(client_key(&request).as_deref(), Some("192.0.2.1"));
    }
}
