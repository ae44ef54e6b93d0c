//! What the headers of a request say of who made it, from where, and what for.

use http::{HeaderMap, HeaderName, Method, header};

use crate::{Client, Presented, SessionManager, accept::Accepted};

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const SEC_PURPOSE: HeaderName = HeaderName::from_static("sec-purpose");
const PURPOSE: HeaderName = HeaderName::from_static("purpose");

/// A header of a request that passport reads. No other one is ever looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clue {
    /// Holds the session.
    Cookie,
    /// Whether a page or JSON shall answer.
    Accept,
    /// Which site made the request (W3C Fetch Metadata, section 2.4).
    SecFetchSite,
    /// Whether it was made ahead of time.
    SecPurpose,
    /// The same, of Chromium before it sent the other one everywhere.
    Purpose,
    /// What a login is listed under.
    UserAgent,
    /// Which origin made the request (RFC 6454, section 7).
    Origin,
    /// Which page made it (RFC 9110, section 10.1.3).
    Referer,
    /// Which host it was sent to.
    Host,
}

impl Clue {
    /// All of them: `Clue::ALL[clue as usize]` is that clue.
    pub const ALL: [Self; 9] = [
        Self::Cookie,
        Self::Accept,
        Self::SecFetchSite,
        Self::SecPurpose,
        Self::Purpose,
        Self::UserAgent,
        Self::Origin,
        Self::Referer,
        Self::Host,
    ];

    /// Those that are looked at in every request.
    const ALWAYS: [Self; 5] =
        [Self::Cookie, Self::Accept, Self::SecFetchSite, Self::SecPurpose, Self::Purpose];

    /// The header's name, in lower case.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cookie => "cookie",
            Self::Accept => "accept",
            Self::SecFetchSite => "sec-fetch-site",
            Self::SecPurpose => "sec-purpose",
            Self::Purpose => "purpose",
            Self::UserAgent => "user-agent",
            Self::Origin => "origin",
            Self::Referer => "referer",
            Self::Host => "host",
        }
    }

    #[inline]
    fn of(name: &HeaderName) -> Option<Self> {
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
            Self::SecFetchSite
        } else if name == SEC_PURPOSE {
            Self::SecPurpose
        } else if name == PURPOSE {
            Self::Purpose
        } else {
            return None;
        })
    }
}

/// A header that a request has at most once.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Header<'a> {
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

/// What they say.
#[derive(Default)]
pub(crate) struct Clues<'a> {
    pub(crate) site: Header<'a>,
    pub(crate) origin: Header<'a>,
    pub(crate) referer: Header<'a>,
    pub(crate) host: Header<'a>,
    pub(crate) prefetch: bool,
    pub(crate) user_agent: Option<&'a [u8]>,
    pub(crate) accepted: Accepted,
}

impl<'a> Clues<'a> {
    /// Goes through the headers once: looking up each by name would cost more than telling all names apart.
    #[inline]
    pub(crate) fn read(
        &mut self,
        headers: &'a HeaderMap,
        manager: &dyn SessionManager,
        presented: &mut Presented,
    ) {
        for (name, value) in headers {
            if let Some(clue) = Clue::of(name) {
                self.note(clue, value.as_bytes(), manager, presented);
            }
        }
    }

    /// Looks up what is needed, where that costs less: whoever says which site made the request is asked for nothing else that
    /// would tell it, unless some other `Origin` is trusted.
    #[inline]
    pub(crate) fn look_up<V: IntoIterator<Item = &'a [u8]>>(
        &mut self,
        mut find: impl FnMut(Clue) -> V,
        manager: &dyn SessionManager,
        presented: &mut Presented,
        method: &Method,
        trusts: bool,
    ) {
        let mut note = |clues: &mut Self, clue| {
            for value in find(clue) {
                clues.note(clue, value, manager, presented);
            }
        };
        for clue in Clue::ALWAYS {
            note(self, clue);
        }
        if !method.is_safe() {
            note(self, Clue::UserAgent);
        }
        let says = self.site != Header::Never;
        if !says || trusts {
            note(self, Clue::Origin);
        }
        if !says {
            note(self, Clue::Referer);
            note(self, Clue::Host);
        }
    }

    /// Who is at the other end.
    pub(crate) fn client(&self) -> Client {
        self.user_agent.map_or_else(Client::new, |agent| Client::new().user_agent_bytes(agent))
    }

    #[inline]
    fn note(&mut self, clue: Clue, value: &'a [u8], manager: &dyn SessionManager, presented: &mut Presented) {
        match clue {
            Clue::Cookie => manager.find_tokens(value, presented),
            Clue::Accept => self.accepted.add(value),
            Clue::SecFetchSite => self.site = self.site.and(value),
            Clue::SecPurpose | Clue::Purpose => {
                self.prefetch |= value.windows(8).any(|word| word.eq_ignore_ascii_case(b"prefetch"));
            }
            Clue::UserAgent => self.user_agent = Some(value),
            Clue::Origin => self.origin = self.origin.and(value),
            Clue::Referer => self.referer = self.referer.and(value),
            Clue::Host => self.host = self.host.and(value),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clue_is_known_by_its_name_and_by_its_number() {
        for (at, clue) in Clue::ALL.into_iter().enumerate() {
            assert_eq!((Clue::of(&HeaderName::from_static(clue.name())), clue as usize), (Some(clue), at));
        }
        for other in ["accept-language", "authorization", "sec-fetch-mode", "upgrade", "cookie2", "x-mox"] {
            assert_eq!(Clue::of(&HeaderName::from_static(other)), None, "{other}");
        }
    }
}
