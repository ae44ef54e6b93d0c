use std::{fmt, str};

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};

use super::form::{check_read, check_refusal, read, two_texts};

/// A body in JSON.
///
/// - A body that is accepted is text (RFC 8259, section 8.1) and one object in which each field was there once, as
///   a string: nothing before or behind the application can see somebody else in the same bytes.
/// - What is refused is refused with a 400 or a 413, in words that hold nothing of the body.
/// - Whatever two texts are sent are read back as they were.
pub fn json(data: &[u8]) {
    match read("application/json", data) {
        Ok(credentials) => {
            let text = str::from_utf8(data).expect("what is accepted is UTF-8");
            let Members(members) = serde_json::from_str(text).expect("what is accepted is one object");
            let given = |field: &str| {
                members.iter().filter(|(name, _)| name == field).map(|(_, value)| value).collect::<Vec<_>>()
            };
            assert_eq!(given("username"), [&Member::Text(credentials.username.clone())]);
            assert_eq!(given("password"), [&Member::Text(credentials.password.expose_str().to_owned())]);
            match given("stay")[..] {
                [] => assert!(!credentials.remember),
                [Member::Flag(flag)] => assert_eq!(credentials.remember, *flag),
                [Member::Text(_)] => {}
                _ => panic!("it was given once, as what it may be"),
            }
        }
        Err(failure) => check_refusal(&failure, data.len()),
    }
    let Some((username, password)) = two_texts(data) else { return };
    let body = serde_json::json!({ "other": [username], "username": username, "password": password });
    check_read("application/json", &body.to_string(), username, password);
}

/// The members of an object, in the order in which they come.
struct Members(Vec<(String, Member)>);

#[derive(Debug, PartialEq)]
enum Member {
    Text(String),
    Flag(bool),
    Other,
}

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(name) = map.next_key::<String>()? {
                    let member = match name.as_str() {
                        "username" | "password" | "stay" => map.next_value()?,
                        _ => map.next_value::<IgnoredAny>().map(|_| Member::Other)?,
                    };
                    members.push((name, member));
                }
                Ok(Members(members))
            }
        }
        from.deserialize_map(Object)
    }
}

impl<'de> Deserialize<'de> for Member {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Ok(match serde_json::Value::deserialize(from)? {
            serde_json::Value::String(text) => Self::Text(text),
            serde_json::Value::Bool(flag) => Self::Flag(flag),
            _ => Self::Other,
        })
    }
}
