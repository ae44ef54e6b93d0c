//! The chain: strategies in order, until one decides.

use std::{any::TypeId, ops::ControlFlow};

use bytes::Bytes;
use http::{HeaderValue, Request, header};

use super::Authenticate;
use crate::{
    Auth, Client, Credential, Error, Failure, Message, Outcome, ReturnTo, Success, Verdict, events, guard,
    passport::Named, refusal::see_other,
};

impl<U: Send + Sync + 'static> Authenticate<U> {
    pub(super) async fn chain(&self, auth: &Auth<U>, req: &Request<Bytes>) -> Result<Verdict, Error> {
        self.note_client(auth, req);
        let mut failures: Vec<Failure> = Vec::new();
        // The browser attached it, not the one who made the request: it is not even looked at.
        let distrusted =
            auth.foreign && !self.options.allow_foreign && guard::is_unsafe(req.method(), req.headers());
        for named in &*self.strategies {
            if distrusted && named.1.credential() == Credential::Ambient {
                continue;
            }
            match auth.run(named, req).await? {
                Outcome::Success(success) => return self.succeed(auth, req, named, success).await,
                Outcome::Fail(failure) => failures.push(failure),
                Outcome::Redirect(to) => {
                    let to = HeaderValue::try_from(to.to_string());
                    let to =
                        to.map_err(|_| Error::Config("a strategy's redirect is no header value".into()))?;
                    return Ok(ControlFlow::Break(Box::new(see_other(to))));
                }
                Outcome::Pass => {}
            }
        }
        if distrusted && self.has(Credential::Ambient) {
            events::refused_cross_site("authenticate");
            return Err(Error::CrossSite);
        }
        if self.options.optional && failures.is_empty() {
            return Ok(ControlFlow::Continue(()));
        }
        self.refuse(auth, req, failures).await
    }

    async fn succeed(
        &self,
        auth: &Auth<U>,
        req: &Request<Bytes>,
        (_, strategy): &Named<U>,
        success: Success<U>,
    ) -> Result<Verdict, Error> {
        let credential = strategy.credential();
        let own_words = success.message.clone().filter(|_| self.options.strategy_messages);
        let message = own_words
            .map(|text| Message::of_text("success", text))
            .or_else(|| self.options.success_message.clone());
        let alone = self.options.stateless || credential != Credential::Login;
        if let Some(info) = success.info.clone().filter(|_| alone || self.options.account) {
            auth.session.set_info(TypeId::of::<U>(), info);
        }
        if self.options.account {
            auth.session.set_account(TypeId::of::<U>(), success.user);
            auth.session.keep_out_of_caches().await?;
            return Ok(ControlFlow::Continue(()));
        }
        if alone {
            auth.session.assign(success.user).await?;
        } else {
            auth.login_with(success, message.as_ref()).await?;
        }
        Ok(match self.after_success(req) {
            None => ControlFlow::Continue(()),
            Some(to) => ControlFlow::Break(Box::new(see_other(to))),
        })
    }

    fn after_success(&self, req: &Request<Bytes>) -> Option<HeaderValue> {
        let default = self.options.success_redirect.as_deref()?;
        let wanted = if self.options.return_to { ReturnTo::of_login(req) } else { None };
        HeaderValue::try_from(wanted.as_ref().map_or(default, ReturnTo::as_str)).ok()
    }

    /// A login by GET (a provider's answer) brings its user agent here; by POST the session has it already.
    fn note_client(&self, auth: &Auth<U>, req: &Request<Bytes>) {
        let says = req.headers().contains_key(header::USER_AGENT);
        if self.logs_in() && req.method().is_safe() && says && auth.session.client().user_agent().is_none() {
            auth.session.set_client(Client::from_headers(req.headers()));
        }
    }
}
