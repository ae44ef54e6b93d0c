//! Which fields of a body hold the credentials.

use std::borrow::Cow;

use passport_core::Error;

/// The names of the fields that hold the credentials: `username` and `password`, unless told otherwise.
///
/// # Examples
///
/// ```
/// use passport_local::Fields;
///
/// let fields = Fields::new("email", "secret")?.remember("stay")?;
/// # Ok::<_, passport_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fields {
    username: Cow<'static, str>,
    password: Cow<'static, str>,
    remember: Option<Cow<'static, str>>,
}

/// What a field is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Slot {
    Username,
    Password,
    Remember,
}

impl Fields {
    /// Names the fields for the username and the password.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] if a name is empty or both are the same.
    pub fn new(
        username: impl Into<Cow<'static, str>>,
        password: impl Into<Cow<'static, str>>,
    ) -> Result<Self, Error> {
        Self::default().renamed(username.into(), password.into())
    }

    /// Names the field, usually a checkbox, that asks for the login to be remembered.
    ///
    /// In a form it asks unless its value is empty, `0`, `false`, `no` or `off`; in JSON it is a boolean or
    /// such a text. The field may be missing.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] if the name is empty or another field's.
    pub fn remember(mut self, field: impl Into<Cow<'static, str>>) -> Result<Self, Error> {
        self.remember = Some(field.into());
        self.checked()
    }

    /// Other names for the username and the password; that of the third field stays.
    pub(crate) fn renamed(
        self,
        username: Cow<'static, str>,
        password: Cow<'static, str>,
    ) -> Result<Self, Error> {
        Self { username, password, ..self }.checked()
    }

    fn checked(self) -> Result<Self, Error> {
        let names: Vec<&str> = [Some(&self.username), Some(&self.password), self.remember.as_ref()]
            .into_iter()
            .flatten()
            .map(AsRef::as_ref)
            .collect();
        if names.iter().any(|name| name.is_empty()) {
            return Err(Error::Config(
                "a field of the login form has an empty name: give it the `name` that its `<input>` has"
                    .into(),
            ));
        }
        for (index, name) in names.iter().enumerate() {
            if names.iter().skip(index + 1).any(|other| other == name) {
                return Err(Error::Config(
                    format!("two fields of the login form are named `{name}`: give each a name of its own")
                        .into(),
                ));
            }
        }
        Ok(self)
    }

    /// What the field of this name is for, if it is one of ours.
    pub(crate) fn slot(&self, name: &str) -> Option<Slot> {
        if name == self.username {
            Some(Slot::Username)
        } else if name == self.password {
            Some(Slot::Password)
        } else if self.remember.as_ref().is_some_and(|remember| name == remember) {
            Some(Slot::Remember)
        } else {
            None
        }
    }

    pub(crate) fn name(&self, slot: Slot) -> &str {
        match slot {
            Slot::Username => &self.username,
            Slot::Password => &self.password,
            Slot::Remember => self.remember.as_deref().unwrap_or_default(),
        }
    }
}

impl Default for Fields {
    fn default() -> Self {
        Self { username: Cow::Borrowed("username"), password: Cow::Borrowed("password"), remember: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_without_a_name_is_refused() {
        let error = Fields::new("", "password").unwrap_err();
        assert!(error.to_string().contains("empty name"), "{error}");
    }

    #[test]
    fn two_fields_with_one_name_are_refused() {
        let error = Fields::new("login", "login").unwrap_err();
        assert!(error.to_string().contains("`login`"), "{error}");
        assert!(Fields::default().remember("password").is_err());
    }
}
