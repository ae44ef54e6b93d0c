//! A route behind a guard, on tower.

use std::{
    convert::Infallible,
    ops::Deref,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
};

use axum::body::Body;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, Request, Response, StatusCode, header, request::Builder as Head};
use http_body_util::{BodyExt, Full};
use passport_core::{Builder, Guard, PassportExt, Strategy};
use passport_tower::{GuardLayer, PassportLayer};
use tower::{Layer, ServiceExt, service_fn};

use crate::support::{Person, Site, SiteBuilder, User};

/// An application whose routes a guard is in front of.
pub(crate) struct Stage(Site);

impl Deref for Stage {
    type Target = Site;

    fn deref(&self) -> &Site {
        &self.0
    }
}

/// What the handler saw.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reached {
    pub(crate) who: String,
    pub(crate) account: String,
    pub(crate) info: Option<String>,
    pub(crate) body: String,
}

/// What the browser got.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
    /// `None`: the guard answered.
    pub(crate) reached: Option<Reached>,
}

impl Stage {
    pub(crate) fn new(more: impl FnOnce(Builder<User>) -> Builder<User>) -> Self {
        Self(SiteBuilder::new().site_with(more))
    }

    /// One strategy, `"it"`.
    pub(crate) fn with(strategy: impl Strategy<User = User>) -> Self {
        Self::new(|builder| builder.strategy("it", strategy))
    }

    pub(crate) fn guard(&self) -> passport_core::Authenticate<User> {
        self.passport.authenticate("it").unwrap()
    }

    /// Sends a request to the route behind this guard.
    pub(crate) async fn send(&self, guard: impl Guard, req: Request<Body>) -> Reply {
        let seen = Arc::new(Mutex::new(None));
        let handler = {
            let seen = Arc::clone(&seen);
            service_fn(move |req: Request<Body>| {
                let seen = Arc::clone(&seen);
                async move {
                    let auth = req.auth::<User>().unwrap();
                    let name = |user: Option<Arc<User>>| {
                        user.map_or_else(|| "nobody".to_owned(), |user| user.name().to_owned())
                    };
                    let reached = Reached {
                        who: name(auth.user().await.unwrap()),
                        account: name(auth.account()),
                        info: auth.info::<String>().map(|info| (*info).clone()),
                        body: text(req.into_body()).await,
                    };
                    *seen.lock().unwrap() = Some(reached);
                    Ok::<_, Infallible>(Response::new(Body::from("welcome")))
                }
            })
        };
        let service = PassportLayer::new(self.passport.clone()).layer(GuardLayer::new(guard).layer(handler));
        let (parts, body) = service.oneshot(req).await.unwrap().into_parts();
        let reached = seen.lock().unwrap().take();
        Reply { status: parts.status, headers: parts.headers, body: text(body).await, reached }
    }
}

impl Reply {
    /// The handler ran for this user.
    pub(crate) fn is_for(&self, name: &str) -> bool {
        self.reached.as_ref().is_some_and(|reached| reached.who == name)
    }

    pub(crate) fn header(&self, name: HeaderName) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// Everything that `WWW-Authenticate` says, in order.
    pub(crate) fn challenges(&self) -> Vec<&str> {
        let all = self.headers.get_all(header::WWW_AUTHENTICATE).iter();
        all.map(|value| value.to_str().unwrap()).collect()
    }

    pub(crate) fn location(&self) -> Option<&str> {
        self.header(header::LOCATION)
    }

    pub(crate) fn cookie(&self) -> Option<String> {
        Some(self.header(header::SET_COOKIE)?.split(';').next().unwrap().to_owned())
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        assert_eq!(self.header(header::CONTENT_TYPE), Some("application/problem+json"));
        serde_json::from_str(&self.body).unwrap()
    }
}

async fn text(body: Body) -> String {
    String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap()
}

pub(crate) fn get(uri: &str) -> Head {
    Request::get(uri).header(header::HOST, "example.com")
}

pub(crate) fn post(uri: &str) -> Head {
    Request::post(uri).header(header::HOST, "example.com")
}

/// A login form, filled in.
pub(crate) fn form(head: Head, fields: &'static str) -> Request<Body> {
    head.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").body(Body::from(fields)).unwrap()
}

/// No body.
pub(crate) fn bare(head: Head) -> Request<Body> {
    head.body(Body::empty()).unwrap()
}

/// A body that tells whether it was read.
pub(crate) fn watched(content: &'static str) -> (Body, Arc<AtomicUsize>) {
    let reads = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&reads);
    let body = Full::new(Bytes::from_static(content.as_bytes())).map_frame(move |frame| {
        count.fetch_add(1, Relaxed);
        frame
    });
    (Body::new(body), reads)
}
