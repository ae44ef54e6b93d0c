//! Something else in the place of a guard.

use passport_axum::GuardLayer;
use passport_core::Passport;
use passport_local::Local;

fn main() {}

fn guards(passport: &Passport<String>, local: Local<String>) {
    let _ = GuardLayer::new(passport.authenticate("local"));
    let _ = GuardLayer::new(passport.clone());
    let _ = GuardLayer::new("local");
    let _ = passport.authenticate(local);
}
