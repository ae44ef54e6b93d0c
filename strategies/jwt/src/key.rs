//! One key: its name, its one algorithm, and its secret.

use std::fmt;

#[cfg(feature = "eddsa")]
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use hmac::{Hmac, KeyInit, Mac};
use passport_core::Error;
use sha2::Sha256;
use zeroize::Zeroizing;

/// The shortest secret for HMAC with SHA-256, in bytes: as long as the hash (RFC 7518, section 3.2).
const SECRET_LEN: usize = 32;
/// The longest name of a key, in bytes.
const KID_LIMIT: usize = 64;

/// A key that signs tokens, or checks them, or both, by one algorithm.
///
/// The algorithm belongs to the key. What a token says of it is compared, and never followed (RFC 8725, section 3.1).
pub struct Key {
    kid: Box<str>,
    material: Material,
}

enum Material {
    Hs256(Zeroizing<Vec<u8>>),
    #[cfg(feature = "eddsa")]
    Ed25519(Box<SigningKey>),
    #[cfg(feature = "eddsa")]
    Ed25519Public(VerifyingKey),
}

impl Key {
    /// A secret for HMAC with SHA-256 (`HS256`). `kid` is the key's name, which each token carries so that keys can be
    /// changed: a date will do.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] if the secret has less than 32 bytes, or the name is empty, longer than 64 bytes, or not of letters,
    /// digits, `-`, `_` and `.`.
    ///
    /// # Security
    ///
    /// Bytes from a random number generator, not a sentence: whoever has one token can try secrets as fast as a machine
    /// hashes.
    pub fn hs256(kid: &str, secret: impl AsRef<[u8]>) -> Result<Self, Error> {
        let secret = secret.as_ref();
        if secret.len() < SECRET_LEN {
            return Err(Error::Config(
                format!(
                    "the secret of the key `{kid}` has {} bytes: HS256 needs at least {SECRET_LEN} random ones, as from \
                     `openssl rand -base64 48`",
                    secret.len()
                )
                .into(),
            ));
        }
        Self::new(kid, Material::Hs256(Zeroizing::new(secret.to_vec())))
    }

    /// A random secret, for development: tokens end with the process.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] for the name, and if the system has no random numbers.
    pub fn random(kid: &str) -> Result<Self, Error> {
        let mut secret = Zeroizing::new(vec![0; SECRET_LEN]);
        getrandom::fill(&mut secret).map_err(|error| {
            Error::Config(format!("there are no random numbers for a key: {error}").into())
        })?;
        Self::new(kid, Material::Hs256(secret))
    }

    /// An Ed25519 key that signs and checks (`EdDSA`, RFC 8037): 32 random bytes.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] for the name, as in [`hs256`](Self::hs256).
    #[cfg(feature = "eddsa")]
    pub fn ed25519(kid: &str, seed: &[u8; 32]) -> Result<Self, Error> {
        Self::new(kid, Material::Ed25519(Box::new(SigningKey::from_bytes(seed))))
    }

    /// The public half of an Ed25519 key: it checks tokens and cannot make any.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] for the name, and for bytes that are no such key.
    #[cfg(feature = "eddsa")]
    pub fn ed25519_public(kid: &str, public: &[u8; 32]) -> Result<Self, Error> {
        let key = VerifyingKey::from_bytes(public).ok().filter(|key| !key.is_weak());
        let key = key.ok_or_else(|| {
            Error::Config(format!("the public key `{kid}` is no point that Ed25519 signs with").into())
        })?;
        Self::new(kid, Material::Ed25519Public(key))
    }

    fn new(kid: &str, material: Material) -> Result<Self, Error> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        if kid.is_empty() || kid.len() > KID_LIMIT || !kid.bytes().all(plain) {
            return Err(Error::Config(
                format!(
                    "a key's name has 1 to {KID_LIMIT} letters, digits, `-`, `_` and `.`, as in `2026-11`: {kid:?} is none"
                )
                .into(),
            ));
        }
        Ok(Self { kid: kid.into(), material })
    }

    /// Its name.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// Its algorithm, as tokens name it (RFC 7518, section 3.1).
    pub(crate) fn alg(&self) -> &'static str {
        match self.material {
            Material::Hs256(_) => "HS256",
            #[cfg(feature = "eddsa")]
            Material::Ed25519(_) | Material::Ed25519Public(_) => "EdDSA",
        }
    }

    /// Whether it can sign.
    pub(crate) fn signs(&self) -> bool {
        match self.material {
            Material::Hs256(_) => true,
            #[cfg(feature = "eddsa")]
            Material::Ed25519(_) => true,
            #[cfg(feature = "eddsa")]
            Material::Ed25519Public(_) => false,
        }
    }

    /// The signature of these bytes; `None` if this key cannot make any.
    pub(crate) fn sign(&self, bytes: &[u8]) -> Option<Vec<u8>> {
        match &self.material {
            Material::Hs256(secret) => Some(mac(secret, bytes)?.finalize().into_bytes().to_vec()),
            #[cfg(feature = "eddsa")]
            Material::Ed25519(key) => Some(key.sign(bytes).to_bytes().to_vec()),
            #[cfg(feature = "eddsa")]
            Material::Ed25519Public(_) => None,
        }
    }

    /// Whether this is the signature of these bytes.
    pub(crate) fn verifies(&self, bytes: &[u8], signature: &[u8]) -> bool {
        match &self.material {
            // The whole MAC, in constant time.
            Material::Hs256(secret) => {
                mac(secret, bytes).is_some_and(|mac| mac.verify_slice(signature).is_ok())
            }
            #[cfg(feature = "eddsa")]
            Material::Ed25519(key) => is_signed(&key.verifying_key(), bytes, signature),
            #[cfg(feature = "eddsa")]
            Material::Ed25519Public(key) => is_signed(key, bytes, signature),
        }
    }

    /// Whether the other key would accept what this one signs.
    pub(crate) fn is_as(&self, other: &Self) -> bool {
        match (&self.material, &other.material) {
            (Material::Hs256(one), Material::Hs256(other)) => one == other,
            #[cfg(feature = "eddsa")]
            (one, other) => match (one.public(), other.public()) {
                (Some(one), Some(other)) => one == other,
                _ => false,
            },
        }
    }
}

#[cfg(feature = "eddsa")]
impl Material {
    fn public(&self) -> Option<VerifyingKey> {
        match self {
            Self::Hs256(_) => None,
            Self::Ed25519(key) => Some(key.verifying_key()),
            Self::Ed25519Public(key) => Some(*key),
        }
    }
}

/// HMAC takes keys of any length, so there always is one.
fn mac(secret: &[u8], bytes: &[u8]) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).ok()?;
    mac.update(bytes);
    Some(mac)
}

#[cfg(feature = "eddsa")]
fn is_signed(key: &VerifyingKey, bytes: &[u8], signature: &[u8]) -> bool {
    Signature::from_slice(signature).is_ok_and(|signature| key.verify_strict(bytes, &signature).is_ok())
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Key").field("kid", &self.kid).field("alg", &self.alg()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

    use super::*;

    fn bytes(text: &str) -> Vec<u8> {
        URL_SAFE_NO_PAD.decode(text).unwrap()
    }

    #[test]
    fn hs256_is_that_of_rfc_7515() {
        // Appendix A.1.
        let secret = "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow";
        let signed = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6\
                      Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
        let signature = bytes("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
        let key = Key::hs256("a", bytes(secret)).unwrap();
        assert_eq!(key.sign(signed.as_bytes()).unwrap(), signature);
        assert!(key.verifies(signed.as_bytes(), &signature));
        assert!(!key.verifies(signed.as_bytes(), &signature[..31]), "the whole of it");
        assert!(!key.verifies(b"", &signature));
    }

    #[cfg(feature = "eddsa")]
    #[test]
    fn eddsa_is_that_of_rfc_8037() {
        // Appendix A.
        let seed = bytes("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A");
        let public = bytes("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
        let signed = b"eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
        let signature =
            bytes("hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg");
        let key = Key::ed25519("e", seed.as_slice().try_into().unwrap()).unwrap();
        assert_eq!(key.sign(signed).unwrap(), signature);
        let public = Key::ed25519_public("e", public.as_slice().try_into().unwrap()).unwrap();
        assert!(public.verifies(signed, &signature));
        assert!(!public.verifies(signed, &signature[..63]));
        assert_eq!(public.sign(signed), None);
    }
}
