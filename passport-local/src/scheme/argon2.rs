//! Argon2 (RFC 9106), in all its variants and versions.

use argon2::{Algorithm, Argon2, Params, Version};

use super::{Memory, Unusable, phc::Phc};

/// The most memory that a hash may ask for, in KiB: 256 MiB.
const MOST_MEMORY: u32 = 256 * 1024;
/// The most that it may write in all its passes, in KiB: 1 GiB, half a second or so.
const MOST_WORK: u64 = 1024 * 1024;
/// The most lanes that it may have. They are computed one after the other.
const MOST_LANES: u32 = 16;

/// What an Argon2 hash costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cost {
    pub(crate) memory_kib: u32,
    pub(crate) passes: u32,
    pub(crate) lanes: u32,
}

impl Cost {
    /// Refuses what the RFC does not allow (section 3.1), and what is absurd.
    pub(crate) fn checked(self) -> Result<Self, Unusable> {
        if self.lanes > MOST_LANES || self.memory_kib > MOST_MEMORY || self.units() > MOST_WORK {
            return Err(Unusable::Absurd);
        }
        if self.lanes < 1 || self.passes < 1 || self.memory_kib < 8 * self.lanes {
            return Err(Unusable::Malformed);
        }
        Ok(self)
    }

    /// One unit is one KiB written.
    pub(super) fn units(self) -> u64 {
        u64::from(self.memory_kib) * u64::from(self.passes)
    }

    pub(super) fn spend(self, units: u64, password: &[u8], buffer: &mut Memory) {
        let memory = u64::from(self.memory_kib);
        let (passes, rest) = (units / memory, units % memory);
        let mut once = |memory_kib: u64, passes: u64, lanes: u32| {
            let (Ok(memory_kib), Ok(passes)) = (memory_kib.try_into(), passes.try_into()) else { return };
            let _ = compute(Self { memory_kib, passes, lanes }, password, &[0; 16], &mut [0; 32], buffer);
        };
        if passes > 0 {
            once(memory, passes, self.lanes);
        }
        if rest >= 8 {
            once(rest, 1, 1);
        }
    }

    fn params(self, output_len: usize) -> Option<Params> {
        Params::new(self.memory_kib, self.passes, self.lanes, Some(output_len)).ok()
    }
}

/// Computes an Argon2id hash of version 1.3. False if that is not possible.
pub(crate) fn compute(
    cost: Cost,
    password: &[u8],
    salt: &[u8],
    output: &mut [u8],
    memory: &mut Memory,
) -> bool {
    run((Algorithm::Argon2id, Version::V0x13), cost, password, salt, output, memory)
}

fn run(
    (algorithm, version): (Algorithm, Version),
    cost: Cost,
    password: &[u8],
    salt: &[u8],
    output: &mut [u8],
    memory: &mut Memory,
) -> bool {
    let Some(params) = cost.params(output.len()) else { return false };
    let blocks = memory.blocks(params.block_count());
    Argon2::new(algorithm, version, params)
        .hash_password_into_with_memory(password, salt, output, blocks)
        .is_ok()
}

/// A stored Argon2 hash.
#[derive(Debug)]
pub(crate) struct Stored {
    algorithm: Algorithm,
    version: Version,
    cost: Cost,
    phc: Phc<3>,
}

impl Stored {
    pub(super) fn read(hash: &str) -> Result<Self, Unusable> {
        let phc = Phc::read(hash, ["m", "t", "p"])?;
        let algorithm = hash.split('$').nth(1).unwrap_or_default();
        let algorithm = Algorithm::new(algorithm).map_err(|_| Unusable::UnknownScheme)?;
        // Version 1.0 wrote no version at all.
        let version =
            phc.version.map_or(Ok(Version::V0x10), Version::try_from).map_err(|_| Unusable::Malformed)?;
        let [memory_kib, passes, lanes] = phc.numbers;
        let cost = Cost { memory_kib, passes, lanes }.checked()?;
        Ok(Self { algorithm, version, cost, phc })
    }

    pub(super) fn cost(&self) -> Cost {
        self.cost
    }

    /// Less memory or less work than a hash made now, or an older kind. More is never taken back.
    pub(super) fn is_weaker_than(&self, current: Cost) -> bool {
        self.algorithm != Algorithm::Argon2id
            || self.version != Version::V0x13
            || self.cost.memory_kib < current.memory_kib
            || self.cost.units() < current.units()
            || self.phc.output.len() < 16
    }

    pub(super) fn matches(&self, password: &[u8], memory: &mut Memory) -> bool {
        let variant = (self.algorithm, self.version);
        self.phc.matches(|salt, output| run(variant, self.cost, password, salt, output, memory))
    }
}
