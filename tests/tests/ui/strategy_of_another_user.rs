//! A strategy that finds administrators, in a passport for customers.

use passport_core::Passport;
use passport_local::Local;
use passport_session::{SessionStrategy, Sessions};

#[derive(Clone, serde::Serialize, serde::Deserialize)]
struct Customer;
#[derive(Clone, serde::Serialize, serde::Deserialize)]
struct Admin;

fn main() {
    let admins = Local::<Admin>::with(|_| async { Ok(None) });
    let _ = Passport::<Customer>::of_ids(&Sessions::in_memory()).strategy("local", admins).build();
    let session = SessionStrategy::<Admin>::new();
    let _ = Passport::<Customer>::of_ids(&Sessions::in_memory()).strategy("session", session).build();
}
