//! The strategy: all that it takes for a way to sign in that nobody has written yet.

use axum::{body::Bytes, http::Request};
use example_shared::User;
use passport_core::{BoxError, Credential, Outcome, Strategy, async_trait};

use crate::keys::Keys;

/// Admits programs that send a key in the header `x-api-key`.
///
/// A [`Credential::Header`] comes with every request, from the client's own code: success admits that request alone, without
/// a session and without a cookie. Where there is no key, the next strategy is asked; a wrong key is a failure.
pub(crate) struct ApiKey(pub(crate) Keys);

#[async_trait]
impl Strategy for ApiKey {
    type User = User;

    fn credential(&self) -> Credential {
        Credential::Header
    }

    async fn authenticate(&self, req: &Request<Bytes>) -> Result<Outcome<User>, BoxError> {
        let Some(key) = req.headers().get("x-api-key") else { return Ok(Outcome::Pass) };
        Ok(self.0.owner(key.as_bytes()).map_or_else(|| Outcome::fail("Unknown API key."), Outcome::success))
    }
}

#[cfg(test)]
mod tests {
    use example_shared::Users;

    use super::*;

    async fn outcome(key: Option<&str>) -> Outcome<User> {
        let mut req = Request::new(Bytes::new());
        if let Some(key) = key {
            req.headers_mut().insert("x-api-key", key.parse().unwrap());
        }
        ApiKey(Keys::of(Users::customers())).authenticate(&req).await.unwrap()
    }

    #[tokio::test]
    async fn a_right_key_is_its_owner_a_wrong_one_a_failure_and_none_is_for_others_to_judge() {
        let right = outcome(Some("alice-ci-4f1d9c27b8e05a63")).await;
        assert!(matches!(right, Outcome::Success(found) if found.user().name == "alice"));
        assert!(matches!(outcome(Some("guessed")).await, Outcome::Fail(_)));
        assert!(matches!(outcome(None).await, Outcome::Pass));
    }
}
