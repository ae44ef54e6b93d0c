//! What a caller is told who does not get what it asked for.

use std::{borrow::Cow, time::Duration};

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use serde_core::{Serialize, Serializer, ser::SerializeStruct};

use crate::Error;

/// What callers are told to wait for when something took too long: most often too many ask at once.
const BUSY: Duration = Duration::from_secs(5);
/// What is missing where a login is asked for. A 401 has to name something (RFC 9110, section 15.5.2), and there is no
/// standard name for a session. Browsers open no dialog for a scheme that they do not know.
const SESSION: HeaderValue = HeaderValue::from_static("Session");

/// A refusal: a status, a sentence, and what the caller may do about it.
#[derive(Clone, Debug)]
#[must_use = "a refusal refuses nobody by itself: answer with `response(…)`"]
#[non_exhaustive]
pub struct Refusal {
    /// The status.
    pub status: StatusCode,
    /// A sentence for the visitor; nothing secret and nothing internal.
    pub detail: Option<Cow<'static, str>>,
    /// What to send in `WWW-Authenticate`, in this order; only a 401 carries it.
    pub challenges: Vec<HeaderValue>,
    /// When to try again.
    pub retry_after: Option<Duration>,
}

impl Refusal {
    /// A bare refusal with this status.
    pub const fn new(status: StatusCode) -> Self {
        Self { status, detail: None, challenges: Vec::new(), retry_after: None }
    }

    /// Adds the sentence.
    pub fn detail(mut self, detail: impl Into<Cow<'static, str>>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// What answers an error. Of an error inside the server the caller learns the status alone.
    pub fn of(error: &Error) -> Self {
        let refusal = Self::new(error.status());
        match error {
            Error::Refused(reason) => refusal.detail(reason.clone()),
            Error::Unauthenticated | Error::Ended => {
                Self { challenges: vec![SESSION], ..refusal }.detail(error.to_string())
            }
            Error::CrossSite | Error::TooLarge(_) | Error::TooManySessions | Error::TooManyCookies => {
                refusal.detail(error.to_string())
            }
            Error::Incomplete { source, .. } => Self::of(source).detail(error.to_string()),
            Error::StrategyTimedOut(_) | Error::SessionTimedOut => {
                Self { retry_after: Some(BUSY), ..refusal }
            }
            _ => refusal,
        }
    }

    /// The answer: text, or `application/problem+json` (RFC 9457) for callers that prefer JSON to pages.
    pub fn response(&self, json: bool) -> Response<Bytes> {
        let reason = self.status.canonical_reason().unwrap_or("Error");
        let (kind, body) = match json {
            true => ("application/problem+json", serde_json::to_vec(&Problem(self)).unwrap_or_default()),
            false => ("text/plain; charset=utf-8", reason.as_bytes().to_vec()),
        };
        let mut response = Response::new(Bytes::from(body));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        if self.status == StatusCode::UNAUTHORIZED {
            for challenge in &self.challenges {
                headers.append(header::WWW_AUTHENTICATE, challenge.clone());
            }
        }
        if let Some(after) = self.retry_after {
            let seconds = after.as_secs().saturating_add(u64::from(after.subsec_nanos() > 0));
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds.max(1)));
        }
        response
    }
}

/// A refusal as a problem document (RFC 9457, section 3.1). Without a type of its own it means what its
/// status means, so the title is the status' phrase.
struct Problem<'a>(&'a Refusal);

impl Serialize for Problem<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut out = to.serialize_struct("Problem", 4)?;
        out.serialize_field("type", "about:blank")?;
        out.serialize_field("title", self.0.status.canonical_reason().unwrap_or("Error"))?;
        out.serialize_field("status", &self.0.status.as_u16())?;
        match &self.0.detail {
            Some(detail) => out.serialize_field("detail", detail)?,
            None => out.skip_field("detail")?,
        }
        out.end()
    }
}

/// 303 See Other (RFC 9110, section 15.4.4): whatever was sent, the next request is a GET.
pub(crate) fn see_other(to: HeaderValue) -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = StatusCode::SEE_OTHER;
    response.headers_mut().insert(header::LOCATION, to);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_reads_words_and_a_program_reads_json() {
        let refusal = Refusal::new(StatusCode::UNAUTHORIZED).detail("Wrong username or password.");
        assert_eq!(refusal.response(false).body(), "Unauthorized");
        let json = refusal.response(true);
        assert_eq!(json.headers()[header::CONTENT_TYPE], "application/problem+json");
        let body: serde_json::Value = serde_json::from_slice(json.body()).unwrap();
        assert_eq!(body["status"], 401);
        assert_eq!(body["detail"], "Wrong username or password.");
    }

    #[test]
    fn only_a_401_asks_for_credentials() {
        for (status, count) in [(StatusCode::UNAUTHORIZED, 2), (StatusCode::FORBIDDEN, 0)] {
            let mut refusal = Refusal::new(status);
            refusal.challenges = vec![HeaderValue::from_static("Basic"), HeaderValue::from_static("Bearer")];
            let response = refusal.response(false);
            assert_eq!(response.headers().get_all(header::WWW_AUTHENTICATE).iter().count(), count);
        }
    }

    #[test]
    fn whoever_has_to_log_in_is_told_that_it_takes_a_session() {
        for error in [Error::Unauthenticated, Error::Ended] {
            assert_eq!(Refusal::of(&error).response(false).headers()[header::WWW_AUTHENTICATE], "Session");
        }
    }

    #[test]
    fn an_error_inside_shows_nothing_of_itself() {
        let refusal = Refusal::of(&Error::Session("password=hunter2 at 10.0.0.1".into()));
        assert_eq!((refusal.status, refusal.detail.clone()), (StatusCode::SERVICE_UNAVAILABLE, None));
    }

    #[test]
    fn whoever_met_a_deadline_is_told_to_come_back() {
        for error in [Error::StrategyTimedOut("local"), Error::SessionTimedOut] {
            let response = Refusal::of(&error).response(false);
            assert_eq!(
                (response.status().as_u16(), &response.headers()[header::RETRY_AFTER]),
                (503, &HeaderValue::from(5))
            );
        }
    }

    #[test]
    fn retry_after_is_in_whole_seconds_and_never_zero() {
        for (millis, seconds) in [(0, "1"), (1, "1"), (1000, "1"), (1001, "2")] {
            let mut refusal = Refusal::new(StatusCode::SERVICE_UNAVAILABLE);
            refusal.retry_after = Some(Duration::from_millis(millis));
            assert_eq!(refusal.response(false).headers()[header::RETRY_AFTER], seconds);
        }
    }
}
