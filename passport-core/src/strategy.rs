//! One way to authenticate a request.

use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderValue, Request};

use crate::{BoxError, EndedLogin, Outcome, ProviderLogout};

/// One way to authenticate a request: a password, an API key, a provider.
///
/// A strategy answers with one of four outcomes, or with an error when it could not find out. It holds no
/// state of a request: `&self` is shared by all of them, so two that overlap cannot swap users.
///
/// # Examples
///
/// ```
/// use passport_core::{BoxError, Credential, Outcome, Strategy, async_trait};
///
/// struct User(&'static str);
/// struct Header;
///
/// #[async_trait]
/// impl Strategy for Header {
///     type User = User;
///     fn credential(&self) -> Credential {
///         Credential::Header
///     }
///     async fn authenticate(&self, req: &http::Request<bytes::Bytes>) -> Result<Outcome<User>, BoxError> {
///         Ok(match req.headers().get("x-demo").map(|value| value.as_bytes()) {
///             None => Outcome::Pass,
///             Some(b"let me in") => Outcome::success(User("demo")),
///             Some(_) => Outcome::fail("that is not the demo key"),
///         })
///     }
/// }
/// ```
#[async_trait]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a strategy",
    note = "implement `passport_core::Strategy` for it, with `#[async_trait]` on the impl block; it must be `Send + Sync`"
)]
pub trait Strategy: Send + Sync + 'static {
    /// The kind of user that this strategy finds. Not every user type: that of the `Passport` it goes into.
    type User: Send + Sync + 'static;

    /// Looks for a credential in the request and judges it.
    ///
    /// Absent credentials are [`Outcome::Pass`]; presented and wrong ones are [`Outcome::Fail`].
    ///
    /// # Errors
    ///
    /// Whatever kept it from finding out: the chain ends, and nobody is logged in.
    async fn authenticate(&self, req: &Request<Bytes>) -> Result<Outcome<Self::User>, BoxError>;

    /// What kind of credential it reads; decides whether success logs in, or admits this request only.
    fn credential(&self) -> Credential {
        Credential::Login
    }

    /// Whether it wants the body. One that does not leaves it unread for the handler.
    fn reads_body(&self) -> bool {
        self.credential() == Credential::Login
    }

    /// What to ask for in `WWW-Authenticate` (RFC 9110, section 11.6.1) when it passed and nobody got in.
    fn challenge(&self) -> Option<HeaderValue> {
        None
    }

    /// Whether [`Strategy::logout`] does anything; a logout looks up what it ends only if somebody asks.
    fn wants_logout(&self) -> bool {
        false
    }

    /// Tells the provider that a login which this strategy made has ended, when the logout asked for that.
    ///
    /// The address, if any, is where the browser should go next.
    ///
    /// # Errors
    ///
    /// Whatever kept the provider from hearing it. The login here has ended all the same.
    async fn logout(&self, _login: &EndedLogin) -> Result<ProviderLogout, BoxError> {
        Ok(ProviderLogout::default())
    }
}

/// What kind of credential a strategy reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Credential {
    /// Presented once, to log in: a password, a one-time code, a provider's answer.
    Login,
    /// Sent with every request by the client's own code: an API key, a bearer token. Authenticates that
    /// request alone: no session, no cookie.
    Header,
    /// Attached to every request by the browser on its own: the session, Basic, a client certificate.
    /// Authenticates that request alone, and a foreign site can cause such requests: guards refuse those.
    Ambient,
}
