//! What the environment asks for.

use std::{env::VarError, fmt};

use crate::Store;

/// How an example is to run, as the environment says it.
#[derive(Debug, PartialEq, Eq)]
pub struct Settings {
    /// Where to listen: `ADDR`, a host and a port; `127.0.0.1:3000` unless set. Port 0 picks a free one.
    pub addr: String,
    /// Where sessions live: `SESSIONS`; `memory` unless set, or unless the example says otherwise.
    pub sessions: Store,
    /// Which cookie: `COOKIES`.
    pub cookies: Cookies,
}

/// Which cookie holds the session id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cookies {
    /// `dev`, the default: `session`, over plain http, which is what these programs speak.
    Dev,
    /// `secure`: `__Host-session` with `Secure`, for a proxy in front that speaks https.
    Secure,
}

impl Settings {
    /// Reads the settings of this process; `sessions` is what `SESSIONS` is unless it is set.
    ///
    /// # Errors
    ///
    /// [`BadSetting`] for a value that means nothing.
    pub fn from_env(sessions: &str) -> Result<Self, BadSetting> {
        Self::read(sessions, std::env::var)
    }

    fn read(
        sessions: &str,
        variable: impl Fn(&'static str) -> Result<String, VarError>,
    ) -> Result<Self, BadSetting> {
        let value = |name, default: &str| match variable(name) {
            Ok(value) => Ok(value),
            Err(VarError::NotPresent) => Ok(default.to_owned()),
            Err(VarError::NotUnicode(_)) => Err(BadSetting(format!("{name} is not UTF-8"))),
        };
        Ok(Self {
            addr: value("ADDR", "127.0.0.1:3000")?,
            sessions: Store::parse(&value("SESSIONS", sessions)?)?,
            cookies: cookies(&value("COOKIES", "dev")?)?,
        })
    }
}

fn cookies(value: &str) -> Result<Cookies, BadSetting> {
    match value {
        "dev" => Ok(Cookies::Dev),
        "secure" => Ok(Cookies::Secure),
        _ => Err(BadSetting(format!("COOKIES is {value:?}: it is `dev` or `secure`"))),
    }
}

/// A setting that means nothing here; its sentence says which and what would.
#[derive(Debug, PartialEq, Eq)]
pub struct BadSetting(String);

impl BadSetting {
    pub(crate) fn new(sentence: String) -> Self {
        Self(sentence)
    }
}

impl fmt::Display for BadSetting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for BadSetting {}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(set: &[(&str, &str)]) -> Result<Settings, String> {
        let variable = |name| {
            let found = set.iter().find(|(own, _)| *own == name);
            found.map(|(_, value)| (*value).to_owned()).ok_or(VarError::NotPresent)
        };
        Settings::read("memory", variable).map_err(|error| error.to_string())
    }

    #[test]
    fn nothing_set_is_memory_on_port_3000_with_the_development_cookie() {
        let default =
            Settings { addr: "127.0.0.1:3000".to_owned(), sessions: Store::Memory, cookies: Cookies::Dev };
        assert_eq!(read(&[]), Ok(default));
    }

    #[test]
    fn what_is_set_is_taken() {
        let set = [("ADDR", "[::1]:0"), ("SESSIONS", "memory"), ("COOKIES", "secure")];
        let taken =
            Settings { addr: "[::1]:0".to_owned(), sessions: Store::Memory, cookies: Cookies::Secure };
        assert_eq!(read(&set), Ok(taken));
    }

    #[test]
    fn another_word_for_cookies_is_refused() {
        assert_eq!(read(&[("COOKIES", "none")]).unwrap_err(), "COOKIES is \"none\": it is `dev` or `secure`");
    }
}
