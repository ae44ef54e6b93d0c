//! Between the types of the `http` crate and those of actix-web, which has an older `http` and a header map of its own.
//!
//! What one version of `http` takes, the other takes too.

use std::sync::LazyLock;

use actix_web::{
    HttpRequest, HttpResponse,
    body::BoxBody,
    http::{StatusCode, header},
};
use bytes::Bytes;
use http::{Extensions, HeaderMap, HeaderName, HeaderValue, Method, Request, Response, request::Parts};
use passport_core::{Clue, PassportExt, ResponseHeaders};

/// A method that is none counts as one that changes something.
pub(crate) fn method(method: &actix_web::http::Method) -> Method {
    Method::from_bytes(method.as_str().as_bytes()).unwrap_or(Method::POST)
}

/// Looks a header up. actix has them in a hash table, in another order in each request: going through it costs a wrong guess
/// of the processor for each.
#[inline]
pub(crate) fn find(headers: &header::HeaderMap, clue: Clue) -> impl Iterator<Item = &[u8]> {
    static NAMES: LazyLock<[header::HeaderName; Clue::ALL.len()]> =
        LazyLock::new(|| Clue::ALL.map(|clue| header::HeaderName::from_static(clue.name())));

    headers.get_all(&NAMES[clue as usize]).map(header::HeaderValue::as_bytes)
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

fn pair(name: &HeaderName, value: &HeaderValue) -> Option<(header::HeaderName, header::HeaderValue)> {
    // What nearly every answer gets needs neither a look at each byte nor a copy.
    for (known, own, text) in &KNOWN {
        if name == known && value.as_bytes() == text.as_bytes() {
            return Some((own.clone(), text.clone()));
        }
    }
    let mut copy = header::HeaderValue::from_bytes(value.as_bytes()).ok()?;
    copy.set_sensitive(value.is_sensitive());
    Some((header::HeaderName::from_bytes(name.as_str().as_bytes()).ok()?, copy))
}

static KNOWN: [(HeaderName, header::HeaderName, header::HeaderValue); 3] = [
    (http::header::VARY, header::VARY, header::HeaderValue::from_static("Cookie")),
    (
        http::header::CACHE_CONTROL,
        header::CACHE_CONTROL,
        header::HeaderValue::from_static("private, no-store"),
    ),
    (http::header::CACHE_CONTROL, header::CACHE_CONTROL, header::HeaderValue::from_static("no-store")),
];
