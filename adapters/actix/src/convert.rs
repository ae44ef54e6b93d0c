//! Between the types of the `http` crate and those of actix-web, which has an older `http` and a header map of its own.
//!
//! What one version of `http` takes, the other takes too.

use actix_web::{
    HttpRequest, HttpResponse,
    body::BoxBody,
    http::{StatusCode, header},
};
use bytes::Bytes;
use http::{Extensions, HeaderMap, HeaderName, HeaderValue, Method, Request, Response, request::Parts};
use passport_core::{Clue, PassportExt, ResponseHeaders};

/// A method that is none counts as one that changes something.
#[inline]
pub(crate) fn method(method: &actix_web::http::Method) -> Method {
    if method == actix_web::http::Method::GET {
        return Method::GET;
    }
    Method::from_bytes(method.as_str().as_bytes()).unwrap_or(Method::POST)
}

/// Looks a header up. actix has them in a hash table, in another order in each request: going through it costs a wrong guess
/// of the processor for each.
#[inline]
pub(crate) fn find(headers: &header::HeaderMap, clue: Clue) -> impl Iterator<Item = &[u8]> {
    headers.get_all(&NAMES[clue as usize]).map(header::HeaderValue::as_bytes)
}

/// The names of `Clue::ALL`: looked at byte by byte by the compiler.
static NAMES: [header::HeaderName; Clue::ALL.len()] =
    [name(0), name(1), name(2), name(3), name(4), name(5), name(6), name(7), name(8)];

const fn name(clue: usize) -> header::HeaderName {
    header::HeaderName::from_static(Clue::ALL[clue].name())
}

/// The request without its body, as guards and strategies see it. Of its extensions it has the session alone.
pub(crate) fn head(req: &HttpRequest) -> Parts {
    let mut head = Request::new(()).into_parts().0;
    head.method = method(req.method());
    head.uri = req.uri().to_string().parse().unwrap_or_default();
    head.headers = HeaderMap::with_capacity(req.headers().len());
    for (name, value) in req.headers() {
        let name = HeaderName::from_bytes(name.as_str().as_bytes());
        if let (Ok(name), Ok(value)) = (name, HeaderValue::from_bytes(value.as_bytes())) {
            head.headers.append(name, value);
        }
    }
    head.extensions = req.passport_session().map_or_else(Extensions::new, |session| {
        let mut extensions = Extensions::new();
        extensions.insert(session);
        extensions
    });
    head
}

/// An answer of passport as one of actix.
pub(crate) fn answer(answer: Response<Bytes>) -> HttpResponse {
    let (parts, body) = answer.into_parts();
    let mut response = HttpResponse::with_body(status(parts.status), BoxBody::new(body));
    for (name, value) in &parts.headers {
        Headers(response.headers_mut()).append(name.clone(), value.clone());
    }
    response
}

pub(crate) fn status(status: http::StatusCode) -> StatusCode {
    StatusCode::from_u16(status.as_u16()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// The headers of an answer.
pub(crate) struct Headers<'a>(pub(crate) &'a mut header::HeaderMap);

impl ResponseHeaders for Headers<'_> {
    fn all(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_bytes()))
    }

    fn append(&mut self, name: HeaderName, value: HeaderValue) {
        if let Some((name, value)) = pair(&name, &value) {
            self.0.append(name, value);
        }
    }

    fn insert(&mut self, name: HeaderName, value: HeaderValue) {
        if let Some((name, value)) = pair(&name, &value) {
            self.0.insert(name, value);
        }
    }

    fn remove(&mut self, name: &HeaderName) {
        self.0.remove(name.as_str());
    }
}

/// What nearly every answer gets is there already: it takes neither a look at each byte nor a copy.
fn pair(name: &HeaderName, value: &HeaderValue) -> Option<(header::HeaderName, header::HeaderValue)> {
    match value.as_bytes() {
        b"Cookie" if name == http::header::VARY => return Some((header::VARY, COOKIE)),
        b"private, no-store" if name == http::header::CACHE_CONTROL => {
            return Some((header::CACHE_CONTROL, PRIVATE));
        }
        _ => {}
    }
    let mut copy = header::HeaderValue::from_bytes(value.as_bytes()).ok()?;
    copy.set_sensitive(value.is_sensitive());
    Some((header::HeaderName::from_bytes(name.as_str().as_bytes()).ok()?, copy))
}

const COOKIE: header::HeaderValue = header::HeaderValue::from_static("Cookie");
const PRIVATE: header::HeaderValue = header::HeaderValue::from_static("private, no-store");
