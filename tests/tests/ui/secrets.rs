//! Secrets are not shown, not copied and not written by accident.

use passport_core::Token;
use passport_local::Password;
use passport_session::Key;

fn shown(password: Password, token: Token, key: Key) {
    println!("{password}");
    println!("{token}");
    println!("{key}");
}

fn copied(password: &Password) -> Password {
    password.clone()
}

fn compared(password: Password) -> bool {
    password == Password::new("guess")
}

fn written(password: Password) {
    let _ = serde_json::to_string(&password);
}

fn main() {}
