//! What those get who did not get in.

use std::ops::ControlFlow;

use bytes::Bytes;
use http::{HeaderValue, Request, StatusCode};

use super::Authenticate;
use crate::{
    Auth, Error, Failure, Message, Refusal, ReturnTo, Verdict,
    message::ERROR,
    refusal::see_other,
    return_to::{FIELD, with_query},
};

impl<U: Send + Sync + 'static> Authenticate<U> {
    /// Nobody got in: the first failure that asked for a status decides it, else it is 401 with everybody's challenge.
    pub(super) async fn refuse(
        &self,
        auth: &Auth<U>,
        req: &Request<Bytes>,
        failures: Vec<Failure>,
    ) -> Result<Verdict, Error> {
        let json = auth.session.prefers_json();
        let status = failures.iter().find_map(|failure| failure.status).unwrap_or(StatusCode::UNAUTHORIZED);
        let about_credentials =
            matches!(status, StatusCode::UNAUTHORIZED | StatusCode::BAD_REQUEST | StatusCode::FORBIDDEN);
        // The page itself may stand behind this guard by mistake: it must not be sent to itself for ever.
        let there = |page: &str| req.method().is_safe() && page.split('?').next() == Some(req.uri().path());
        if let Some(page) = self.options.failure_redirect.as_deref()
            && about_credentials
            && !there(page)
            && !json
        {
            return Ok(ControlFlow::Break(Box::new(see_other(
                self.failure_page(auth, req, page, &failures).await?,
            ))));
        }
        let mut refusal = Refusal::new(status);
        refusal.retry_after = failures.iter().find_map(|failure| failure.retry_after);
        refusal.detail = failures.first().map(|failure| failure.message.clone());
        refusal.challenges = failures.into_iter().filter_map(|failure| failure.challenge).collect();
        if refusal.challenges.is_empty() {
            refusal.challenges =
                self.strategies.iter().filter_map(|(_, strategy)| strategy.challenge()).collect();
        }
        Ok(ControlFlow::Break(Box::new(self.passport.0.rendered(&refusal, json))))
    }

    /// The page for a wrong credential, with a message and with the way back.
    async fn failure_page(
        &self,
        auth: &Auth<U>,
        req: &Request<Bytes>,
        page: &str,
        failures: &[Failure],
    ) -> Result<HeaderValue, Error> {
        let mut to = page.to_owned();
        let words = failures
            .first()
            .filter(|_| self.options.strategy_messages)
            .map(|failure| failure.message.clone());
        if let Some(words) = words
            && auth.session.exists().await?
        {
            auth.session.add_message(&Message::of_text("error", words))?;
        } else if let Some(message) = &self.options.failure_message {
            to = with_query(&to, ERROR, message.code());
        }
        if let Some(wanted) = ReturnTo::of_login(req).filter(|_| self.options.return_to) {
            to = with_query(&to, FIELD, wanted.as_str());
        }
        HeaderValue::try_from(to)
            .map_err(|_| Error::Config("the page after a failed login is no header value".into()))
    }
}
