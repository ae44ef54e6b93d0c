//! What does nothing until something is done with it.

#![deny(unused_must_use)]

use passport_axum::{GuardLayer, PassportLayer};
use passport_core::{
    Failure, Guard, Logout, LoginRefused, Outcome, Passport, Refusal, Strategy, Success, same_origin,
};
use passport_local::Local;
use passport_session::Sessions;

type User = String;

async fn outcomes(strategy: &Local<User>, req: &http::Request<bytes::Bytes>) {
    strategy.authenticate(req).await.unwrap();
    Outcome::<User>::fail("Wrong.");
    Failure::new("Wrong.");
    Success::<User>::new("alice".to_owned());
    LoginRefused::because("closed");
    Refusal::new(http::StatusCode::FORBIDDEN);
}

async fn guards(passport: Passport<User>, req: &http::Request<bytes::Bytes>) {
    passport.authenticate("local").unwrap();
    passport.require_login();
    same_origin();
    same_origin().run(req).await;
    GuardLayer::new(same_origin());
    passport_actix::guard(same_origin());
    passport_actix::passport(passport.clone());
    PassportLayer::new(passport);
}

fn configuration(sessions: Sessions) {
    Passport::<User>::of_ids(&sessions).realm("customer");
    Passport::<User>::of_ids(&sessions).build().unwrap();
    sessions.cookie("asid");
    Logout::everywhere().clear_site_data();
    Local::<User>::with(|_| async { Ok(None) });
}

fn main() {}
