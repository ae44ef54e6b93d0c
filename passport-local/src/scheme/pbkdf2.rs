//! PBKDF2 with HMAC-SHA-256 (RFC 8018, section 5.2), in the PHC format and in passlib's.

use std::borrow::Cow;

use ::pbkdf2::{Algorithm, Params, Pbkdf2, pbkdf2_hmac};
use sha2::Sha256;

use super::{Unusable, phc::Phc};

/// The most iterations that are computed, some seconds' worth.
const MOST: u32 = 10_000_000;
/// What one run of the iterations yields, in bytes. A longer hash takes another run.
const BLOCK: usize = 32;

/// Iterations, over all blocks of the output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cost(u32);

impl Cost {
    /// One unit is one iteration.
    pub(super) fn units(self) -> u64 {
        self.0.into()
    }
}

pub(super) fn spend(units: u64, password: &[u8]) {
    if let Ok(iterations @ 1..) = u32::try_from(units) {
        compute(iterations, password, &[0; 16], &mut [0; BLOCK]);
    }
}

fn compute(iterations: u32, password: &[u8], salt: &[u8], output: &mut [u8]) {
    match Params::new(iterations) {
        // Compiled in the crate of that name, so that a development build can optimise it.
        Ok(params) => Pbkdf2::new(Algorithm::Pbkdf2Sha256, params).hash_password_into(password, salt, output),
        // Fewer than the type allows.
        Err(_) => pbkdf2_hmac::<Sha256>(password, salt, iterations, output),
    }
}

/// A stored PBKDF2 hash.
#[derive(Debug)]
pub(crate) struct Stored {
    iterations: u32,
    phc: Phc<2>,
}

impl Stored {
    pub(super) fn read(hash: &str) -> Result<Self, Unusable> {
        let phc = Phc::read(&in_phc_format(hash), ["i", "l"])?;
        let [iterations, length] = phc.numbers;
        if iterations > MOST {
            return Err(Unusable::Absurd);
        }
        if iterations < 1 || usize::try_from(length) != Ok(phc.output.len()) {
            return Err(Unusable::Malformed);
        }
        Ok(Self { iterations, phc })
    }

    pub(super) fn cost(&self) -> Cost {
        let blocks = if self.phc.output.len() > BLOCK { 2 } else { 1 };
        Cost(self.iterations * blocks)
    }

    pub(super) fn matches(&self, password: &[u8]) -> bool {
        self.phc.matches(|salt, output| {
            compute(self.iterations, password, salt, output);
            true
        })
    }
}

/// passlib writes the iterations without a name and `.` for `+`; and the length may be left out.
fn in_phc_format(hash: &str) -> Cow<'_, str> {
    let parts: Vec<&str> = hash.split('$').collect();
    let &["", scheme, iterations, salt, output] = parts.as_slice() else { return Cow::Borrowed(hash) };
    let (iterations, salt, output) = match iterations.strip_prefix("i=") {
        Some(named) if !named.contains(',') => (named, salt.to_owned(), output.to_owned()),
        Some(_) => return Cow::Borrowed(hash),
        None => (iterations, salt.replace('.', "+"), output.replace('.', "+")),
    };
    // Three bytes in four characters, without padding.
    let length = output.len() * 3 / 4;
    Cow::Owned(format!("${scheme}$i={iterations},l={length}${salt}${output}"))
}
