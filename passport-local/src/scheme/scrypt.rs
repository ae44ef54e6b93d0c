//! scrypt (RFC 7914), in the PHC format.

use ::scrypt::{Params, scrypt};

use super::{Unusable, phc::Phc};

/// The most memory that a hash may ask for, in bytes: 256 MiB.
const MOST_MEMORY: u64 = 256 * 1024 * 1024;
/// The most work: eight times what OWASP recommends.
const MOST_WORK: u64 = 1 << 23;

/// What a scrypt hash costs: the logarithm of N, r and p.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cost {
    log_n: u8,
    r: u32,
    p: u32,
}

impl Cost {
    fn checked(log_n: u32, r: u32, p: u32) -> Result<Self, Unusable> {
        if log_n > 32 || r > 1024 || p > 1024 {
            return Err(Unusable::Absurd);
        }
        let cost = Self { log_n: u8::try_from(log_n).map_err(|_| Unusable::Absurd)?, r, p };
        if cost.of_one() * 128 > MOST_MEMORY || cost.units() > MOST_WORK {
            return Err(Unusable::Absurd);
        }
        if log_n < 1 || r < 1 || p < 1 {
            return Err(Unusable::Malformed);
        }
        Ok(cost)
    }

    /// The work of one of the `p` rounds.
    fn of_one(self) -> u64 {
        u64::from(self.r) << self.log_n
    }

    /// One unit is one block of 128 bytes, written and read once.
    pub(super) fn units(self) -> u64 {
        self.of_one() * u64::from(self.p)
    }

    /// As many whole rounds as fit, then smaller ones.
    pub(super) fn spend(self, mut units: u64, password: &[u8]) {
        for log_n in (1..=self.log_n).rev() {
            let of_one = Self { log_n, ..self }.of_one();
            if let (Ok(p @ 1..), false) = (u32::try_from(units / of_one), units < of_one) {
                compute(Self { log_n, p, ..self }, password, &[0; 16], &mut [0; 32]);
                units %= of_one;
            }
        }
    }
}

fn compute(Cost { log_n, r, p }: Cost, password: &[u8], salt: &[u8], output: &mut [u8]) -> bool {
    Params::new(log_n, r, p).is_ok_and(|params| scrypt(password, salt, &params, output).is_ok())
}

/// A stored scrypt hash.
#[derive(Debug)]
pub(crate) struct Stored {
    cost: Cost,
    phc: Phc<3>,
}

impl Stored {
    pub(super) fn read(hash: &str) -> Result<Self, Unusable> {
        let phc = Phc::read(hash, ["ln", "r", "p"])?;
        let [log_n, r, p] = phc.numbers;
        Ok(Self { cost: Cost::checked(log_n, r, p)?, phc })
    }

    pub(super) fn cost(&self) -> Cost {
        self.cost
    }

    pub(super) fn matches(&self, password: &[u8]) -> bool {
        self.phc.matches(|salt, output| compute(self.cost, password, salt, output))
    }
}
