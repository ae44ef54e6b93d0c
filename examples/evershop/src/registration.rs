//! New customers.

use axum::extract::State;
use passport_axum::Buffered;
use passport_core::{Error, PassportExt};
use passport_local::{ClientKey, HashError, Hasher, Password};
use serde::Deserialize;

use crate::{
    Customer, Row,
    answer::{Answer, ApiError, data},
    api::Api,
    body,
};

/// The shortest password, in characters.
const SHORTEST: usize = 6;

#[derive(Deserialize)]
struct New {
    full_name: String,
    email: String,
    password: Password,
}

/// `createCustomer`: logs nobody in, the client does that next.
pub(crate) async fn create_customer(State(api): State<Api>, Buffered(req): Buffered) -> Answer {
    let auth = req.auth::<Customer>()?;
    auth.refuse_foreign("registration")?;
    let New { full_name, email, password } = body::json(&req, "Name, email and password are required")?;
    if !email.contains('@') {
        return Err(ApiError::bad_request("Email is invalid"));
    }
    // Before the password is hashed, which is work; the table itself looks again.
    if api.customers.with_email(&email).is_some() {
        return Err(used());
    }
    let client = auth.session().client().address().map(ClientKey::from).unwrap_or_default();
    let hash = hashed(password, &client).await?;
    let row = api.customers.insert(hash, |id| Customer::new(id, &email, &full_name)).map_err(Error::User)?;
    row.map_or_else(|| Err(used()), |customer| Ok(data(customer.payload())))
}

/// A new password's hash, behind the same gate as logins.
pub(crate) async fn hashed(password: Password, client: &ClientKey) -> Result<String, ApiError> {
    if password.expose_str().chars().count() < SHORTEST {
        return Err(ApiError::bad_request("Password must be at least 6 characters"));
    }
    let hash = Hasher::new().hash(password, client).await;
    hash.map_err(|error: HashError| match error.into_failure() {
        Ok(failure) => failure.into(),
        Err(error) => Error::User(error.into()).into(),
    })
}

fn used() -> ApiError {
    ApiError::bad_request("Email is already used")
}
