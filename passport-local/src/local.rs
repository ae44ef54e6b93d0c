//! The strategy.

use std::{borrow::Cow, fmt, sync::Arc};

use async_trait::async_trait;
use bytes::Bytes;
use http::Request;
use passport_core::{BoxError, Error, Failure, Outcome, Strategy, Subject};

use crate::{
    Accounts, Admission, ClientKey, Credentials, Fields, Passwords, Verdict, Verify,
    admission::{BeforeHash, before_hash},
    client_key::client_key,
    pseudonym::pseudonym,
    verify::With,
};

type ClientKeyOf = Arc<dyn Fn(&Request<Bytes>) -> Option<String> + Send + Sync>;

/// Signs users in by a username and a password from the request's body.
///
/// The body is a form (`application/x-www-form-urlencoded`) or JSON; the address is never looked at. Every
/// cause of failure has one message and one status, 401. Requests that are not as described are refused by
/// [`Credentials::from_request`].
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
/// use passport_local::{Credentials, Local};
///
/// struct User(String);
/// let strategy = Local::with(|credentials: Credentials| async move {
///     let right = credentials.username == "demo" && credentials.password.expose_bytes() == b"demo";
///     Ok(right.then(|| Arc::new(User(credentials.username))))
/// })
/// .fields("email", "secret")?
/// .remember("stay", 30)?
/// .message("That did not work.");
/// # Ok::<_, passport_core::Error>(())
/// ```
#[must_use = "a strategy does nothing until it goes into a passport: `.strategy(\"local\", …)`"]
pub struct Local<U> {
    verify: Arc<dyn Verify<User = U>>,
    fields: Fields,
    message: Cow<'static, str>,
    remember_days: u16,
    before_hash: Option<BeforeHash>,
    client_key: ClientKeyOf,
}

impl<U: Send + Sync + 'static> Local<U> {
    /// Verifies passwords against these accounts: Argon2id, legacy hashes behind features, all behind the
    /// gate of this process. See [`Hasher`](crate::Hasher).
    pub fn new(accounts: impl Accounts<User = U>) -> Self {
        Self::verify(Passwords::new(accounts))
    }

    /// Leaves the verdict to this verifier.
    pub fn verify(verify: impl Verify<User = U>) -> Self {
        Self {
            verify: Arc::new(verify),
            fields: Fields::default(),
            message: Cow::Borrowed("Wrong username or password."),
            remember_days: 0,
            before_hash: None,
            client_key: Arc::new(client_key),
        }
    }

    /// Leaves the verdict to this closure: the user, or `None` for wrong credentials.
    pub fn with<F, Fut>(verify: F) -> Self
    where
        F: Fn(Credentials) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Option<Arc<U>>, BoxError>> + Send + 'static,
    {
        Self::verify(With(verify))
    }

    /// Names the fields that hold the username and the password.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] if a name is empty or two are the same.
    pub fn fields(
        mut self,
        username: impl Into<Cow<'static, str>>,
        password: impl Into<Cow<'static, str>>,
    ) -> Result<Self, Error> {
        self.fields = self.fields.renamed(username.into(), password.into())?;
        Ok(self)
    }

    /// Keeps the login for this many days if this field, usually a checkbox, asks for it. See
    /// [`Fields::remember`].
    ///
    /// # Errors
    ///
    /// [`Error::Config`] if the name is empty or another field's.
    pub fn remember(mut self, field: impl Into<Cow<'static, str>>, days: u16) -> Result<Self, Error> {
        self.fields = self.fields.remember(field)?;
        self.remember_days = days;
        Ok(self)
    }

    /// Sets the one sentence for every failed attempt. It should not say which half was wrong.
    pub fn message(mut self, message: impl Into<Cow<'static, str>>) -> Self {
        self.message = message.into();
        self
    }

    /// Asks this hook before anything is looked up or hashed, for names that exist and names that do not: the
    /// place for rate limits.
    ///
    /// It gets the name as it was typed, and the client. Its error ends the attempt like any other error.
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::{sync::Arc, time::Duration};
    /// # use passport_local::{Admission, ClientKey, Credentials, Local};
    /// # struct User;
    /// # fn too_fast(_: &str, _: &ClientKey) -> bool { false }
    /// # let strategy = Local::with(|_: Credentials| async { Ok(None::<Arc<User>>) });
    /// let strategy = strategy.before_hash(|username, client| async move {
    ///     Ok(match too_fast(&username, &client) {
    ///         true => Admission::Refuse { retry_after: Duration::from_secs(60) },
    ///         false => Admission::Admit,
    ///     })
    /// });
    /// ```
    pub fn before_hash<F, Fut>(mut self, hook: F) -> Self
    where
        F: Fn(String, ClientKey) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Admission, BoxError>> + Send + 'static,
    {
        self.before_hash = Some(before_hash(hook));
        self
    }

    /// Finds the key of a request's client in another way than by its address. `None`: nothing is known of
    /// it.
    pub fn client_key(
        mut self,
        of: impl Fn(&Request<Bytes>) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        self.client_key = Arc::new(of);
        self
    }

    async fn refused(&self, username: &str, client: &ClientKey) -> Result<Option<Failure>, BoxError> {
        let Some(hook) = &self.before_hash else { return Ok(None) };
        Ok(hook(username.to_owned(), client.clone()).await?.into_failure())
    }

    /// The one failure, whatever the cause.
    fn wrong(&self, about: Option<Subject>) -> Outcome<U> {
        attempt_failed(Failure::new(self.message.clone()), about)
    }
}

#[async_trait]
impl<U: Send + Sync + 'static> Strategy for Local<U> {
    type User = U;

    async fn authenticate(&self, req: &Request<Bytes>) -> Result<Outcome<U>, BoxError> {
        let credentials = match Credentials::take_presented(req) {
            Some(credentials) => credentials,
            None if Credentials::are_absent(req) => return Ok(Outcome::Pass),
            None => match Credentials::from_request(req, &self.fields) {
                Ok(credentials) => credentials,
                Err(failure) => return Ok(failure.into()),
            },
        };
        let client = ClientKey::from((self.client_key)(req));
        let (nobody, remember) = (pseudonym(&credentials.username), credentials.remember);
        if let Some(failure) = self.refused(&credentials.username, &client).await? {
            return Ok(attempt_failed(failure, nobody));
        }
        // Before the name is looked up, so that it says nothing about the name.
        if credentials.password.is_too_long() {
            return Ok(self.wrong(nobody));
        }
        Ok(match self.verify.verify(credentials, &client).await? {
            Verdict::Right(success) if remember => Outcome::Success(success.remember(self.remember_days)),
            Verdict::Right(success) => Outcome::Success(success),
            Verdict::Wrong(about) => self.wrong(about.or(nobody)),
            Verdict::Refused(failure) if failure.as_subject().is_none() => attempt_failed(failure, nobody),
            Verdict::Refused(failure) => failure.into(),
        })
    }
}

fn attempt_failed<U>(failure: Failure, about: Option<Subject>) -> Outcome<U> {
    match about {
        Some(subject) => failure.about(subject).into(),
        None => failure.into(),
    }
}

impl<U> fmt::Debug for Local<U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Local").field("fields", &self.fields).finish_non_exhaustive()
    }
}
