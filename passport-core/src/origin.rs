//! Whether a request comes from this site itself.
//!
//! A browser says where a request was made: `Sec-Fetch-Site` (W3C Fetch Metadata, section 2.4), `Origin` (RFC
//! 6454, section 7), `Referer` (RFC 9110, section 10.1.3). Whatever changes who is logged in asks here.

use http::{HeaderName, Method, header, uri::Authority};

use crate::{Error, Presented, SessionManager, accept::Accepted};

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const SEC_PURPOSE: HeaderName = HeaderName::from_static("sec-purpose");
const PURPOSE: HeaderName = HeaderName::from_static("purpose");
const X_MOZ: HeaderName = HeaderName::from_static("x-moz");

/// The headers of a request that [`Passport::begin_with`](crate::Passport::begin_with) looks at, in lower case.
pub const HEADERS_READ: [&str; 10] = [
    "cookie",
    "host",
    "accept",
    "user-agent",
    "origin",
    "referer",
    "sec-fetch-site",
    "sec-purpose",
    "purpose",
    "x-moz",
];

/// What the headers of a request say about where it comes from and what it wants.
#[derive(Default)]
pub(crate) struct Clues<'a> {
    site: Header<'a>,
    origin: Header<'a>,
    referer: Header<'a>,
    host: Header<'a>,
    prefetch: bool,
    pub(crate) user_agent: Option<&'a [u8]>,
    pub(crate) accepted: Accepted,
    pub(crate) presented: Presented,
}

/// A header that a request has at most once.
#[derive(Clone, Copy, Default)]
enum Header<'a> {
    #[default]
    Never,
    Once(&'a [u8]),
    Often,
}

impl<'a> Header<'a> {
    fn and(self, value: &'a [u8]) -> Self {
        match self {
            Self::Never => Self::Once(value),
            _ => Self::Often,
        }
    }
}

/// A header that is read.
#[derive(Clone, Copy)]
pub(crate) enum Clue {
    Cookie,
    Host,
    Accept,
    UserAgent,
    Origin,
    Referer,
    Site,
    Purpose,
}

impl Clue {
    #[inline]
    pub(crate) fn of(name: &HeaderName) -> Option<Self> {
        Some(if name == header::COOKIE {
            Self::Cookie
        } else if name == header::HOST {
            Self::Host
        } else if name == header::ACCEPT {
            Self::Accept
        } else if name == header::USER_AGENT {
            Self::UserAgent
        } else if name == header::ORIGIN {
            Self::Origin
        } else if name == header::REFERER {
            Self::Referer
        } else if name == SEC_FETCH_SITE {
            Self::Site
        } else if name == SEC_PURPOSE || name == PURPOSE || name == X_MOZ {
            Self::Purpose
        } else {
            return None;
        })
    }

    /// The same for a name as text, in upper or lower case. Its length alone rules most names out.
    pub(crate) fn named(name: &str) -> Option<Self> {
        let is = |wanted: &str| name == wanted || name.eq_ignore_ascii_case(wanted);
        Some(match name.len() {
            4 if is("host") => Self::Host,
            5 if is("x-moz") => Self::Purpose,
            6 if is("cookie") => Self::Cookie,
            6 if is("accept") => Self::Accept,
            6 if is("origin") => Self::Origin,
            7 if is("referer") => Self::Referer,
            7 if is("purpose") => Self::Purpose,
            10 if is("user-agent") => Self::UserAgent,
            11 if is("sec-purpose") => Self::Purpose,
            14 if is("sec-fetch-site") => Self::Site,
            _ => return None,
        })
    }
}

impl<'a> Clues<'a> {
    /// One pass over the headers: looking up each by name would cost more than telling all names apart.
    #[inline]
    pub(crate) fn read(
        &mut self,
        headers: impl IntoIterator<Item = (Option<Clue>, &'a [u8])>,
        manager: &dyn SessionManager,
    ) {
        for (clue, value) in headers {
            let Some(clue) = clue else { continue };
            match clue {
                Clue::Cookie => manager.find(value, &mut self.presented),
                Clue::Host => self.host = self.host.and(value),
                Clue::Accept => self.accepted = self.accepted.and(value),
                Clue::UserAgent => self.user_agent = Some(value),
                Clue::Origin => self.origin = self.origin.and(value),
                Clue::Referer => self.referer = self.referer.and(value),
                Clue::Site => self.site = self.site.and(value),
                Clue::Purpose => {
                    self.prefetch |= value.windows(8).any(|word| word.eq_ignore_ascii_case(b"prefetch"));
                }
            }
        }
    }

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
            Header::Once(b"same-origin" | b"none") => return false,
            Header::Once(_) | Header::Often => return true,
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
