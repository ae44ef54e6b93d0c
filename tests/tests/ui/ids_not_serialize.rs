//! Users that are their own key, and cannot be written down.

use passport_core::Passport;
use passport_session::Sessions;

#[derive(Clone)]
struct Unwritten;

#[derive(serde::Serialize, serde::Deserialize)]
struct Uncopied;

fn main() {
    let _ = Passport::<Unwritten>::of_ids(&Sessions::in_memory());
    let _ = Passport::<Uncopied>::of_ids(&Sessions::in_memory());
}
