//! What happened, for the log: one line an event, with the field names of the OpenTelemetry conventions
//! (`client.address`, `user_agent.original`, `user.id`) and the event names of the OWASP logging vocabulary.
//! No line holds a password, a cookie, a token, or a name that is nobody's.

use tracing::{error, info, warn};

use crate::{Client, Error, FailedAttempt, LoggedOut, Scope, Subject};

fn address(client: &Client) -> Option<String> {
    client.address().map(|address| address.to_string())
}

/// A key as a person would write it: without the quotation marks of JSON.
fn id(key: &[u8]) -> String {
    serde_json::from_slice(key).unwrap_or_else(|_| String::from_utf8_lossy(key).into_owned())
}

pub(crate) fn logged_in(realm: &str, strategy: &str, key: &[u8], client: &Client) {
    info!(
        target: "passport", event = "authn_login_success", realm, strategy,
        user.id = id(key), client.address = address(client),
        user_agent.original = client.user_agent(), "logged in"
    );
}

pub(crate) fn attempt_failed(attempt: &FailedAttempt) {
    let (known, hash) = match &attempt.subject {
        Some(Subject::Known(key)) => (Some(key.as_str()), None),
        Some(Subject::Unknown(hash)) => (None, Some(hash.as_str())),
        None => (None, None),
    };
    warn!(
        target: "passport", event = "authn_login_fail", realm = attempt.realm, strategy = attempt.strategy,
        user.id = known, user.hash = hash, http.response.status_code = attempt.status.map(|status| status.as_u16()),
        client.address = address(&attempt.client), user_agent.original = attempt.client.user_agent(),
        "a credential was refused"
    );
}

pub(crate) fn login_refused(realm: &str, strategy: &str, client: &Client) {
    warn!(
        target: "passport", event = "authn_login_lock", realm, strategy, client.address = address(client),
        "a hook refused the login"
    );
}

pub(crate) fn logged_out(
    realm: Option<&str>,
    key: Option<&[u8]>,
    scope: Scope,
    done: &LoggedOut,
    client: &Client,
) {
    info!(
        target: "passport", event = "session_ended", realm, scope = ?scope, sessions.ended = done.ended,
        user.id = key.map(id), client.address = address(client), "logged out"
    );
}

pub(crate) fn grant_ended(realm: &str) {
    info!(target: "passport", event = "grant_ended", realm, "a login that no cookie holds has ended");
}

pub(crate) fn refused_cross_site(what: &'static str) {
    warn!(target: "passport", event = "malicious_csrf", what, "refused a request from a foreign site");
}

pub(crate) fn user_gone(realm: &str, key: &[u8]) {
    info!(target: "passport", event = "session_user_gone", realm, user.id = id(key), "a user is gone or has changed: its login ends");
}

pub(crate) fn key_unreadable(realm: &str) {
    error!(target: "passport", event = "session_key_unreadable", realm, "a login holds a key of another type: nobody is logged in by it");
}

pub(crate) fn failed(what: &'static str, error: &Error) {
    // Told already, where it was noticed.
    if matches!(error, Error::CrossSite) {
        return;
    }
    match error.status().is_server_error() {
        true => error!(target: "passport", event = "error", what, error = error.chain(), "{error}"),
        false => info!(target: "passport", event = "refused", what, error = error.chain(), "{error}"),
    }
}

pub(crate) fn ignored(what: &'static str, error: &Error) {
    warn!(target: "passport", event = "ignored", what, error = error.chain(), "{error}");
}

pub(crate) fn foreign_session_refused() {
    warn!(target: "passport", event = "malicious_csrf", what = "session", "a foreign request without a session gets none: what it gathered is dropped");
}

pub(crate) fn lost() {
    error!(
        target: "passport", event = "session_lost",
        "a request was dropped before its end: what it wrote to the session is lost, unless the store was just writing it; the client has gone, or the adapter does not await `pending.finish()`"
    );
}

/// What a hook returned: logged, and nothing else.
pub(crate) fn hook_result(hook: &'static str, result: Result<(), crate::BoxError>) {
    if let Err(error) = result {
        error!(target: "passport", event = "hook_failed", hook, error = error.to_string(), "a hook failed");
    }
}
