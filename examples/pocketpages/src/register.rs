//! `registerWithPassword` and `signInAnonymously`: a new record, signed in at once.

use axum::{
    body::Body,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use passport_axum::{Auth, Buffered, Error};
use passport_core::{Error as PassportError, Message, Refusal, Session};
use passport_local::{ClientKey, Credentials, Fields, HashError, Password};

use crate::{
    App, User,
    collection::NotMade,
    one_time_code::digits,
    said::{EMAIL, FULL, PASSWORD, SHORT, TAKEN, refused},
};

/// The longest address (RFC 5321, section 4.5.3.1.3).
const LONGEST: usize = 254;

pub(crate) async fn with_password(
    auth: Auth<User>,
    State(app): State<App>,
    Buffered(req): Buffered,
) -> Result<Response, Error> {
    // Before anything is hashed or made.
    auth.refuse_foreign("register")?;
    let session = auth.session();
    let refuse = |why: &Message, status| Ok(refused(session, "/login", why, status));
    let credentials = match Credentials::from_request(&req, &Fields::new("email", "password")?) {
        Ok(credentials) => credentials,
        Err(failure) => {
            let missing = if failure.as_message().contains("`password`") { PASSWORD } else { EMAIL };
            return refuse(&missing, failure.as_status().unwrap_or(StatusCode::BAD_REQUEST));
        }
    };
    let Some(email) = address(&credentials.username) else { return refuse(&EMAIL, StatusCode::BAD_REQUEST) };
    if !is_acceptable(&credentials.password) {
        return refuse(&SHORT, StatusCode::BAD_REQUEST);
    }
    let client = session.client().address().map_or_else(ClientKey::unknown, ClientKey::from);
    let hash = match app.hasher.hash(credentials.password, &client).await {
        Ok(hash) => hash,
        Err(error) => return Ok(busy(session, &error)),
    };
    match app.users.make(&email, Some(hash), false) {
        Ok(user) => {
            auth.login(user).await?;
            Ok(Redirect::to("/profile").into_response())
        }
        Err(NotMade::Taken) => refuse(&TAKEN, StatusCode::BAD_REQUEST),
        Err(NotMade::Full) => refuse(&FULL, StatusCode::SERVICE_UNAVAILABLE),
    }
}

/// A record that nobody signs in to again: it has no password, where the original draws one and forgets it.
pub(crate) async fn anonymously(auth: Auth<User>, State(app): State<App>) -> Result<Response, Error> {
    auth.refuse_foreign("anonymous")?;
    for _ in 0..3 {
        let email = format!("anonymous-{}@example.com", digits(10).map_err(PassportError::User)?);
        match app.users.make(&email, None, false) {
            Ok(user) => {
                auth.login(user).await?;
                return Ok(Redirect::to("/profile").into_response());
            }
            Err(NotMade::Taken) => {}
            Err(NotMade::Full) => break,
        }
    }
    Ok(refused(auth.session(), "/login", &FULL, StatusCode::SERVICE_UNAVAILABLE))
}

/// An address as it is kept: something, an `@`, something, and nothing that cannot be seen.
pub(crate) fn address(typed: &str) -> Option<String> {
    let email = typed.trim().to_lowercase();
    let (name, host) = email.split_once('@')?;
    let visible = email.bytes().all(|byte| byte.is_ascii_graphic());
    let whole =
        visible && email.len() <= LONGEST && !name.is_empty() && !host.is_empty() && !host.contains('@');
    whole.then_some(email)
}

/// From 8 characters on, as the original; and what hashing takes.
pub(crate) fn is_acceptable(password: &Password) -> bool {
    password.expose_str().chars().count() >= 8 && !password.is_too_long()
}

/// Too many passwords are being hashed.
pub(crate) fn busy(session: &Session, error: &HashError) -> Response {
    let mut refusal = Refusal::new(error.status());
    if let HashError::Busy { retry_after } = error {
        refusal.retry_after = Some(*retry_after);
    }
    refusal.response(session.prefers_json()).map(Body::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_kept_in_lower_case_and_what_is_none_is_refused() {
        assert_eq!(address(" Eve@Example.COM ").as_deref(), Some("eve@example.com"));
        for none in ["", "eve", "@", "eve@", "@example.com", "a@b@c", "e ve@example.com", "eve@exa\nmple.com"]
        {
            assert_eq!(address(none), None, "{none:?}");
        }
        assert_eq!(address(&format!("{}@example.com", "x".repeat(250))), None);
    }
}
