//! A passport without sessions, for an API.

use http::{HeaderMap, Method};
use passport_core::{Error, Passport, Pending};

use crate::support::{Person, User};

fn begin() -> Pending {
    let passport = Passport::<User>::stateless().build().unwrap();
    let mut headers = HeaderMap::new();
    headers.insert("cookie", "session=AAAA; =x".parse().unwrap());
    passport.begin(&Method::POST, None, &headers, None)
}

#[tokio::test]
pub(crate) async fn without_sessions_nobody_is_remembered_and_nothing_is_said() {
    let pending = begin();
    let auth = pending.session().auth::<User>().unwrap();
    assert!(auth.user().await.unwrap().is_none());
    assert!(pending.finish().await.unwrap().is_empty());
}

#[tokio::test]
pub(crate) async fn logging_in_without_sessions_says_what_is_missing() {
    let pending = begin();
    let auth = pending.session().auth::<User>().unwrap();
    let error = auth.login(User::of("alice", 0)).await.unwrap_err();
    assert!(matches!(error, Error::NoSessions));
    assert!(error.to_string().contains("Passport::builder"));
    assert!(auth.user().await.unwrap().is_none());
}

#[tokio::test]
pub(crate) async fn logging_out_without_sessions_is_fine() {
    let pending = begin();
    let auth = pending.session().auth::<User>().unwrap();
    assert_eq!(auth.logout().await.unwrap().ended, 0);
    assert_eq!(pending.session().logout().await.unwrap().ended, 0);
    assert!(pending.finish().await.unwrap().is_empty());
}

#[tokio::test]
async fn data_without_sessions_is_an_error_and_not_lost_in_silence() {
    let pending = begin();
    pending.session().insert("a", 1).unwrap();
    assert!(matches!(pending.session().save().await, Err(Error::NoSessions)));
    assert!(pending.finish().await.is_err());
}
