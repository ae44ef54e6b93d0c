//! Making tokens as a stranger would, and as somebody with a key would.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

/// A part of a token.
pub(crate) fn part(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// What a part says.
pub(crate) fn read(token: &str, at: usize) -> Value {
    let part = token.split('.').nth(at).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

/// A token with this header and these claims, signed by HMAC with this secret.
pub(crate) fn signed(header: &str, claims: &Value, secret: &[u8]) -> String {
    signed_text(header, &claims.to_string(), secret)
}

/// The same of claims that are no JSON, or of an odd kind.
pub(crate) fn signed_text(header: &str, claims: &str, secret: &[u8]) -> String {
    let signed = format!("{}.{}", part(header), part(claims));
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).unwrap();
    mac.update(signed.as_bytes());
    format!("{signed}.{}", part(mac.finalize().into_bytes()))
}

/// The header of the shop's access tokens.
pub(crate) fn header() -> String {
    json!({ "alg": "HS256", "typ": "at+jwt", "kid": "a1" }).to_string()
}

/// The token with other claims, signed again by somebody who has the secret.
pub(crate) fn with_claim(token: &str, name: &str, value: Value, secret: &[u8]) -> String {
    let mut claims = read(token, 1);
    match value {
        Value::Null => drop(claims.as_object_mut().unwrap().remove(name)),
        value => claims[name] = value,
    }
    signed(&read(token, 0).to_string(), &claims, secret)
}
