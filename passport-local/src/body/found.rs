//! What was found in a body, and whether it is enough.

use http::StatusCode;
use passport_core::Failure;

use crate::{Credentials, Fields, Password, fields::Slot};

/// A field's value.
pub(super) enum Value {
    Text(String),
    Flag(bool),
    /// An array, a number, null or an object.
    Other,
}

/// The fields found so far.
#[derive(Default)]
pub(crate) struct Found {
    username: Option<String>,
    password: Option<Password>,
    remember: Option<bool>,
    wrong: Option<Wrong>,
}

/// The first thing that was wrong with a field.
struct Wrong {
    slot: Slot,
    how: &'static str,
}

impl Found {
    pub(super) fn put(&mut self, slot: Slot, value: Value) {
        let taken = match slot {
            Slot::Username => self.username.is_some(),
            Slot::Password => self.password.is_some(),
            Slot::Remember => self.remember.is_some(),
        };
        if taken {
            return self.note(slot, "is given twice");
        }
        match (slot, value) {
            (Slot::Username, Value::Text(text)) => self.username = Some(text),
            (Slot::Password, Value::Text(text)) => self.password = Some(Password::new(text)),
            (Slot::Remember, Value::Text(text)) => self.remember = Some(asks(&text)),
            (Slot::Remember, Value::Flag(flag)) => self.remember = Some(flag),
            (slot, _) => self.note(slot, "is not a text"),
        }
    }

    fn note(&mut self, slot: Slot, how: &'static str) {
        self.wrong.get_or_insert(Wrong { slot, how });
    }

    pub(crate) fn into_credentials(self, fields: &Fields) -> Result<Credentials, Failure> {
        if let Some(Wrong { slot, how }) = self.wrong {
            return Err(named(fields, slot, how));
        }
        let Some(username) = self.username.filter(|username| !username.is_empty()) else {
            return Err(named(fields, Slot::Username, "is missing"));
        };
        let Some(password) = self.password.filter(|password| !password.is_empty()) else {
            return Err(named(fields, Slot::Password, "is missing"));
        };
        Ok(Credentials { username, password, remember: self.remember.unwrap_or_default() })
    }
}

/// Whether a form's value asks for it: whatever a checkbox sends does.
fn asks(text: &str) -> bool {
    !["", "0", "false", "no", "off"].iter().any(|no| text.eq_ignore_ascii_case(no))
}

fn named(fields: &Fields, slot: Slot, how: &str) -> Failure {
    Failure::new(format!("The field `{}` {how}.", fields.name(slot))).status(StatusCode::BAD_REQUEST)
}
