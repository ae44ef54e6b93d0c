//! What a guard does with success and failure.

use super::Authenticate;
use crate::{Message, ReturnTo};

#[derive(Clone, Debug, Default)]
pub(super) struct Options {
    pub(super) stateless: bool,
    pub(super) optional: bool,
    pub(super) account: bool,
    pub(super) allow_foreign: bool,
    pub(super) return_to: bool,
    pub(super) success_redirect: Option<Box<str>>,
    pub(super) failure_redirect: Option<Box<str>>,
    pub(super) success_message: Option<Message>,
    pub(super) failure_message: Option<Message>,
    pub(super) strategy_messages: bool,
}

impl<U: Send + Sync + 'static> Authenticate<U> {
    /// Sends the browser here after success, instead of on to the handler.
    ///
    /// # Panics
    ///
    /// If `to` is neither a path of this site nor a whole address: at start, when the guard is made.
    pub fn success_redirect(mut self, to: impl Into<String>) -> Self {
        self.options.success_redirect = Some(location(to.into()));
        self
    }

    /// Sends the browser after success to where it wanted to go before the login page came between, as the form's
    /// or the address' `return_to` says; else here.
    ///
    /// # Panics
    ///
    /// If `default` is neither a path of this site nor a whole address: at start, when the guard is made.
    pub fn success_return_to_or(mut self, default: impl Into<String>) -> Self {
        self.options.return_to = true;
        self.success_redirect(default)
    }

    /// Sends browsers here after a wrong credential; callers that prefer JSON get the refusal itself. A server
    /// that is too busy, and a body that is no form, are never hidden behind it.
    ///
    /// # Panics
    ///
    /// If `to` is neither a path of this site nor a whole address: at start, when the guard is made.
    pub fn failure_redirect(mut self, to: impl Into<String>) -> Self {
        self.options.failure_redirect = Some(location(to.into()));
        self
    }

    /// Leaves a message in the new session, for the next page.
    pub fn success_message(mut self, message: Message) -> Self {
        self.options.success_message = Some(message);
        self
    }

    /// Tells the page of [`failure_redirect`](Self::failure_redirect) which message to show: its code travels in the
    /// address, as `error`, so that a failed login writes nothing.
    pub fn failure_message(mut self, message: Message) -> Self {
        self.options.failure_message = Some(message);
        self
    }

    /// Uses the strategy's own words for both messages where it has some. Of a failure only visitors with a session
    /// see them; others see [`failure_message`](Self::failure_message).
    pub fn strategy_messages(mut self) -> Self {
        self.options.strategy_messages = true;
        self
    }

    /// Authenticates this request alone: no session, no cookie, whatever the strategy.
    pub fn stateless(mut self) -> Self {
        self.options.stateless = true;
        self
    }

    /// Lets requests through that present no credential. A wrong one is still refused.
    pub fn optional(mut self) -> Self {
        self.options.optional = true;
        self
    }

    /// Lets foreign sites cause requests with an unsafe method, and upgrades, by a credential that the browser attaches
    /// on its own (the session, Basic, a client certificate).
    ///
    /// # Security
    ///
    /// Only for routes that defend themselves, by a token of their own. Logins stay refused.
    pub fn dangerous_allow_foreign(mut self) -> Self {
        self.options.allow_foreign = true;
        self
    }

    pub(crate) fn for_account(mut self) -> Self {
        self.options.account = true;
        self
    }
}

/// Programmers' mistakes stop the application at its start.
fn location(to: String) -> Box<str> {
    let absolute = to.starts_with("https://") || to.starts_with("http://");
    let visible = !to.is_empty() && to.bytes().all(|byte| byte.is_ascii_graphic());
    assert!(
        visible && (absolute || ReturnTo::parse(&to).is_some()),
        "a redirect's target must be a path of this site, as `/profile`, or a whole address, as `https://example.com/`, in \
         visible ASCII: {to:?} is neither"
    );
    to.into()
}

/// One or several names of strategies: `"local"`, or `["session", "api-key"]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no name of a strategy",
    note = "a strategy goes into the builder under a name, `.strategy(\"local\", …)`, and guards go by that name"
)]
pub trait StrategyNames {
    /// The names, in the order in which to try them.
    fn names(&self) -> Vec<&str>;
}

impl StrategyNames for &str {
    fn names(&self) -> Vec<&str> {
        vec![self]
    }
}

impl<const N: usize> StrategyNames for [&str; N] {
    fn names(&self) -> Vec<&str> {
        self.to_vec()
    }
}

impl StrategyNames for &[&str] {
    fn names(&self) -> Vec<&str> {
        self.to_vec()
    }
}

impl StrategyNames for Vec<String> {
    fn names(&self) -> Vec<&str> {
        self.iter().map(String::as_str).collect()
    }
}
