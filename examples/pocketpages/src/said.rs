//! What the site says to a visitor: by code in the address, so that nobody else puts words into its mouth.

use axum::{
    body::Body,
    http::{StatusCode, Uri},
    response::{IntoResponse, Redirect, Response},
};
use passport_core::{Message, Refusal, Session};

pub(crate) const FAILED: Message = Message::new("failed", "Failed to authenticate.");
pub(crate) const SIGNED_OUT: Message = Message::new("signed_out", "You have been signed out.");
pub(crate) const SENT: Message = Message::new(
    "sent",
    "If that is an email address, a code is on its way to it. It works for three minutes.",
);
pub(crate) const CODE: Message = Message::new("code", "Invalid or expired OTP");
pub(crate) const EMAIL: Message = Message::new("email", "Email is required");
pub(crate) const PASSWORD: Message = Message::new("password", "Password is required");
pub(crate) const SHORT: Message = Message::new("short", "A password has from 8 to 1024 characters.");
pub(crate) const TAKEN: Message = Message::new("taken", "There is an account for this address already.");
pub(crate) const FULL: Message = Message::new("full", "There is no room for more accounts.");
pub(crate) const CURRENT: Message = Message::new("current", "That is not your current password.");
pub(crate) const CHANGED: Message =
    Message::new("changed", "Your password is changed. You are signed out everywhere else.");
/// Under `reason` instead of `error` or `message`, as the tutorial has it.
pub(crate) const SESSION_EXPIRED: Message =
    Message::new("session_expired", "You were signed out because nothing happened for thirty minutes.");
pub(crate) const MUST_BE_SIGNED_IN: &str = "You must be signed in to see this page.";

const ALL: [Message; 11] =
    [FAILED, SIGNED_OUT, SENT, CODE, EMAIL, PASSWORD, SHORT, TAKEN, FULL, CURRENT, CHANGED];

/// What the address of a page says.
pub(crate) fn here(uri: &Uri) -> Option<Message> {
    let mut pairs = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
    match pairs.any(|(name, value)| name == "reason" && value == SESSION_EXPIRED.code()) {
        true => Some(SESSION_EXPIRED),
        false => Message::of_query(uri, &ALL),
    }
}

/// Refuses: browsers go back to a page that says why, programs get the status.
pub(crate) fn refused(session: &Session, page: &str, why: &Message, status: StatusCode) -> Response {
    match session.prefers_json() {
        true => Refusal::new(status).detail(why.text().to_owned()).response(true).map(Body::from),
        false => Redirect::to(&format!("{page}{}error={}", joint(page), why.code())).into_response(),
    }
}

fn joint(page: &str) -> char {
    if page.contains('?') { '&' } else { '?' }
}
