//! The compact form of a signed token (RFC 7515, section 3.1): three parts in base64url, and nothing else of it.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use zeroize::Zeroizing;

use crate::{Key, Keys};

/// The longest token that is looked at, in bytes. Those that are made here have less than 1 KiB.
pub(crate) const LIMIT: usize = 4 * 1024;

/// Everything that a header may hold: `jwk`, `jku`, `x5u`, `crit` and whatever else leads to other keys or other rules is
/// refused, and so is a member that is there twice.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Header<'a> {
    alg: &'a str,
    typ: &'a str,
    kid: &'a str,
}

/// A token in its parts; nothing of it is true yet.
pub(crate) struct Unverified<'a> {
    header: Vec<u8>,
    /// What is signed: the first two parts as they came.
    signed: &'a [u8],
    payload: Vec<u8>,
    signature: Vec<u8>,
}

impl<'a> Unverified<'a> {
    /// Takes a token apart. `None`: it is none.
    pub(crate) fn parse(token: &'a str) -> Option<Self> {
        if token.len() > LIMIT {
            return None;
        }
        let (signed, signature) = token.rsplit_once('.')?;
        let (header, payload) = signed.split_once('.')?;
        // A fourth part would be in the payload, where no alphabet has a point.
        Some(Self {
            header: URL_SAFE_NO_PAD.decode(header).ok()?,
            signed: signed.as_bytes(),
            payload: URL_SAFE_NO_PAD.decode(payload).ok()?,
            signature: URL_SAFE_NO_PAD.decode(signature).ok()?,
        })
    }

    /// What the token claims, by nobody's word: to see whether it is meant for somebody else.
    pub(crate) fn peek<T: DeserializeOwned>(&self) -> Option<T> {
        object(&self.payload)
    }

    /// What the token claims, if one of these keys has signed it, by its own algorithm, as a token of this type (RFC 8725,
    /// sections 3.1 and 3.11).
    pub(crate) fn verify<T: DeserializeOwned>(&self, keys: &Keys, typ: &str) -> Option<T> {
        let header: Header<'_> = object(&self.header)?;
        let key = keys.named(header.kid)?;
        if header.alg != key.alg() || header.typ != typ || !key.verifies(self.signed, &self.signature) {
            return None;
        }
        self.peek()
    }
}

/// Reads a JSON object. Of a list, serde would take the values for members in their order.
fn object<'a, T: Deserialize<'a>>(json: &'a [u8]) -> Option<T> {
    serde_json::from_slice(json).ok().filter(|_| json.first() == Some(&b'{'))
}

/// Signs claims. `None` if the key cannot, which whoever made the rules has checked.
pub(crate) fn sign(key: &Key, typ: &str, claims: &impl Serialize) -> Option<Zeroizing<String>> {
    let header = serde_json::to_vec(&Header { alg: key.alg(), typ, kid: key.kid() }).ok()?;
    let claims = serde_json::to_vec(claims).ok()?;
    let mut token = Zeroizing::new(String::with_capacity(LIMIT));
    URL_SAFE_NO_PAD.encode_string(header, &mut token);
    token.push('.');
    URL_SAFE_NO_PAD.encode_string(claims, &mut token);
    let signature = key.sign(token.as_bytes())?;
    token.push('.');
    URL_SAFE_NO_PAD.encode_string(signature, &mut token);
    (token.len() <= LIMIT).then_some(token)
}
