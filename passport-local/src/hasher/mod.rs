//! Hashing and checking passwords, off the threads that answer requests.

#[cfg(test)]
mod tests;

use std::{fmt, sync::Arc};

use passport_core::Error;

use crate::{
    Argon2id, ClientKey, Gate, HashError, Password, Unusable,
    effort::{Effort, Engine, Processor},
    scheme::{Cost, Memory, Stored},
};

/// Makes and checks password hashes, behind a [`Gate`]. A clone is the same hasher.
///
/// New hashes are [`Argon2id`]. Checked are all variants of Argon2, and with the features of these names
/// bcrypt (`$2a$`, `$2b$`, `$2y$`), scrypt (`$scrypt$`) and PBKDF2 (`$pbkdf2-sha256$`, also as passlib writes
/// it).
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use passport_local::{ClientKey, Hasher, Password};
///
/// let (hasher, client) = (Hasher::new(), ClientKey::unknown());
/// let hash = hasher.hash(Password::new("correct horse"), &client).await?;
/// let checked = hasher.check(Password::new("wrong horse"), Some(&hash), &client).await?;
/// assert!(!checked.is_right());
/// # Ok(()) }
/// ```
///
/// # Security
///
/// **A failure takes equally long, whatever its cause.** It costs one Argon2id hash as configured and one
/// hash of every other kind met so far, as costly as the costliest of them; what the check itself has
/// computed counts towards that. So wrong passwords, unknown names, disabled users and hashes of whatever
/// kind cannot be told apart, and a site that has no legacy hashes pays nothing for those that it could have.
/// What remains: a right password is faster, but says so anyway; and the first check of a costlier hash since
/// the process began stands out, unless [`Hasher::expect`] told of it before.
///
/// **Memory** stays within the gate's permits times the memory of one hash: 19 MiB, unless you configure more
/// or have stored hashes that take more, of which 256 MiB is the most.
///
/// **Absurd hashes** are refused and not computed: Argon2 beyond 256 MiB, 16 lanes or 1 GiB over all passes,
/// bcrypt beyond cost 16, scrypt beyond 256 MiB or eight times OWASP's work, PBKDF2 beyond ten million
/// iterations, anything beyond 512 bytes.
#[derive(Clone)]
pub struct Hasher {
    argon2id: Argon2id,
    gate: Gate,
    effort: Arc<Effort>,
    engine: Arc<dyn Engine>,
}

/// What a check found out.
#[derive(Debug, PartialEq, Eq)]
#[must_use]
#[non_exhaustive]
pub enum Checked {
    /// The password is right.
    Right {
        /// A better hash of it, to be stored in place of one that is weaker than a new one would be.
        upgrade: Option<String>,
    },
    /// The password is wrong, too long, or there is no hash to compare it with.
    Wrong,
    /// The stored hash cannot be computed. To the visitor this is no different from a wrong password.
    Unusable(Unusable),
}

impl Checked {
    /// Whether the password is right.
    pub fn is_right(&self) -> bool {
        matches!(self, Self::Right { .. })
    }
}

impl Hasher {
    /// Hashes as OWASP recommends, behind the gate of this process.
    pub fn new() -> Self {
        Self::with(Argon2id::default(), Gate::process())
    }

    /// Hashes with these parameters, behind this gate.
    pub fn with(argon2id: Argon2id, gate: Gate) -> Self {
        let effort = Effort::new(Cost::Argon2(argon2id.cost()));
        Self { argon2id, gate, effort: Arc::new(effort), engine: Arc::new(Processor) }
    }

    /// Tells at start of a stored hash, such as the costliest of a legacy kind: failures cost as much from
    /// the first on.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] if such a hash would be refused, or its feature is not enabled.
    pub fn expect(self, example: &str) -> Result<Self, Error> {
        let stored = Stored::read(example).map_err(|unusable| Error::Config(unusable.to_string().into()))?;
        self.effort.raise(stored.cost());
        Ok(self)
    }

    /// The gate that it hashes behind.
    pub fn gate(&self) -> &Gate {
        &self.gate
    }

    /// Hashes a new password, normalized to NFC, with a random salt, into a PHC string.
    ///
    /// # Errors
    ///
    /// [`HashError::Empty`] and [`HashError::TooLong`] for passwords that nobody could log in with,
    /// [`HashError::Busy`] if the gate's queue is full.
    pub async fn hash(&self, password: Password, client: &ClientKey) -> Result<String, HashError> {
        if password.is_too_long() {
            return Err(HashError::TooLong);
        }
        let argon2id = self.argon2id;
        self.gate.run(client, move || argon2id.hash(&password)).await?
    }

    /// Checks a password against a stored hash. `None`, for somebody who has none or does not exist, is
    /// always wrong.
    ///
    /// A password beyond [`Password::MAX_LEN`] is wrong at once, without any hashing, for every hash and for
    /// none.
    ///
    /// # Errors
    ///
    /// [`HashError::Busy`] if the gate's queue is full.
    pub async fn check(
        &self,
        password: Password,
        stored: Option<&str>,
        client: &ClientKey,
    ) -> Result<Checked, HashError> {
        if password.is_too_long() {
            return Ok(Checked::Wrong);
        }
        let (hasher, stored) = (self.clone(), stored.map(str::to_owned));
        self.gate.run(client, move || hasher.judge(&password, stored.as_deref())).await
    }

    fn judge(&self, password: &Password, stored: Option<&str>) -> Checked {
        let stored = stored.map(Stored::read).transpose();
        let usable = stored.as_ref().ok().and_then(Option::as_ref);
        let mut memory = Memory::default();
        let right = self.effort.check(&*self.engine, password, usable, &mut memory);
        match (stored, right) {
            (Err(unusable), _) => Checked::Unusable(unusable),
            (Ok(Some(stored)), true) => {
                Checked::Right { upgrade: self.upgrade(password, &stored, &mut memory) }
            }
            _ => Checked::Wrong,
        }
    }

    fn upgrade(&self, password: &Password, stored: &Stored, memory: &mut Memory) -> Option<String> {
        let normalized = password.normalized();
        let covered = [normalized.as_bytes(), password.expose_bytes()].map(|form| stored.covers(form));
        if !stored.is_weaker_than(self.argon2id.cost()) || covered.contains(&false) {
            return None;
        }
        match self.argon2id.hash_normalized(&normalized, memory) {
            Ok(hash) => Some(hash),
            Err(error) => {
                tracing::warn!(%error, "a password hash could not be upgraded");
                None
            }
        }
    }
}

impl Default for Hasher {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Hasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hasher")
            .field("argon2id", &self.argon2id)
            .field("gate", &self.gate)
            .finish_non_exhaustive()
    }
}
