//! Hashes in the PHC string format, read without trusting any of it.

use argon2::password_hash::phc::{Output, PasswordHash, Salt};

use super::Unusable;

/// A hash in the PHC format whose parameters are exactly the wanted ones.
#[derive(Debug)]
pub(super) struct Phc<const N: usize> {
    pub(super) version: Option<u32>,
    pub(super) numbers: [u32; N],
    pub(super) salt: Salt,
    pub(super) output: Output,
}

impl<const N: usize> Phc<N> {
    /// Reads a hash with parameters of these names, each a number and each given once.
    pub(super) fn read(hash: &str, names: [&str; N]) -> Result<Self, Unusable> {
        let parsed = PasswordHash::new(hash).map_err(|_| Unusable::Malformed)?;
        let mut numbers = [None; N];
        for (name, value) in parsed.params.iter() {
            let index =
                names.iter().position(|wanted| *wanted == name.as_str()).ok_or(Unusable::Malformed)?;
            // A number beyond 32 bits is as absurd as one just below.
            let number = value.as_str().parse().map_err(|_| Unusable::Absurd)?;
            if numbers[index].replace(number).is_some() {
                return Err(Unusable::Malformed);
            }
        }
        if numbers.contains(&None) {
            return Err(Unusable::Malformed);
        }
        let (Some(salt), Some(output)) = (parsed.salt, parsed.hash) else { return Err(Unusable::Malformed) };
        Ok(Self { version: parsed.version, numbers: numbers.map(Option::unwrap_or_default), salt, output })
    }

    /// Computes a hash as long as the stored one, and compares in constant time.
    pub(super) fn matches(&self, compute: impl FnOnce(&[u8], &mut [u8]) -> bool) -> bool {
        let mut buffer = [0; Output::MAX_LENGTH];
        let Some(computed) = buffer.get_mut(..self.output.len()) else { return false };
        compute(&self.salt, computed) && Output::new(computed).is_ok_and(|computed| computed == self.output)
    }
}
