//! Records for those who test a store.

use std::time::Duration;

use super::{Change, Changes, Handle, Kind, NewLogin, Record};
use crate::{Client, Error, Timestamp};

impl Record {
    /// A record with these logins (realm and key, as JSON) and this data, as a test of a store needs it:
    /// the logins were made at `at`, and no timeout of theirs ever comes.
    ///
    /// # Errors
    ///
    /// [`Error::TooLarge`] if it would hold more than a record may.
    pub fn sample(
        handle: Handle,
        at: Timestamp,
        logins: &[(&'static str, &str)],
        data: &[(&str, &[u8])],
    ) -> Result<Self, Error> {
        let mut changes = Changes::default();
        for (key, value) in data {
            changes.set(Change { kind: Kind::Data, key: (*key).into(), value: Some((*value).into()) });
        }
        let mut record = Self::empty(handle).with(&changes)?;
        for (realm, key) in logins {
            record = record.with_sample_login(at, realm, key)?;
        }
        Ok(record)
    }

    /// The same with one more such login, which was made at a time of its own.
    ///
    /// # Errors
    ///
    /// [`Error::TooLarge`] if it would hold more than a record may.
    pub fn with_sample_login(&self, at: Timestamp, realm: &'static str, key: &str) -> Result<Self, Error> {
        let login = NewLogin {
            realm,
            strategy: "sample",
            at,
            until: Timestamp::NEVER,
            idle: Duration::MAX,
            remembered: false,
            fingerprint: [0; 16],
            key: key.as_bytes().to_vec(),
        };
        self.with_login(&login, &Client::new(), &Changes::default(), &Changes::default())
    }
}
