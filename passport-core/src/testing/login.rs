//! A user who is logged in, without a form.

use std::sync::Arc;

use http::{HeaderMap, HeaderValue, Method, header};

use crate::{Error, IntoSuccess, Passport, Pending, Session};

/// Logs a user in, in a session of its own, and returns what the browser would send from then on: the value of a
/// `Cookie` header, for the test client of any framework.
///
/// It is a login like any other: hooks are called and may refuse, limits hold, the log tells of it. Two passports with
/// two cookies take two of them: join the values with `"; "`.
///
/// # Errors
///
/// As [`Auth::login`](crate::Auth::login); [`Error::NoSessions`] for a passport without sessions: send the credential
/// itself.
pub async fn login_as<U: Send + Sync + 'static>(
    passport: &Passport<U>,
    user: impl IntoSuccess<U>,
) -> Result<String, Error> {
    add_login(passport, "", user).await
}

/// Logs a user in, in the session behind this cookie: for another realm in one session, or for somebody who logs in
/// where somebody else was. Returns the value of the `Cookie` header from then on: the login has a new id.
///
/// # Errors
///
/// As [`login_as`].
pub async fn add_login<U: Send + Sync + 'static>(
    passport: &Passport<U>,
    cookie: &str,
    user: impl IntoSuccess<U>,
) -> Result<String, Error> {
    let success = user.into_success();
    let pending = begin(passport, cookie)?;
    let session = pending.session();
    session.auth::<U>()?.login(success).await?;
    let mut answer = HeaderMap::new();
    session.finish().await.map_err(|failed| failed.0)?.apply(&mut answer);
    let set = answer.get(header::SET_COOKIE).and_then(|set| set.to_str().ok()).ok_or(Error::NoSessions)?;
    let own = set.split(';').next().unwrap_or_default();
    let name = own.split('=').next();
    let others = cookie.split(';').map(str::trim).filter(|other| !other.is_empty());
    let others = others.filter(|other| other.split('=').next() != name);
    Ok(others.chain([own]).collect::<Vec<_>>().join("; "))
}

/// The session behind a `Cookie` header, as another request of the same browser finds it: to look at what a handler
/// has written, or to write what it will find (`insert`, then `save`).
///
/// # Errors
///
/// [`Error::Config`] if `cookie` can be no header.
pub fn session_behind<U: Send + Sync + 'static>(
    passport: &Passport<U>,
    cookie: &str,
) -> Result<Session, Error> {
    Ok(begin(passport, cookie)?.session().clone())
}

/// Who is logged in behind a `Cookie` header; `None` for nobody, also after a logout.
///
/// # Errors
///
/// As [`Auth::user`](crate::Auth::user).
pub async fn user_behind<U: Send + Sync + 'static>(
    passport: &Passport<U>,
    cookie: &str,
) -> Result<Option<Arc<U>>, Error> {
    session_behind(passport, cookie)?.auth::<U>()?.user().await
}

/// A request of this very site.
fn begin<U: Send + Sync + 'static>(passport: &Passport<U>, cookie: &str) -> Result<Pending, Error> {
    let mut headers = HeaderMap::new();
    if !cookie.is_empty() {
        let value = HeaderValue::try_from(cookie);
        let value = value.map_err(|_| Error::Config("this cookie can be no header".into()))?;
        headers.insert(header::COOKIE, value);
    }
    Ok(passport.begin(&Method::POST, None, &headers, None))
}
