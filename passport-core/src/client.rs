//! Who is at the other end of the connection, as far as the application knows.

use std::{net::IpAddr, sync::Arc};

use http::{HeaderMap, header};

/// The longest user agent that is kept, in bytes: enough to name every browser.
const USER_AGENT_LIMIT: usize = 256;

/// Where a request comes from: for hooks, logs and the list of a user's sessions.
///
/// The core believes no `X-Forwarded-For`: only the application knows which proxy it may trust, so it
/// passes the address with [`Session::set_client`](crate::Session::set_client).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Client {
    address: Option<IpAddr>,
    /// Shared, because hooks and events get copies.
    user_agent: Option<Arc<str>>,
}

impl Client {
    /// Nothing is known.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the user agent out of a request's headers. What is not visible ASCII is left out, and what is
    /// beyond 256 bytes is cut.
    pub fn from_headers(headers: &HeaderMap) -> Self {
        headers
            .get(header::USER_AGENT)
            .map_or_else(Self::default, |value| Self::default().user_agent_bytes(value.as_bytes()))
    }

    /// Adds the address.
    pub fn with_address(mut self, address: IpAddr) -> Self {
        self.address = Some(address);
        self
    }

    /// Adds the user agent, as the client calls itself.
    pub fn with_user_agent(self, user_agent: &str) -> Self {
        self.user_agent_bytes(user_agent.as_bytes())
    }

    pub(crate) fn user_agent_bytes(mut self, bytes: &[u8]) -> Self {
        let visible = |byte: &u8| (b' '..=b'~').contains(byte);
        // What every browser sends is taken as it is; a look at all bytes is a few operations on whole registers.
        let all = bytes.iter().fold(true, |all, byte| all & visible(byte));
        let whole = all && bytes.len() <= USER_AGENT_LIMIT;
        self.user_agent = match str::from_utf8(bytes).ok().filter(|_| whole) {
            Some(text) => Some(text.into()),
            None => {
                let kept = bytes.iter().copied().filter(visible).take(USER_AGENT_LIMIT);
                Some(kept.map(char::from).collect::<String>().into())
            }
        };
        self.user_agent.take_if(|text| text.is_empty());
        self
    }

    /// With what another one says where this says nothing.
    pub(crate) fn or(self, other: &Self) -> Self {
        Self {
            address: self.address.or(other.address),
            user_agent: self.user_agent.or_else(|| other.user_agent.clone()),
        }
    }

    /// The address, if the application passed it.
    pub fn address(&self) -> Option<IpAddr> {
        self.address
    }

    /// The user agent, if there is one: the client's own words, so escape them where they are shown.
    pub fn user_agent(&self) -> Option<&str> {
        self.user_agent.as_deref()
    }
}
