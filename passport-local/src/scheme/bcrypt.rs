//! bcrypt, as PHP, Ruby, Node and Python have written it for twenty years.

use super::Unusable;

/// The highest cost that is computed: 65,536 rounds of key setup, a few seconds.
const MOST: u32 = 16;
/// The lowest cost there is.
const LEAST: u32 = 4;
/// What bcrypt sees of a password, in bytes.
const SEEN: usize = 72;

/// The logarithm of the rounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cost(u32);

impl Cost {
    /// One unit is one round of key setup.
    pub(super) fn units(self) -> u64 {
        1 << self.0
    }
}

/// Any number of rounds is a sum of powers of two.
pub(super) fn spend(units: u64, password: &[u8]) {
    for cost in LEAST..=MOST + 2 {
        if units >> cost & 1 == 1 {
            let _ = bcrypt::hash_with_salt(password, cost, [0; 16]);
        }
    }
}

/// A zero byte ends a password in C and repeats it elsewhere (`a` and `a\0a` have one bcrypt hash): no
/// password with one matches.
pub(super) fn can_hold(password: &[u8]) -> bool {
    !password.contains(&0)
}

/// Beyond 72 bytes anything matches: what was typed there may be wrong, and must not become the password.
pub(super) fn covers(password: &[u8]) -> bool {
    password.len() <= SEEN
}

/// A stored bcrypt hash.
#[derive(Debug)]
pub(crate) struct Stored {
    cost: Cost,
    hash: String,
}

impl Stored {
    pub(super) fn read(hash: &str) -> Result<Self, Unusable> {
        let cost = hash.split('$').nth(2).unwrap_or_default();
        if cost.len() != 2 || !cost.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(Unusable::Malformed);
        }
        let cost: u32 = cost.parse().map_err(|_| Unusable::Malformed)?;
        if cost > MOST {
            return Err(Unusable::Absurd);
        }
        if cost < LEAST || hash.parse::<bcrypt::HashParts>().is_err() {
            return Err(Unusable::Malformed);
        }
        Ok(Self { cost: Cost(cost), hash: hash.to_owned() })
    }

    pub(super) fn cost(&self) -> Cost {
        self.cost
    }

    pub(super) fn matches(&self, password: &[u8]) -> bool {
        bcrypt::verify(password, &self.hash).unwrap_or(false)
    }
}
