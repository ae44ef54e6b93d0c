//! What the environment asks for.

use std::{env::VarError, fmt};

/// How an example is to run, as the environment says it.
#[derive(Debug, PartialEq, Eq)]
pub struct Settings {
    /// Where to listen: `ADDR`, a host and a port; `127.0.0.1:3000` unless set. Port 0 picks a free one.
    pub addr: String,
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
    /// Reads the settings of this process.
    ///
    /// # Errors
    ///
    /// [`BadSetting`] for a value that means nothing, and for a session store that is not built in.
    pub fn from_env() -> Result<Self, BadSetting> {
        Self::read(std::env::var)
    }

    fn read(variable: impl Fn(&'static str) -> Result<String, VarError>) -> Result<Self, BadSetting> {
        let value = |name, default: &str| match variable(name) {
            Ok(value) => Ok(value),
            Err(VarError::NotPresent) => Ok(default.to_owned()),
            Err(VarError::NotUnicode(_)) => Err(BadSetting(format!("{name} is not UTF-8"))),
        };
        has_store(&value("SESSIONS", "memory")?)?;
        Ok(Self { addr: value("ADDR", "127.0.0.1:3000")?, cookies: cookies(&value("COOKIES", "dev")?)? })
    }
}

/// The value itself is never repeated: a database's address may hold its password.
fn has_store(sessions: &str) -> Result<(), BadSetting> {
    let Some((scheme, _)) = sessions.split_once(':') else {
        return match sessions {
            "memory" => Ok(()),
            _ => Err(BadSetting("SESSIONS names no session store: this build has `memory`".to_owned())),
        };
    };
    Err(BadSetting(match scheme {
        "sqlite" | "redis" | "postgres" => {
            format!("SESSIONS asks for a `{scheme}` store, which this build does not have: it has `memory`")
        }
        _ => format!("SESSIONS has the unknown scheme {scheme:?}: this build has `memory`"),
    }))
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
        Settings::read(variable).map_err(|error| error.to_string())
    }

    #[test]
    fn nothing_set_is_memory_on_port_3000_with_the_development_cookie() {
        let default = Settings { addr: "127.0.0.1:3000".to_owned(), cookies: Cookies::Dev };
        assert_eq!(read(&[]), Ok(default));
    }

    #[test]
    fn what_is_set_is_taken() {
        let set = [("ADDR", "[::1]:0"), ("SESSIONS", "memory"), ("COOKIES", "secure")];
        assert_eq!(read(&set), Ok(Settings { addr: "[::1]:0".to_owned(), cookies: Cookies::Secure }));
    }

    #[test]
    fn a_store_that_is_not_built_in_is_refused_by_its_name() {
        for (sessions, name) in [
            ("sqlite:a.db", "`sqlite`"),
            ("redis://h", "`redis`"),
            ("postgres://h/db", "`postgres`"),
            ("ldap://h", "unknown scheme \"ldap\""),
        ] {
            assert!(read(&[("SESSIONS", sessions)]).unwrap_err().contains(name), "{sessions}");
        }
        assert!(read(&[("SESSIONS", "")]).unwrap_err().contains("no session store"));
        assert!(read(&[("SESSIONS", "memory:")]).is_err());
    }

    #[test]
    fn the_password_of_a_database_is_not_repeated() {
        for sessions in ["postgres://user:hunter2@host/db", "unknown://user:hunter2@host", "hunter2"] {
            assert!(!read(&[("SESSIONS", sessions)]).unwrap_err().contains("hunter2"), "{sessions}");
        }
    }

    #[test]
    fn another_word_for_cookies_is_refused() {
        assert_eq!(read(&[("COOKIES", "none")]).unwrap_err(), "COOKIES is \"none\": it is `dev` or `secure`");
    }
}
