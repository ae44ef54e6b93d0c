//! Routes in this process, asked as over the network.

use std::collections::BTreeMap;

use axum::{Router, body::Body};
use http::{Request, header};
use http_body_util::BodyExt;
use passport_tests::client::{Answer, cookies};
use tower::ServiceExt;

/// A browser's cookie jar before routes in this process. A clone is a copy of the cookies, as a thief would have it.
#[derive(Clone)]
pub(crate) struct Caller {
    app: Router,
    pub(crate) cookies: BTreeMap<String, String>,
}

impl Caller {
    pub(crate) fn of(app: &Router) -> Self {
        Self { app: app.clone(), cookies: BTreeMap::new() }
    }

    pub(crate) fn with_cookie(mut self, name: &str, value: &str) -> Self {
        self.cookies.insert(name.to_owned(), value.to_owned());
        self
    }

    /// Sends a request with the cookies and keeps those of the answer.
    pub(crate) async fn send(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Answer {
        let mut req = Request::builder().method(method).uri(path).header(header::HOST, "localhost:3000");
        for (name, value) in headers {
            req = req.header(*name, *value);
        }
        if let Some(cookies) = cookies::header(&self.cookies) {
            req = req.header(header::COOKIE, cookies);
        }
        let response = self.app.clone().oneshot(req.body(Body::from(body.to_owned())).unwrap()).await;
        let (parts, body) = response.unwrap_or_else(|never| match never {}).into_parts();
        let headers = parts.headers.iter().map(|(name, value)| {
            (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        });
        let answer = Answer {
            request: format!("{method} {path}"),
            status: parts.status.as_u16(),
            headers: headers.collect(),
            body: String::from_utf8_lossy(&body.collect().await.unwrap().to_bytes()).into_owned(),
        };
        cookies::keep(&mut self.cookies, answer.all("set-cookie"));
        answer
    }

    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        self.send("GET", path, &[], "").await
    }

    pub(crate) async fn delete(&mut self, path: &str) -> Answer {
        self.send("DELETE", path, &[], "").await
    }

    pub(crate) async fn post(&mut self, path: &str, form: &str) -> Answer {
        self.send("POST", path, &[("content-type", "application/x-www-form-urlencoded")], form).await
    }
}
