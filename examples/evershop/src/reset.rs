//! A new password for somebody who has forgotten the old one.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::{Router, extract::State, routing::post};
use passport_axum::Buffered;
use passport_core::{Error, Passport, PassportExt, Timestamp};
use passport_local::{ClientKey, Password};
use serde::Deserialize;
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::{
    Customer, Table,
    answer::{Answer, ApiError, data},
    body,
    registration::hashed,
};

/// How long a token is good: 48 hours.
const LIFETIME: Duration = Duration::from_secs(48 * 3_600);

/// Sends an email: the address, then the token. It should queue it, and not wait.
pub(crate) type Mailer = Arc<dyn Fn(&str, &str) + Send + Sync>;

/// The tokens that were mailed.
#[derive(Clone)]
pub(crate) struct Resets {
    customers: Table<Customer>,
    shop: Passport<Customer>,
    mailer: Mailer,
    rows: Arc<Mutex<Rows>>,
}

/// By SHA-256 of the token: whoever reads the table cannot use it.
type Rows = HashMap<[u8; 32], Reset>;

struct Reset {
    id: u64,
    /// The customer's as it was then. A token from before a customer was disabled is worth nothing.
    epoch: u64,
    until: Timestamp,
}

impl Resets {
    pub(crate) fn new(customers: Table<Customer>, shop: Passport<Customer>, mailer: Mailer) -> Self {
        Self { customers, shop, mailer, rows: Arc::default() }
    }

    pub(crate) fn routes(self) -> Router {
        Router::new()
            .route("/customers/reset-password", post(reset_password))
            .route("/customers/password", post(update_password))
            .with_state(self)
    }

    fn rows(&self) -> MutexGuard<'_, Rows> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_live(&self, hash: &[u8; 32]) -> bool {
        self.rows().get(hash).is_some_and(|reset| self.shop.clock().now() < reset.until)
    }
}

/// `resetPassword`: says the same whether or not somebody has this email.
async fn reset_password(State(resets): State<Resets>, Buffered(req): Buffered) -> Answer {
    #[derive(Deserialize)]
    struct Forgotten {
        email: String,
    }
    let Forgotten { email } = body::json(&req, "Email is required")?;
    req.auth::<Customer>()?.refuse_foreign("password reset")?;
    let token = token()?;
    let hash: [u8; 32] = Sha256::digest(&token).into();
    if let Some(customer) = resets.customers.with_email(&email).filter(|customer| customer.person.active) {
        let now = resets.shop.clock().now();
        let (id, epoch) = (customer.person.id, customer.person.epoch);
        let mut rows = resets.rows();
        // One for each customer, the latest.
        rows.retain(|_, reset| reset.id != id && now < reset.until);
        rows.insert(hash, Reset { id, epoch, until: now.plus(LIFETIME) });
        drop(rows);
        (resets.mailer)(&customer.person.email, &token);
    }
    Ok(data(json!({})))
}

/// `updatePassword`: once for each token, and all that the customer was logged in to ends.
async fn update_password(State(resets): State<Resets>, Buffered(req): Buffered) -> Answer {
    #[derive(Deserialize)]
    struct Update {
        token: String,
        password: Password,
    }
    let Update { token, password } = body::json(&req, "Token and password are required")?;
    let auth = req.auth::<Customer>()?;
    auth.refuse_foreign("new password")?;
    let hash: [u8; 32] = Sha256::digest(&token).into();
    if !resets.is_live(&hash) {
        return Err(invalid());
    }
    let client = auth.session().client().address().map(ClientKey::from).unwrap_or_default();
    // Before the token is used up: a server that is too busy to hash leaves it good.
    let password = hashed(password, &client).await?;
    let Reset { id, epoch, .. } = resets.rows().remove(&hash).ok_or_else(invalid)?;
    // The new fingerprint ends every session and family when it is next seen, also if the store cannot be reached now.
    resets.customers.set_hash(id, epoch, password).ok_or_else(invalid)?;
    resets.shop.end_sessions(&id).await?;
    Ok(data(json!({})))
}

fn invalid() -> ApiError {
    ApiError::bad_request("Token is invalid or expired")
}

/// 64 random bytes, in hexadecimal digits.
fn token() -> Result<String, Error> {
    let mut random = [0; 64];
    getrandom::fill(&mut random).map_err(|error| Error::User(error.into()))?;
    Ok(random.iter().fold(String::with_capacity(128), |mut text, byte| {
        use fmt::Write;
        // A string takes all that is written to it.
        let _ = write!(text, "{byte:02x}");
        text
    }))
}
