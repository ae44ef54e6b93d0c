//! A sentence for the visitor's next page, shown once.

use std::borrow::Cow;

use http::Uri;
use serde_core::{Deserialize, Serialize, Serializer, ser::SerializeStruct};

/// The parameter that carries a failure's code in an address.
pub(crate) const ERROR: &str = "error";
/// The parameter that carries a success's code in an address.
pub(crate) const MESSAGE: &str = "message";

/// A sentence for the visitor, with a code that stands for it where there is no session to keep it.
///
/// A visitor without a session gets the code in the address (`/?error=wrong`), never the words: otherwise
/// anybody could make a link that lets this site say something. Name the message as a constant, and give it
/// both to the guard and to the page.
///
/// # Examples
///
/// ```
/// use passport_core::Message;
///
/// const WRONG: Message = Message::new("wrong", "Wrong username or password.");
/// let uri = "/?error=wrong".parse().unwrap();
/// assert_eq!(Message::of_query(&uri, &[WRONG]).unwrap().text(), "Wrong username or password.");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    code: Cow<'static, str>,
    text: Cow<'static, str>,
}

impl Message {
    /// A message and its code: letters, digits, `-` and `_`.
    pub const fn new(code: &'static str, text: &'static str) -> Self {
        Self { code: Cow::Borrowed(code), text: Cow::Borrowed(text) }
    }

    /// A message with words of the moment, for visitors with a session.
    pub fn of_text(code: &'static str, text: impl Into<Cow<'static, str>>) -> Self {
        Self { code: Cow::Borrowed(code), text: text.into() }
    }

    /// Its code.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// Its words. They are not escaped.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The one of these messages whose code an address carries.
    pub fn of_query(uri: &Uri, known: &[Self]) -> Option<Self> {
        let query = uri.query()?;
        form_urlencoded::parse(query.as_bytes())
            .filter(|(name, _)| name == ERROR || name == MESSAGE)
            .find_map(|(_, code)| known.iter().find(|message| message.code == code).cloned())
    }
}

impl Serialize for Message {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut out = to.serialize_struct("Message", 2)?;
        out.serialize_field("code", &self.code)?;
        out.serialize_field("text", &self.text)?;
        out.end()
    }
}

impl<'de> Deserialize<'de> for Message {
    fn deserialize<D: serde_core::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let mut members = std::collections::BTreeMap::<String, String>::deserialize(from)?;
        let mut take = |name: &'static str| {
            members.remove(name).map(Cow::Owned).ok_or_else(|| serde_core::de::Error::missing_field(name))
        };
        Ok(Self { code: take("code")?, text: take("text")? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WRONG: Message = Message::new("wrong", "Wrong username or password.");

    #[test]
    fn an_address_can_only_pick_from_the_sites_own_words() {
        let of = |uri: &str| Message::of_query(&uri.parse().unwrap(), &[WRONG]);
        assert_eq!(of("/?error=wrong"), Some(WRONG));
        assert_eq!(of("/?a=b&message=wrong&error=x"), Some(WRONG));
        assert_eq!(of("/?error=Call+0900+now"), None);
        assert_eq!(of("/"), None);
    }

    #[test]
    fn a_message_reads_back() {
        let text = serde_json::to_string(&WRONG).unwrap();
        assert_eq!(serde_json::from_str::<Message>(&text).unwrap(), WRONG);
    }
}
