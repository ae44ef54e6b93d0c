//! The requests that are measured.

use axum::body::Body;
use http::{HeaderValue, Method, Request, header};

/// A route, and whether the visitor has a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    /// A page that asks nothing, and a visitor without a session.
    Public,
    /// The same page, and a visitor who is logged in.
    PublicCookie,
    /// A page that asks who is logged in.
    Me,
    /// A login, without the hashing of a password.
    Login,
}

impl Route {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Public, Self::PublicCookie, Self::Me, Self::Login];

    /// As tables name it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::PublicCookie => "public, cookie",
            Self::Me => "me",
            Self::Login => "login",
        }
    }

    /// Where it is.
    pub const fn path(self) -> &'static str {
        match self {
            Self::Public | Self::PublicCookie => "/public",
            Self::Me => "/me",
            Self::Login => "/login",
        }
    }

    /// How it is asked.
    pub const fn method(self) -> Method {
        match self {
            Self::Login => Method::POST,
            _ => Method::GET,
        }
    }

    /// Whether the request carries the session cookie.
    pub const fn has_cookie(self) -> bool {
        matches!(self, Self::PublicCookie | Self::Me)
    }
}

/// What a browser sends beside the cookie.
pub const HEADERS: [(&str, &str); 8] = [
    ("host", "www.example.com"),
    (
        "user-agent",
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
    ),
    ("accept", "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"),
    ("accept-language", "en-GB,en;q=0.9"),
    ("accept-encoding", "gzip, deflate, br, zstd"),
    ("sec-fetch-site", "same-origin"),
    ("sec-fetch-mode", "navigate"),
    ("sec-fetch-dest", "document"),
];

/// A browser's request.
pub fn request(route: Route, cookie: &HeaderValue) -> Request<Body> {
    let mut request = Request::new(Body::empty());
    *request.method_mut() = route.method();
    *request.uri_mut() = http::Uri::from_static(route.path());
    for (name, value) in HEADERS {
        request.headers_mut().append(name, HeaderValue::from_static(value));
    }
    if route.has_cookie() {
        request.headers_mut().append(header::COOKIE, cookie.clone());
    }
    request
}
