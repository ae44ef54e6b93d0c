//! What the browser sent under the cookie's name.

use crate::{Presented, Token};

/// The same without the one token of which it is plain that it is the visitor's.
pub(super) enum Brought {
    Nothing,
    /// Only malformed ones.
    Malformed,
    One,
    /// Nobody can say which is the visitor's: a logout ends each.
    Several(Vec<Token>),
    /// More than are kept, of which these came first: no logout can end them all.
    TooMany(Vec<Token>),
}

impl Brought {
    #[inline]
    pub(super) fn of(presented: Presented) -> (Self, Option<Token>) {
        match presented {
            Presented::Nothing => (Self::Nothing, None),
            Presented::Malformed => (Self::Malformed, None),
            Presented::One(token) => (Self::One, Some(token)),
            Presented::Several(tokens) => (Self::Several(tokens), None),
            Presented::TooMany(tokens) => (Self::TooMany(tokens), None),
        }
    }

    /// Whether there was any cookie of this name, be it malformed.
    pub(super) fn any_cookie(&self) -> bool {
        !matches!(self, Self::Nothing)
    }

    /// Whether there was one that may open a session.
    pub(super) fn any_well_formed(&self) -> bool {
        !matches!(self, Self::Nothing | Self::Malformed)
    }

    /// Those of which nobody can say which is the visitor's.
    pub(super) fn strays(&self) -> &[Token] {
        match self {
            Self::Several(tokens) | Self::TooMany(tokens) => tokens,
            Self::Nothing | Self::Malformed | Self::One => &[],
        }
    }
}
