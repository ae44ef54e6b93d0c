//! Bodies in JSON: one object, whose members may be given once.

use std::fmt;

use serde::{
    Deserializer,
    de::{IgnoredAny, MapAccess, Visitor},
};

use super::found::{Found, Value};
use crate::Fields;

/// Reads an object. `None` if the body is no JSON (RFC 8259) or no object.
///
/// That it is UTF-8 (section 8.1) is looked at first: serde never looks into the texts of members that nobody asks for.
pub(crate) fn json(body: &[u8], fields: &Fields) -> Option<Found> {
    let mut deserializer = serde_json::Deserializer::from_str(std::str::from_utf8(body).ok()?);
    let found = deserializer.deserialize_map(Members(fields)).ok()?;
    deserializer.end().ok()?;
    Some(found)
}

/// Visits the members one by one: a map would keep only the last of two with one name.
struct Members<'a>(&'a Fields);

impl<'de> Visitor<'de> for Members<'_> {
    type Value = Found;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Found, A::Error> {
        let mut found = Found::default();
        while let Some(name) = members.next_key::<String>()? {
            let Some(slot) = self.0.slot(&name) else {
                members.next_value::<IgnoredAny>()?;
                continue;
            };
            found.put(
                slot,
                match members.next_value::<serde_json::Value>()? {
                    serde_json::Value::String(text) => Value::Text(text),
                    serde_json::Value::Bool(flag) => Value::Flag(flag),
                    _ => Value::Other,
                },
            );
        }
        Ok(found)
    }
}
