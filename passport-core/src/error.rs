//! What can go wrong, and which HTTP status that is.

use std::borrow::Cow;

use http::StatusCode;

/// Any error, as it comes in from a plug-in.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// What went wrong. Messages say what failed and never hold data; the cause is in
/// [`source`](std::error::Error::source).
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The request did not pass through a passport for this type of user.
    #[error(
        "no passport for `{0}` is installed on this route: add its layer around the route, for axum \
         `.layer(PassportLayer::new(passport))` outside of every guard and handler that asks for it"
    )]
    NotInstalled(&'static str),
    /// The passport has no sessions.
    #[error(
        "this passport keeps no sessions: it was built with `Passport::stateless()`; to log in, build it \
         with `Passport::builder(users, &sessions)`"
    )]
    NoSessions,
    /// A name that the builder was not told.
    #[error(
        "unknown strategy `{name}`: the builder knows {known}; add `.strategy(\"{name}\"{hint})` before `build()`"
    )]
    UnknownStrategy {
        /// The name that was asked for.
        name: String,
        /// The names there are.
        known: String,
        /// What else to write there.
        hint: &'static str,
    },
    /// A builder or a guard was configured in a way that cannot work.
    #[error("{0}")]
    Config(Cow<'static, str>),
    /// Two types of user under one realm name in one session.
    #[error(
        "realm `{0}` belongs to two passports on this route: give one of them another name with `.realm(\"…\")` \
         before `build()`"
    )]
    RealmTaken(&'static str),
    /// Two session managers with one cookie name.
    #[error(
        "two session managers on this route use the cookie `{0}`: clone one `Sessions` for both, or name one \
         cookie with `.cookie(\"…\")`"
    )]
    CookieTaken(String),
    /// A foreign site asked for a change of state.
    #[error("a request from a foreign site was refused")]
    CrossSite,
    /// Nobody is logged in, where somebody must be.
    #[error("nobody is logged in")]
    Unauthenticated,
    /// A before-login hook refused, with this reason for the visitor.
    #[error("the login was refused: {0}")]
    Refused(Cow<'static, str>),
    /// The session ended while this request ran.
    #[error("the session ended while this request ran")]
    Ended,
    /// The answer is already on its way.
    #[error(
        "the response is already on its way: await what changes the session before the handler returns, or \
         begin a request of its own for work in the background"
    )]
    Finished,
    /// Another task of this request has begun to ask, and for a minute was neither polled nor dropped.
    #[error(
        "another task of this request has begun to ask, and is neither polled nor dropped: await what it began, or \
         drop it, before the next question and before the handler returns"
    )]
    Stuck,
    /// A strategy could not find out.
    #[error("strategy `{name}` failed")]
    Strategy {
        /// The strategy's name in the builder.
        name: &'static str,
        /// What it said.
        source: BoxError,
    },
    /// A strategy panicked.
    #[error("strategy `{0}` panicked")]
    StrategyPanicked(&'static str),
    /// A strategy took longer than its deadline.
    #[error("strategy `{0}` took longer than its deadline")]
    StrategyTimedOut(&'static str),
    /// The user store could not answer.
    #[error("the user store failed")]
    User(#[source] BoxError),
    /// The session store could not answer.
    #[error("the session store failed")]
    Session(#[source] BoxError),
    /// The session store did not answer in time.
    #[error("the session store took longer than its deadline")]
    SessionTimedOut,
    /// Cookie-only sessions cannot do this.
    #[error(
        "{0} needs sessions in a store: cookie-only sessions cannot do it; use `Sessions::in_memory()` or \
         `Sessions::over(store)`"
    )]
    NeedsStore(&'static str),
    /// The session would hold more than it may.
    #[error("the session is full: it may hold {0}")]
    TooLarge(&'static str),
    /// The user has as many sessions as are allowed.
    #[error("this user has as many sessions as are allowed")]
    TooManySessions,
    /// The browser sent more session cookies than anybody looks at, or, where all of a user's sessions were to end, more than one: which
    /// of them is the visitor's, nobody knows.
    #[error("too many session cookies came with the request: delete this site's cookies in the browser")]
    TooManyCookies,
    /// A value of the session could not be written or read.
    #[error("the session value `{key}` could not be {action}, at column {column} of its JSON")]
    Value {
        /// Its key.
        key: String,
        /// What failed: "written", or "read as the type that was asked for".
        action: &'static str,
        /// Where. What stands there is the visitor's, and stays out of errors and logs.
        column: usize,
    },
    /// A user's key could not be used.
    #[error("the user's key could not be {0}")]
    Key(&'static str),
    /// The provider had to be told of the logout, and was not. The login here has ended.
    #[error("strategy `{name}` could not tell its provider of the logout; the login here has ended")]
    Provider {
        /// The strategy's name in the builder.
        name: &'static str,
        /// What it said.
        source: BoxError,
    },
    /// Of several things to end, only some have ended.
    #[error("only a part of the logout succeeded: {ended} session(s) ended, the rest is still alive")]
    Incomplete {
        /// How many sessions have ended.
        ended: u64,
        /// Why the rest did not.
        source: Box<Error>,
    },
}

impl Error {
    /// The status that answers it.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Unauthenticated | Self::Ended => StatusCode::UNAUTHORIZED,
            Self::CrossSite | Self::Refused(_) | Self::TooManySessions => StatusCode::FORBIDDEN,
            Self::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooManyCookies => StatusCode::BAD_REQUEST,
            Self::Provider { .. } => StatusCode::BAD_GATEWAY,
            Self::User(_) | Self::Session(_) | Self::SessionTimedOut | Self::StrategyTimedOut(_) => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            Self::Incomplete { source, .. } => source.status(),
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// Writes it to the log, as guards do: for adapters, where an error becomes an answer without passing through one.
    pub fn report(&self, what: &'static str) {
        crate::events::failed(what, self);
    }

    /// What a strategy's error is to the application: an error of this crate stays what it is.
    pub(crate) fn of_strategy(name: &'static str, source: BoxError) -> Self {
        match source.downcast::<Self>() {
            Ok(own) => *own,
            Err(source) => Self::Strategy { name, source },
        }
    }

    /// The message and those of its causes, for the log.
    pub(crate) fn chain(&self) -> String {
        chain(self)
    }
}

/// An error's message and those of its causes.
pub(crate) fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
