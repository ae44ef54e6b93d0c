//! What a request presents: a name and a password.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use bytes::Bytes;
use http::{HeaderMap, Request, StatusCode, header};
use passport_core::{Failure, Session};

use crate::{Fields, Password, body};

/// The largest body that is read, in bytes: 64 KiB.
const BODY_LIMIT: usize = 64 * 1024;

/// A username and a password, as a request presents them.
///
/// # Examples
///
/// ```
/// use bytes::Bytes;
/// use passport_local::{Credentials, Fields};
///
/// let request = http::Request::post("/login")
///     .header("content-type", "application/x-www-form-urlencoded")
///     .body(Bytes::from("username=alice&password=correct+horse"))?;
/// let Ok(credentials) = Credentials::from_request(&request, &Fields::default()) else { panic!("a 400") };
/// assert_eq!(credentials.username, "alice");
/// # Ok::<_, http::Error>(())
/// ```
#[non_exhaustive]
pub struct Credentials {
    /// The name, exactly as it was typed: neither trimmed nor folded.
    ///
    /// # Security
    ///
    /// People type passwords into the name field: do not log a name that is nobody's.
    pub username: String,
    /// The password.
    pub password: Password,
    /// Whether the login is to be remembered; false if [`Fields`] names no such field.
    pub remember: bool,
}

impl Credentials {
    /// Puts credentials together that did not come from a body.
    pub fn new(username: impl Into<String>, password: impl Into<Password>) -> Self {
        Self { username: username.into(), password: password.into(), remember: false }
    }

    /// Reads them from a request's body: `application/x-www-form-urlencoded` or `application/json`.
    ///
    /// The address is never looked at: a password in it would be in every log on the way.
    ///
    /// # Errors
    ///
    /// What to answer instead: 413 beyond 64 KiB, 415 for any other content type, 400 for a body that is
    /// malformed, no UTF-8, or whose fields are missing, empty, given twice or no texts. The field is named.
    pub fn from_request(req: &Request<Bytes>, fields: &Fields) -> Result<Self, Failure> {
        if req.body().len() > BODY_LIMIT {
            return Err(refused(StatusCode::PAYLOAD_TOO_LARGE, "The body is too large."));
        }
        let Some(content) = Content::of(req.headers()) else {
            return Err(refused(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "The body must be application/x-www-form-urlencoded or application/json.",
            ));
        };
        let found = match content {
            Content::Form => body::urlencoded(req.body(), fields),
            Content::Json => body::json(req.body(), fields),
        };
        match found {
            Some(found) => found.into_credentials(fields),
            None => Err(refused(StatusCode::BAD_REQUEST, "The body is malformed.")),
        }
    }

    /// Makes a request that presents these, for code that has them already: a handler that has read its own JSON, a
    /// function `log_in(name, password)`.
    ///
    /// It is for one run of [`Local`](crate::Local), whatever that calls its fields: `auth.authenticate("local", &request)`
    /// gives hooks, deadline and gate their due. `session` says where the attempt comes from.
    ///
    /// # Examples
    ///
    /// ```
    /// use passport_core::{Auth, Error, Outcome};
    /// use passport_local::Credentials;
    ///
    /// async fn log_in(auth: &Auth<String>, name: &str, password: &str) -> Result<bool, Error> {
    ///     let request = Credentials::new(name, password).into_request(auth.session());
    ///     match auth.authenticate("local", &request).await? {
    ///         Outcome::Success(success) => auth.login(success).await.map(|()| true),
    ///         _ => Ok(false),
    ///     }
    /// }
    /// # let _ = log_in;
    /// ```
    pub fn into_request(self, session: &Session) -> Request<Bytes> {
        let mut req = Request::new(Bytes::new());
        *req.method_mut() = http::Method::POST;
        req.extensions_mut().insert(session.clone());
        req.extensions_mut().insert(Presented(Arc::new(Mutex::new(Some(self)))));
        req
    }

    /// Those that [`into_request`](Self::into_request) put there, once.
    pub(crate) fn take_presented(req: &Request<Bytes>) -> Option<Self> {
        let Presented(presented) = req.extensions().get()?;
        presented.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Whether a request presents nothing at all: neither a body nor the type of one.
    pub(crate) fn are_absent(req: &Request<Bytes>) -> bool {
        req.body().is_empty() && !req.headers().contains_key(header::CONTENT_TYPE)
    }
}

impl fmt::Debug for Credentials {
    /// Shows nothing that was typed: the name may be a password in the wrong field.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("remember", &self.remember).finish_non_exhaustive()
    }
}

/// Credentials on their way to a strategy. A password has one place, so it is moved out and not copied.
#[derive(Clone)]
struct Presented(Arc<Mutex<Option<Credentials>>>);

/// The media types that are understood.
enum Content {
    Form,
    Json,
}

impl Content {
    /// Parameters are allowed and the type is case-insensitive (RFC 9110, section 8.3.1). Two types are none.
    fn of(headers: &HeaderMap) -> Option<Self> {
        let mut values = headers.get_all(header::CONTENT_TYPE).iter();
        let (Some(value), None) = (values.next(), values.next()) else { return None };
        let essence = value.to_str().ok()?.split(';').next()?.trim_matches([' ', '\t']);
        if essence.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            Some(Self::Form)
        } else if essence.eq_ignore_ascii_case("application/json") {
            Some(Self::Json)
        } else {
            None
        }
    }
}

fn refused(status: StatusCode, message: &'static str) -> Failure {
    Failure::new(message).status(status)
}
