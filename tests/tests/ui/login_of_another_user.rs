//! An administrator who is logged in as a customer.

use passport_axum::PassportExt;
use passport_core::{Auth, Error, Outcome};

struct Customer;
struct Admin;

async fn by_auth(auth: Auth<Customer>) -> Result<(), Error> {
    auth.login(Admin).await
}

async fn by_request(req: http::Request<()>) -> Result<(), Error> {
    req.login::<Customer>(Admin).await
}

async fn by_reference(auth: Auth<Customer>, customer: &Customer) -> Result<(), Error> {
    auth.login(customer).await
}

fn found() -> Outcome<Customer> {
    Outcome::success(Admin)
}

fn main() {}
