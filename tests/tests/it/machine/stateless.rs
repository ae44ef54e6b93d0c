//! A passport without sessions, for an API.

use bytes::Bytes;
use http::{HeaderMap, Method, Request};
use passport_core::{BoxError, Credential, Error, Outcome, Passport, Pending, Strategy, async_trait};

use crate::support::{Person, User};

/// Knows no key.
struct Key;

#[async_trait]
impl Strategy for Key {
    type User = User;

    fn credential(&self) -> Credential {
        Credential::Header
    }

    async fn authenticate(&self, _: &Request<Bytes>) -> Result<Outcome<User>, BoxError> {
        Ok(Outcome::Pass)
    }
}

#[test]
fn without_sessions_and_strategies_nobody_could_be_known_which_is_refused() {
    let error = Passport::<User>::stateless().build().unwrap_err();
    assert!(matches!(error, Error::Config(_)));
    assert!(error.to_string().contains("add `.strategy(\"api-key\", …)`"), "it says what to do: {error}");
}

fn begin() -> Pending {
    let passport = Passport::stateless().strategy("key", Key).build().unwrap();
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
