//! A builder where a passport is wanted.

use passport_axum::PassportLayer;
use passport_core::Passport;
use passport_session::Sessions;

fn main() {
    let sessions = Sessions::in_memory();
    let _ = PassportLayer::new(Passport::<String>::of_ids(&sessions));
    let _ = PassportLayer::new(Passport::<String>::of_ids(&sessions).build());
}
