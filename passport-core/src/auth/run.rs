//! Running a strategy: under its deadline, and safe from its panics.

use std::any::TypeId;

use bytes::Bytes;
use http::Request;

use crate::{
    Auth, Credential, Error, FailedAttempt, Failure, Outcome, Success, events, guard,
    panics::{catch, within},
    passport::Named,
};

impl<U: Send + Sync + 'static> Auth<U> {
    /// Runs one strategy and hands its outcome to the handler: nobody is logged in by it.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownStrategy`]; [`Error::CrossSite`] before a credential that logs in is even looked at; and
    /// whatever the strategy said, if it failed, panicked or took too long.
    pub async fn authenticate(&self, name: &str, req: &Request<Bytes>) -> Result<Outcome<U>, Error> {
        let named = self.passport.strategy(name)?;
        match named.1.credential() {
            Credential::Login => self.refuse_foreign("login")?,
            // The browser attached it, not the one who made the request.
            Credential::Ambient if guard::is_unsafe(req.method(), req.headers()) => {
                self.refuse_foreign("authenticate")?;
            }
            Credential::Ambient | Credential::Header => {}
        }
        self.run(named, req).await
    }

    /// Runs a strategy under its deadline; a panic is an error. Tells of a failure.
    pub(crate) async fn run(
        &self,
        (name, strategy): &Named<U>,
        req: &Request<Bytes>,
    ) -> Result<Outcome<U>, Error> {
        let inner = &self.passport.0;
        let outcome =
            within(&**inner.clock(), inner.deadline, catch(async { strategy.authenticate(req).await })).await;
        if let Some(Ok(Ok(Outcome::Pass | Outcome::Fail(_)))) = outcome {
            self.session.note_tried(TypeId::of::<U>(), name);
        }
        match outcome {
            None => Err(Error::StrategyTimedOut(name)),
            Some(Err(())) => Err(Error::StrategyPanicked(name)),
            Some(Ok(Err(source))) => Err(Error::of_strategy(name, source)),
            Some(Ok(Ok(Outcome::Success(success)))) => {
                Ok(Outcome::Success(Success { strategy: Some(name), ..success }))
            }
            Some(Ok(Ok(Outcome::Fail(failure)))) => {
                self.tell_of_failure(name, &failure).await;
                Ok(Outcome::Fail(failure))
            }
            Some(Ok(Ok(outcome))) => Ok(outcome),
        }
    }

    async fn tell_of_failure(&self, strategy: &'static str, failure: &Failure) {
        let attempt = FailedAttempt {
            realm: self.passport.0.realm,
            strategy,
            subject: failure.subject.clone(),
            status: failure.status,
            client: self.session.client(),
        };
        events::attempt_failed(&attempt);
        for hooks in &self.passport.0.hooks {
            events::hook_result(
                "failed_attempt",
                self.passport.0.timed(hooks.failed_attempt(&attempt)).await,
            );
        }
    }
}
