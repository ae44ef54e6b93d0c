//! How new passwords are hashed.

use argon2::password_hash::phc::{Ident, Output, ParamsString, PasswordHash, Salt};
use passport_core::Error;
use zeroize::Zeroizing;

use crate::{
    HashError, Password,
    scheme::{Argon2Cost, Memory, argon2_compute},
};

/// The length of a hash, in bytes.
const OUTPUT_LEN: usize = 32;

/// Argon2id (RFC 9106), version 1.3, with its three parameters.
///
/// The default is what OWASP recommends: 19 MiB of memory, two passes, one lane.
///
/// # Examples
///
/// ```
/// use passport_local::Argon2id;
///
/// let stronger = Argon2id::new(64 * 1024, 3, 1)?;
/// # Ok::<_, passport_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Argon2id(Argon2Cost);

impl Argon2id {
    /// Sets the memory in KiB, the passes over it, and the lanes, which are computed one after the other.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] if the RFC does not allow it (at least one pass, one lane, 8 KiB for each lane), or if
    /// it would be refused in a stored hash: beyond 256 MiB, 16 lanes, or 1 GiB over all passes.
    pub fn new(memory_kib: u32, passes: u32, lanes: u32) -> Result<Self, Error> {
        let cost = Argon2Cost { memory_kib, passes, lanes };
        match cost.checked() {
            Ok(cost) => Ok(Self(cost)),
            Err(_) => Err(Error::Config(
                format!(
                    "Argon2id cannot have m={memory_kib} KiB, t={passes}, p={lanes}: it takes at least one pass, \
                     one lane and 8 KiB for each lane, and at most 256 MiB, 16 lanes and 1 GiB over all passes"
                )
                .into(),
            )),
        }
    }

    /// Hashes a new password, with a random salt, into a PHC string. Takes tens of milliseconds: for seeds
    /// and command lines; in a server use [`Hasher::hash`](crate::Hasher::hash).
    ///
    /// # Errors
    ///
    /// [`HashError::Empty`] and [`HashError::TooLong`], because nobody could log in with it.
    pub fn hash(&self, password: &Password) -> Result<String, HashError> {
        if password.is_empty() {
            return Err(HashError::Empty);
        }
        if password.is_too_long() {
            return Err(HashError::TooLong);
        }
        self.hash_normalized(&password.normalized(), &mut Memory::default())
    }

    pub(crate) fn hash_normalized(self, password: &str, memory: &mut Memory) -> Result<String, HashError> {
        let mut output = Zeroizing::new([0; OUTPUT_LEN]);
        let mut salt = [0; Salt::RECOMMENDED_LENGTH];
        getrandom::fill(&mut salt).map_err(|error| HashError::Failed(error.into()))?;
        if !argon2_compute(self.0, password.as_bytes(), &salt, &mut *output, memory) {
            return Err(HashError::Failed("Argon2id could not be computed".into()));
        }
        self.phc(&salt, &*output).map_err(|error| HashError::Failed(error.into()))
    }

    fn phc(self, salt: &[u8], output: &[u8]) -> Result<String, argon2::password_hash::phc::Error> {
        let mut params = ParamsString::new();
        params.add_decimal("m", self.0.memory_kib)?;
        params.add_decimal("t", self.0.passes)?;
        params.add_decimal("p", self.0.lanes)?;
        let hash = PasswordHash {
            algorithm: Ident::new("argon2id")?,
            version: Some(0x13),
            params,
            salt: Some(Salt::new(salt)?),
            hash: Some(Output::new(output)?),
        };
        Ok(hash.to_string())
    }

    pub(crate) fn cost(self) -> Argon2Cost {
        self.0
    }
}

impl Default for Argon2id {
    fn default() -> Self {
        Self(Argon2Cost { memory_kib: 19 * 1024, passes: 2, lanes: 1 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_is_nineteen_mebibytes_two_passes_one_lane() {
        let hash = Argon2id::default().hash(&Password::new("secret")).unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
    }

    #[test]
    fn two_hashes_of_one_password_differ() {
        let cheap = Argon2id::new(8, 1, 1).unwrap();
        let hash = || cheap.hash(&Password::new("secret")).unwrap();
        assert_ne!(hash(), hash());
    }

    #[test]
    fn parameters_that_cannot_work_are_refused_with_their_numbers() {
        for (m, t, p) in
            [(0, 2, 1), (19456, 0, 1), (19456, 2, 0), (15, 1, 2), (300_000, 1, 1), (262_144, 5, 1)]
        {
            let error = Argon2id::new(m, t, p).unwrap_err().to_string();
            assert!(error.contains(&format!("m={m} KiB, t={t}, p={p}")), "{error}");
        }
    }

    #[test]
    fn a_password_nobody_could_log_in_with_is_not_hashed() {
        let hash = |typed: String| Argon2id::default().hash(&Password::new(typed)).unwrap_err();
        assert!(matches!(hash(String::new()), HashError::Empty));
        assert!(matches!(hash("x".repeat(1025)), HashError::TooLong));
    }
}
