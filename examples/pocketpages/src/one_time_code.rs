//! `requestOTP` and `signInWithOTP`: eight digits, by mail, for three minutes.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::{
    Form,
    body::Bytes,
    extract::State,
    http::{Request, StatusCode},
    response::Redirect,
};
use passport_axum::{Auth, Error};
use passport_core::{
    BoxError, Clock, Error as PassportError, Failure, Outcome, Strategy, Timestamp, async_trait,
};
use passport_local::{Credentials, Fields};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::{
    App, User,
    collection::{Collection, Users},
    outbox::Mail,
    register::address,
    said::{CODE, SENT},
};

/// How long a code works, and how long wrong ones count.
const LIFE: Duration = Duration::from_secs(180);
/// How many may be tried for one address in that time, whatever the number of codes.
const TRIES: u8 = 5;
const DIGITS: usize = 8;
/// How many codes are kept at most: strangers ask for them.
const MOST: usize = 1_000;

/// The codes that were sent and not used. Of each its hash alone.
pub(crate) struct Codes {
    clock: Arc<dyn Clock>,
    /// Without it, a hash of eight digits would be as good as the digits.
    key: [u8; 32],
    sent: Mutex<Sent>,
}

#[derive(Default)]
struct Sent {
    codes: HashMap<String, Code>,
    tries: HashMap<String, (u8, Timestamp)>,
}

struct Code {
    email: String,
    hash: [u8; 32],
    until: Timestamp,
}

impl Codes {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Result<Self, PassportError> {
        let mut key = [0; 32];
        getrandom::fill(&mut key).map_err(|error| PassportError::User(error.into()))?;
        Ok(Self { clock, key, sent: Mutex::default() })
    }

    /// A new code for this address, and the id that it goes by.
    fn make(&self, email: &str) -> Result<(String, String), BoxError> {
        let (id, code) = (id()?, digits(DIGITS)?);
        let now = self.clock.now();
        let row = Code { email: email.to_owned(), hash: self.hash(&id, &code), until: now.plus(LIFE) };
        let mut sent = self.lock();
        sent.codes.retain(|_, code| now < code.until);
        sent.tries.retain(|_, (_, until)| now < *until);
        if sent.codes.len() >= MOST {
            let oldest = sent.codes.iter().min_by_key(|(_, code)| code.until).map(|(id, _)| id.clone());
            oldest.and_then(|id| sent.codes.remove(&id));
        }
        sent.codes.insert(id.clone(), row);
        Ok((id, code))
    }

    /// Whose code this is. It works once.
    fn redeem(&self, id: &str, code: &str) -> Option<String> {
        let now = self.clock.now();
        let hash = self.hash(id, code);
        let mut sent = self.lock();
        let row = sent.codes.get(id).filter(|row| now < row.until)?;
        let (email, right) = (row.email.clone(), bool::from(row.hash.ct_eq(&hash)));
        let tries = sent.tries.entry(email.clone()).or_insert((0, now.plus(LIFE)));
        if tries.1 <= now {
            *tries = (0, now.plus(LIFE));
        }
        if tries.0 >= TRIES {
            return None;
        }
        tries.0 += 1;
        if !right {
            return None;
        }
        sent.codes.remove(id);
        sent.tries.remove(&email);
        Some(email)
    }

    fn hash(&self, id: &str, code: &str) -> [u8; 32] {
        let hash = Sha256::new().chain_update(self.key).chain_update(id).chain_update([0]);
        hash.chain_update(code).finalize().into()
    }

    fn lock(&self) -> MutexGuard<'_, Sent> {
        self.sent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// `signInWithOTP(otpId, code)`.
pub(crate) struct OneTimeCode {
    codes: Arc<Codes>,
    users: Collection<Users>,
}

impl OneTimeCode {
    pub(crate) fn new(codes: Arc<Codes>, users: Collection<Users>) -> Self {
        Self { codes, users }
    }
}

#[async_trait]
impl Strategy for OneTimeCode {
    type User = User;

    async fn authenticate(&self, req: &Request<Bytes>) -> Result<Outcome<User>, BoxError> {
        // Like a password: read from the body only, never shown, wiped.
        let typed = match Credentials::from_request(req, &Fields::new("otpId", "code")?) {
            Ok(typed) => typed,
            Err(failure) => return Ok(failure.into()),
        };
        let wrong = Failure::new(CODE.text().to_owned()).status(StatusCode::BAD_REQUEST);
        let Some(email) = self.codes.redeem(&typed.username, typed.password.expose_str().trim()) else {
            return Ok(wrong.into());
        };
        // Only now is there a record for an address that had none: asking for codes makes none.
        Ok(self.users.verified(&email).map_or_else(|_| wrong.into(), Outcome::success))
    }
}

#[derive(Deserialize)]
pub(crate) struct Ask {
    email: String,
}

/// `POST /code`: the same answer for every address, whether somebody has it or not.
pub(crate) async fn ask(
    auth: Auth<User>,
    State(app): State<App>,
    Form(form): Form<Ask>,
) -> Result<Redirect, Error> {
    auth.refuse_foreign("code")?;
    let id = match address(&form.email) {
        Some(email) => {
            let (id, code) = app.codes.make(&email).map_err(PassportError::User)?;
            app.outbox.send(Mail { to: email, code });
            id
        }
        None => id().map_err(PassportError::User)?,
    };
    Ok(Redirect::to(&format!("/login?otpId={id}&message={}", SENT.code())))
}

/// The id in a form that asks for a code, if it looks like one: for the way back to that form.
pub(crate) fn id_of(req: &Request<Bytes>) -> Option<String> {
    of_pairs(req.body())
}

/// The same, of an address.
pub(crate) fn of_pairs(encoded: &[u8]) -> Option<String> {
    let (_, id) = form_urlencoded::parse(encoded).find(|(name, _)| name == "otpId")?;
    (id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit())).then(|| id.into_owned())
}

fn id() -> Result<String, BoxError> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)?;
    Ok(format!("{:032x}", u128::from_be_bytes(bytes)))
}

/// So many random digits.
pub(crate) fn digits(count: usize) -> Result<String, BoxError> {
    let mut text = String::with_capacity(count);
    while text.len() < count {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes)?;
        // Beyond 250 some digits would come more often than others.
        let fair = bytes.iter().filter(|byte| **byte < 250).map(|byte| char::from(b'0' + byte % 10));
        text.extend(fair.take(count - text.len()));
    }
    Ok(text)
}
