//! Who is logged in, and by which strategy: only passport itself can say that.

use std::sync::Arc;

use passport_core::{Auth, Passport, Session, Success};

fn auth(passport: Passport<String>, session: Session) -> Auth<String> {
    Auth { passport, session, foreign: false }
}

fn by_another_strategy(user: Arc<String>) -> Success<String> {
    Success { user, info: None, message: None, remember: None, strategy: Some("two-factor") }
}

fn main() {}
