//! Whether a request comes from this site itself.
//!
//! A browser says where a request was made: `Sec-Fetch-Site` (W3C Fetch Metadata, section 2.4), `Origin` (RFC
//! 6454, section 7), `Referer` (RFC 9110, section 10.1.3). Whatever changes who is logged in asks here.

use http::{Method, uri::Authority};

use crate::{
    Error,
    clues::{Clues, Header},
};

impl Clues<'_> {
    /// Whether the request was made by another site, or ahead of time. One that carries no sign of either
    /// (curl, a mobile app) passes.
    #[inline]
    pub(crate) fn is_foreign(
        &self,
        method: &Method,
        authority: Option<&Authority>,
        secure: impl FnOnce() -> bool,
        trusted: &[Box<str>],
    ) -> bool {
        if self.prefetch {
            return true;
        }
        if let Header::Once(origin) = self.origin
            && trusted.iter().any(|trusted| trusted.as_bytes() == origin)
        {
            return false;
        }
        match self.site {
            Header::Once(site) => return site != b"same-origin" && site != b"none",
            Header::Often => return true,
            Header::Never => {}
        }
        let own = match (authority, self.host) {
            (Some(authority), _) => Some(authority.as_str().as_bytes()),
            (None, Header::Once(host)) => Some(host),
            (None, _) => None,
        };
        match self.origin {
            Header::Once(origin) => return !is_own(origin, own, secure(), false),
            Header::Often => return true,
            Header::Never => {}
        }
        // Browsers send `Origin` with what changes something; a link brings only `Referer`. A HEAD runs the same handlers.
        let links = method == Method::GET || method == Method::HEAD;
        match self.referer {
            Header::Once(referer) if links => !is_own(referer, own, secure(), true),
            Header::Often => links,
            _ => false,
        }
    }
}

/// Whether an origin, or an address with a path behind it, is the request's own.
fn is_own(address: &[u8], own: Option<&[u8]>, secure: bool, path: bool) -> bool {
    let (default_port, rest): (&[u8], _) =
        match (address.strip_prefix(b"https://"), address.strip_prefix(b"http://")) {
            (Some(rest), _) => (b":443", rest),
            (None, Some(rest)) if !secure => (b":80", rest),
            _ => return false,
        };
    let rest = match path {
        true => rest.split(|byte| matches!(byte, b'/' | b'?' | b'#')).next().unwrap_or_default(),
        false => rest,
    };
    let rest = rest.strip_suffix(default_port).unwrap_or(rest);
    own.is_some_and(|own| {
        let own = own.strip_suffix(default_port).unwrap_or(own);
        !rest.is_empty() && own.eq_ignore_ascii_case(rest)
    })
}

/// Refuses what no browser would ever send as an `Origin`.
pub(crate) fn check_trusted(origin: &str) -> Result<(), Error> {
    let rest = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
    let whole = rest.is_some_and(|rest| {
        let default_port = if origin.starts_with("https") { ":443" } else { ":80" };
        let authority = rest.parse::<Authority>();
        authority.is_ok_and(|authority| !authority.as_str().contains('@') && !rest.ends_with(default_port))
    });
    match whole && origin.bytes().all(|byte| byte.is_ascii_graphic() && !byte.is_ascii_uppercase()) {
        true => Ok(()),
        false => Err(Error::Config(
            format!("`{origin}` is not an origin: write it as browsers do, as https://app.example.com, with the port if it is not the default one").into(),
        )),
    }
}

#[cfg(test)]
mod tests;
