//! The pages as hyper's responses.

use bytes::Bytes;
use example_shared::{
    User,
    pages::{self, SECURITY_HEADERS, WRONG},
};
use http::{HeaderName, HeaderValue, Response, StatusCode, Uri, header};
use passport_core::{Auth, Error, ReturnTo};

/// The home page: the login form, or who is logged in.
pub(crate) async fn home(auth: &Auth<User>, uri: &Uri) -> Result<Response<Bytes>, Error> {
    let user = auth.user().await?;
    let messages = auth.session().messages(uri, &[WRONG]).await?;
    Ok(html(pages::home(user.as_deref(), &messages, ReturnTo::of_query(uri).as_ref())))
}

pub(crate) fn profile(user: &User) -> Response<Bytes> {
    html(pages::profile(user))
}

pub(crate) fn not_found() -> Response<Bytes> {
    page(StatusCode::NOT_FOUND, header::CONTENT_TYPE, "text/plain; charset=utf-8", "Not Found")
}

pub(crate) fn redirect(to: &'static str) -> Response<Bytes> {
    page(StatusCode::SEE_OTHER, header::LOCATION, to, "")
}

pub(crate) fn with_security_headers(mut response: Response<Bytes>) -> Response<Bytes> {
    for (name, value) in SECURITY_HEADERS {
        response.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    response
}

fn html(body: String) -> Response<Bytes> {
    page(StatusCode::OK, header::CONTENT_TYPE, "text/html; charset=utf-8", body)
}

fn page(
    status: StatusCode,
    name: HeaderName,
    value: &'static str,
    body: impl Into<Bytes>,
) -> Response<Bytes> {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    response.headers_mut().insert(name, HeaderValue::from_static(value));
    response
}
