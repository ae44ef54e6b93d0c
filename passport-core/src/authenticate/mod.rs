//! The guard that runs strategies.

mod answer;
mod options;
mod run;

use std::{fmt, ops::ControlFlow, sync::Arc};

use bytes::Bytes;
use http::{Request, Response, request::Parts};

use crate::{
    Auth, Credential, Error, Guard, Http, Passport, PassportExt, Verdict, events, guard, passport::Named,
};

use self::options::Options;
pub use self::options::StrategyNames;

/// Runs one or several strategies before a route; made by [`Passport::authenticate`].
///
/// It fails closed: when every strategy passed or failed, nobody gets in. The first that succeeds decides; an
/// error in one ends the chain.
#[must_use = "a guard protects nothing until it is put around a route"]
pub struct Authenticate<U> {
    passport: Passport<U>,
    strategies: Arc<[Named<U>]>,
    options: Options,
}

impl<U: Send + Sync + 'static> Authenticate<U> {
    pub(crate) fn new(passport: Passport<U>, strategies: Vec<Named<U>>) -> Self {
        Self { passport, strategies: strategies.into(), options: Options::default() }
    }

    /// Whether success may put somebody into the session.
    fn logs_in(&self) -> bool {
        !self.options.stateless && self.has(Credential::Login)
    }

    fn has(&self, credential: Credential) -> bool {
        self.strategies.iter().any(|(_, strategy)| strategy.credential() == credential)
    }

    fn auth(&self, req: &impl PassportExt<Http>) -> Result<Auth<U>, Error> {
        guard::auth(&self.passport, req)
    }

    /// What is refused before the body is read, so that right and wrong passwords look alike.
    fn check(&self, auth: &Auth<U>) -> Result<Option<usize>, Error> {
        if auth.foreign && (self.logs_in() || self.options.account) {
            events::refused_cross_site(if self.options.account { "authorize" } else { "login" });
            return Err(Error::CrossSite);
        }
        let body = self.strategies.iter().any(|(_, strategy)| strategy.reads_body());
        Ok(body.then_some(self.passport.0.body_limit))
    }
}

impl<U: Send + Sync + 'static> Guard for Authenticate<U> {
    fn prepare(&self, req: &Parts) -> Result<Option<usize>, Box<Response<Bytes>>> {
        let checked = self.auth(req).and_then(|auth| self.check(&auth));
        checked.map_err(|error| guard::answer("authenticate", req, &error))
    }

    async fn run(&self, req: &Request<Bytes>) -> Verdict {
        let verdict = async {
            let auth = self.auth(req)?;
            self.check(&auth)?;
            self.chain(&auth, req).await
        };
        verdict.await.unwrap_or_else(|error| ControlFlow::Break(guard::answer("authenticate", req, &error)))
    }

    fn too_large(&self, req: &Parts) -> Box<Response<Bytes>> {
        let refusal = crate::Refusal::new(http::StatusCode::PAYLOAD_TOO_LARGE);
        let json = req.passport_session().is_some_and(|session| session.prefers_json());
        Box::new(self.passport.0.rendered(&refusal, json))
    }
}

impl<U> Clone for Authenticate<U> {
    fn clone(&self) -> Self {
        Self {
            passport: self.passport.clone(),
            strategies: Arc::clone(&self.strategies),
            options: self.options.clone(),
        }
    }
}

impl<U> fmt::Debug for Authenticate<U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.strategies.iter().map(|(name, _)| *name).collect();
        f.debug_struct("Authenticate")
            .field("strategies", &names)
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}
