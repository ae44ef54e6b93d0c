//! Routes that only logged-in users may use.

use std::{any::TypeId, fmt, ops::ControlFlow, sync::Arc, time::Duration};

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, Uri, request::Parts};

use crate::{
    Auth, Error, Guard, Passport, Refusal, ReturnTo, Verdict, events, guard,
    refusal::see_other,
    return_to::{FIELD, with_query},
};

type Condition<U> = Arc<dyn Fn(&U) -> bool + Send + Sync>;

/// Lets only logged-in users in; made by [`Passport::require_login`](crate::Passport::require_login).
///
/// Others get 401; browsers are sent to the passport's login page, which brings them back. A caller counts as a browser
/// unless its `Accept` prefers JSON to html.
///
/// The 401 asks in `WWW-Authenticate` for what a guard further out has looked for on this request without finding it
/// (`.optional()`). What no strategy looks for on this route it does not ask for: a browser would open its dialog for a
/// password that nobody reads. Where nothing is left to ask for, it names the scheme `Session`.
#[must_use = "a guard protects nothing until it is put around a route"]
pub struct RequireLogin<U> {
    passport: Passport<U>,
    within: Option<Duration>,
    conditions: Vec<Condition<U>>,
    foreign: bool,
}

impl<U: Send + Sync + 'static> RequireLogin<U> {
    pub(crate) const fn new(passport: Passport<U>) -> Self {
        Self { passport, within: None, conditions: Vec::new(), foreign: false }
    }

    /// Asks for a login that is no older: others have to log in again. Neither rotation nor activity makes it younger.
    pub const fn within(mut self, duration: Duration) -> Self {
        self.within = Some(duration);
        self
    }

    /// Asks for more: who does not meet the condition gets 403.
    pub fn and(mut self, condition: impl Fn(&U) -> bool + Send + Sync + 'static) -> Self {
        self.conditions.push(Arc::new(condition));
        self
    }

    /// Lets foreign sites cause requests with an unsafe method, and upgrades, in the user's name.
    ///
    /// # Security
    ///
    /// The browser attaches the session to them on its own where the cookie allows it. Only for routes that
    /// defend themselves, by a token of their own.
    pub const fn dangerous_allow_foreign(mut self) -> Self {
        self.foreign = true;
        self
    }

    async fn decide(&self, auth: &Auth<U>, req: &Request<Bytes>) -> Result<Verdict, Error> {
        if auth.foreign && !self.foreign && guard::is_unsafe(req.method(), req.headers()) {
            events::refused_cross_site("require_login");
            return Err(Error::CrossSite);
        }
        let again = || Ok(ControlFlow::Break(Box::new(answer(auth, req.method(), req.uri(), req.headers()))));
        let Some(user) = auth.user().await? else { return again() };
        if let Some(limit) = self.within
            && !is_recent(auth, limit).await?
        {
            return again();
        }
        if self.conditions.iter().all(|condition| condition(&user)) {
            return Ok(ControlFlow::Continue(()));
        }
        let refusal = Refusal::new(StatusCode::FORBIDDEN);
        Ok(ControlFlow::Break(Box::new(auth.passport.0.rendered(&refusal, auth.session.prefers_json()))))
    }
}

async fn is_recent<U: Send + Sync + 'static>(auth: &Auth<U>, limit: Duration) -> Result<bool, Error> {
    if auth.session.is_by_request::<U>().await? {
        return Ok(true);
    }
    let now = auth.passport.0.sessions.clock().now();
    let at = auth.session.logged_in_at(auth.passport.0.realm).await?;
    Ok(at.is_some_and(|at| now.since(at) <= limit))
}

impl<U: Send + Sync + 'static> Guard for RequireLogin<U> {
    fn prepare(&self, req: &Parts) -> Result<Option<usize>, Box<Response<Bytes>>> {
        guard::auth(&self.passport, req)
            .map(|_| None)
            .map_err(|error| guard::answer("require_login", req, &error))
    }

    async fn run(&self, req: &Request<Bytes>) -> Verdict {
        let decided = async { self.decide(&guard::auth(&self.passport, req)?, req).await }.await;
        decided.unwrap_or_else(|error| ControlFlow::Break(guard::answer("require_login", req, &error)))
    }
}

/// What a visitor gets who has to log in first: browsers the login page, with the way back; others a 401.
pub(crate) fn answer<U: Send + Sync + 'static>(
    auth: &Auth<U>,
    method: &Method,
    uri: &Uri,
    headers: &HeaderMap,
) -> Response<Bytes> {
    let inner = &auth.passport.0;
    let json = auth.session.prefers_json();
    if let Some(page) = inner.login_page.as_deref().filter(|_| !json) {
        let to = ReturnTo::here(method, uri, headers)
            .filter(|here| here.as_str() != page)
            .map_or_else(|| page.to_owned(), |here| with_query(page, FIELD, here.as_str()));
        if let Ok(to) = HeaderValue::try_from(to) {
            return see_other(to);
        }
    }
    let mut refusal = Refusal::of(&Error::Unauthenticated);
    // A strategy that did not run here would not look at what it asks for.
    let tried = inner.strategies.iter().filter(|(name, _)| auth.session.has_tried(TypeId::of::<U>(), name));
    let challenges: Vec<_> = tried.filter_map(|(_, strategy)| strategy.challenge()).collect();
    if !challenges.is_empty() {
        refusal.challenges = challenges;
    }
    inner.rendered(&refusal, json)
}

impl<U> Clone for RequireLogin<U> {
    fn clone(&self) -> Self {
        Self {
            passport: self.passport.clone(),
            within: self.within,
            conditions: self.conditions.clone(),
            foreign: self.foreign,
        }
    }
}

impl<U> fmt::Debug for RequireLogin<U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequireLogin").field("within", &self.within).finish_non_exhaustive()
    }
}
