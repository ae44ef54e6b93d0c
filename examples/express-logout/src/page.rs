//! A page to try the routes with in a browser: the tutorial has none.

use axum::{Router, http::header, response::IntoResponse, routing::get};
use example_shared::pages::STYLE;

/// Only what this site itself serves: no inline script, no frame, nothing from elsewhere.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; form-action 'self'; \
                      base-uri 'none'; frame-ancestors 'none'";

/// `/`, and what it loads. The files are in the program itself, so it runs from anywhere.
pub(crate) fn routes() -> Router {
    Router::new()
        .route("/", get(async || file("text/html; charset=utf-8", include_str!("../public/index.html"))))
        .route(
            "/page.js",
            get(async || file("text/javascript; charset=utf-8", include_str!("../public/page.js"))),
        )
        .route("/style.css", get(async || file("text/css; charset=utf-8", STYLE)))
}

fn file(kind: &'static str, text: &'static str) -> impl IntoResponse {
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // Not `no-referrer`: with it, browsers send `Origin: null` with this site's own forms.
        (header::REFERRER_POLICY, "same-origin"),
    ];
    (headers, text)
}
