//! Requests and guards that only passport itself can make.

use passport_core::{Auth, Pending, SameOrigin, Session};

fn request(session: Session) -> Pending {
    Pending::new(session)
}

fn guard() -> SameOrigin {
    SameOrigin(())
}

fn without_foreign_sites(mut auth: Auth<String>) -> Auth<String> {
    auth.foreign = false;
    auth
}

fn main() {}
