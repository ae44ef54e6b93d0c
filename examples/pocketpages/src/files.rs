//! What pages load, and what every answer carries.

use axum::{
    Router,
    http::header,
    response::{IntoResponse, Response},
    routing::get,
};
use example_shared::pages::STYLE;

/// Only what this site itself serves: no inline script, no frame, nothing from elsewhere.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; form-action 'self'; \
                      base-uri 'none'; frame-ancestors 'none'";

pub(crate) fn routes() -> Router {
    let script = [(header::CONTENT_TYPE, "text/javascript; charset=utf-8")];
    let style = [(header::CONTENT_TYPE, "text/css; charset=utf-8")];
    Router::new()
        .route("/page.js", get(async move || (script, include_str!("../public/page.js"))))
        .route("/style.css", get(async move || (style, STYLE)))
}

pub(crate) async fn with_security_headers(response: Response) -> impl IntoResponse {
    let headers = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // Not `no-referrer`: with it, browsers send `Origin: null` with this site's own forms.
        (header::REFERRER_POLICY, "same-origin"),
    ];
    (headers, response)
}
