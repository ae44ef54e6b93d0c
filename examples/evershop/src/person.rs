//! What customers and administrators have in common.

use std::time::SystemTime;

use passport_core::BoxError;

/// What both tables have as columns; the password's hash is in neither's rows, so no answer can show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Names the person for ever, to this server.
    pub id: u64,
    /// Names the person for ever, to the outside.
    pub uuid: String,
    /// What the person logs in with.
    pub email: String,
    /// What the person is called.
    pub full_name: String,
    /// Whether the person may log in: `status = 1`.
    pub active: bool,
    /// RFC 3339.
    pub created_at: String,
    /// RFC 3339.
    pub updated_at: String,
    /// Raised by whatever must end all of the person's sessions and tokens: a new password, a disabled account.
    pub epoch: u64,
}

impl Person {
    /// Somebody new.
    pub(crate) fn new(id: u64, email: &str, full_name: &str) -> Result<Self, BoxError> {
        let now = now();
        Ok(Self {
            id,
            uuid: uuid()?,
            email: email.to_owned(),
            full_name: full_name.to_owned(),
            active: true,
            created_at: now.clone(),
            updated_at: now,
            epoch: 0,
        })
    }

    /// Notes a change after which nothing of this person that was issued before may be good.
    pub(crate) fn changed(&mut self) {
        self.epoch += 1;
        self.updated_at = now();
    }
}

fn now() -> String {
    humantime::format_rfc3339_millis(SystemTime::now()).to_string()
}

/// A random UUID (RFC 9562, section 5.4).
fn uuid() -> Result<String, BoxError> {
    let mut random = [0; 16];
    getrandom::fill(&mut random)?;
    let number = u128::from_be_bytes(random) & !(0xf << 76) & !(0x3 << 62) | (0x4 << 76) | (0x2 << 62);
    let hex = format!("{number:032x}");
    Ok(format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uuid_says_that_it_is_random() {
        for _ in 0..100 {
            let uuid = uuid().unwrap();
            assert_eq!(uuid.len(), 36);
            assert_eq!(&uuid[14..15], "4");
            assert!(matches!(&uuid[19..20], "8" | "9" | "a" | "b"), "{uuid}");
        }
    }
}
