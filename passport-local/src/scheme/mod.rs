//! Stored hashes: which are read, which are refused, and what each costs to compute.

mod argon2;
#[cfg(feature = "bcrypt")]
mod bcrypt;
mod memory;
#[cfg(feature = "pbkdf2")]
mod pbkdf2;
mod phc;
#[cfg(feature = "scrypt")]
mod scrypt;
#[cfg(test)]
mod tests;

pub(crate) use self::{
    argon2::{Cost as Argon2Cost, compute as argon2_compute},
    memory::Memory,
};

/// The longest stored hash that is looked at, in bytes: those of every scheme here fit.
const LONGEST: usize = 512;

/// Why a stored hash cannot be computed: an account with it cannot log in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unusable {
    /// It is of a kind that is unknown here, or whose feature is not enabled.
    #[error("the stored hash is of an unknown kind: is the feature `bcrypt`, `scrypt` or `pbkdf2` missing?")]
    UnknownScheme,
    /// It does not read as a hash of its kind.
    #[error("the stored hash is malformed")]
    Malformed,
    /// It asks for more memory or work than any honest hash.
    #[error("the stored hash asks for an absurd amount of memory or work")]
    Absurd,
}

/// A stored hash that reads well and may be computed.
#[derive(Debug)]
pub(crate) enum Stored {
    Argon2(argon2::Stored),
    #[cfg(feature = "bcrypt")]
    Bcrypt(bcrypt::Stored),
    #[cfg(feature = "scrypt")]
    Scrypt(scrypt::Stored),
    #[cfg(feature = "pbkdf2")]
    Pbkdf2(pbkdf2::Stored),
}

impl Stored {
    /// Reads a hash, and computes nothing.
    pub(crate) fn read(hash: &str) -> Result<Self, Unusable> {
        if hash.len() > LONGEST {
            return Err(Unusable::Absurd);
        }
        let scheme = hash.split('$').nth(1).unwrap_or_default();
        match scheme {
            "argon2id" | "argon2i" | "argon2d" => argon2::Stored::read(hash).map(Self::Argon2),
            #[cfg(feature = "bcrypt")]
            "2a" | "2b" | "2y" => bcrypt::Stored::read(hash).map(Self::Bcrypt),
            #[cfg(feature = "scrypt")]
            "scrypt" => scrypt::Stored::read(hash).map(Self::Scrypt),
            #[cfg(feature = "pbkdf2")]
            "pbkdf2-sha256" => pbkdf2::Stored::read(hash).map(Self::Pbkdf2),
            _ => Err(Unusable::UnknownScheme),
        }
    }

    pub(crate) fn cost(&self) -> Cost {
        match self {
            Self::Argon2(stored) => Cost::Argon2(stored.cost()),
            #[cfg(feature = "bcrypt")]
            Self::Bcrypt(stored) => Cost::Bcrypt(stored.cost()),
            #[cfg(feature = "scrypt")]
            Self::Scrypt(stored) => Cost::Scrypt(stored.cost()),
            #[cfg(feature = "pbkdf2")]
            Self::Pbkdf2(stored) => Cost::Pbkdf2(stored.cost()),
        }
    }

    /// Whether a hash made now would be a better one.
    pub(crate) fn is_weaker_than(&self, current: Argon2Cost) -> bool {
        match self {
            Self::Argon2(stored) => stored.is_weaker_than(current),
            #[cfg(any(feature = "bcrypt", feature = "scrypt", feature = "pbkdf2"))]
            _ => true,
        }
    }

    /// Whether this password can have made the hash, before anything is computed.
    pub(crate) fn can_hold(&self, password: &[u8]) -> bool {
        match self {
            #[cfg(feature = "bcrypt")]
            Self::Bcrypt(_) => bcrypt::can_hold(password),
            _ => {
                let _ = password;
                true
            }
        }
    }

    /// Whether the hash depends on the whole password.
    pub(crate) fn covers(&self, password: &[u8]) -> bool {
        match self {
            #[cfg(feature = "bcrypt")]
            Self::Bcrypt(_) => bcrypt::covers(password),
            _ => {
                let _ = password;
                true
            }
        }
    }

    /// Computes the hash of this password and compares, in constant time.
    pub(crate) fn matches(&self, password: &[u8], memory: &mut Memory) -> bool {
        match self {
            Self::Argon2(stored) => stored.matches(password, memory),
            #[cfg(feature = "bcrypt")]
            Self::Bcrypt(stored) => stored.matches(password),
            #[cfg(feature = "scrypt")]
            Self::Scrypt(stored) => stored.matches(password),
            #[cfg(feature = "pbkdf2")]
            Self::Pbkdf2(stored) => stored.matches(password),
        }
    }
}

/// What it costs to compute a hash. Work is counted in units of its scheme, which take equally long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cost {
    Argon2(Argon2Cost),
    #[cfg(feature = "bcrypt")]
    Bcrypt(bcrypt::Cost),
    #[cfg(feature = "scrypt")]
    Scrypt(scrypt::Cost),
    #[cfg(feature = "pbkdf2")]
    Pbkdf2(pbkdf2::Cost),
}

impl Cost {
    pub(crate) fn units(self) -> u64 {
        match self {
            Self::Argon2(cost) => cost.units(),
            #[cfg(feature = "bcrypt")]
            Self::Bcrypt(cost) => cost.units(),
            #[cfg(feature = "scrypt")]
            Self::Scrypt(cost) => cost.units(),
            #[cfg(feature = "pbkdf2")]
            Self::Pbkdf2(cost) => cost.units(),
        }
    }

    pub(crate) fn is_of_the_scheme_of(self, other: Self) -> bool {
        std::mem::discriminant(&self) == std::mem::discriminant(&other)
    }

    /// Whether hashes of this scheme come from another system, which hashed what was typed as it was typed.
    pub(crate) fn is_legacy(self) -> bool {
        !matches!(self, Self::Argon2(_))
    }

    /// Does this much work for nothing, in the shape that a hash of this cost has.
    pub(crate) fn spend(self, units: u64, password: &[u8], memory: &mut Memory) {
        match self {
            Self::Argon2(cost) => cost.spend(units, password, memory),
            #[cfg(feature = "bcrypt")]
            Self::Bcrypt(_) => bcrypt::spend(units, password),
            #[cfg(feature = "scrypt")]
            Self::Scrypt(cost) => cost.spend(units, password),
            #[cfg(feature = "pbkdf2")]
            Self::Pbkdf2(_) => pbkdf2::spend(units, password),
        }
    }
}
