//! An app's visitors, and what they bring.

use actix_http::Request;
use actix_web::{
    Error,
    body::{self, BoxBody},
    dev::{Service, ServiceResponse},
    http::{StatusCode, header::HeaderMap},
    test::TestRequest,
};
use async_trait::async_trait;
use passport_core::{Builder, Life, Owner, Passport, Record, Timestamp};
use passport_session::{Entry, IdHash, Limit, Loaded, SessionStore, Sessions, StoreError, Written};

/// Users who are their own names.
pub(crate) fn people() -> Builder<String> {
    Passport::of_ids(Sessions::in_memory().insecure_cookie_for_development())
}

/// The same, where the store has gone away.
pub(crate) fn people_without_store() -> Builder<String> {
    Passport::of_ids(Sessions::over(Down).insecure_cookie_for_development())
}

/// A session that cannot be found, because nothing can.
pub(crate) const SOME_COOKIE: (&str, &str) =
    ("cookie", "session=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");

pub(crate) fn get(path: &str) -> TestRequest {
    TestRequest::get().uri(path)
}

pub(crate) fn post(path: &str) -> TestRequest {
    TestRequest::post().uri(path)
}

/// An answer, as it came.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) cookies: Vec<String>,
    pub(crate) body: String,
}

impl Answer {
    /// The only value of a header; empty if there is none.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The first cookie, as the browser sends it back.
    pub(crate) fn cookie(&self) -> String {
        self.cookies[0].split(';').next().unwrap().to_owned()
    }
}

/// Sends a request. An error that leaves the app becomes the answer that the server would send.
pub(crate) async fn ask<S>(app: &S, req: TestRequest) -> Answer
where
    S: Service<Request, Response = ServiceResponse<BoxBody>, Error = Error>,
{
    let response = match app.call(req.insert_header(("host", "site.test")).to_request()).await {
        Ok(response) => response.into_parts().1,
        Err(error) => error.error_response(),
    };
    let (status, headers) = (response.status(), response.headers().clone());
    let cookies = headers.get_all("set-cookie").map(|value| value.to_str().unwrap().to_owned()).collect();
    let bytes = body::to_bytes(response.into_body()).await.unwrap();
    Answer { status, headers, cookies, body: String::from_utf8(bytes.to_vec()).unwrap() }
}

/// A store that answers nothing.
#[derive(Debug)]
pub(crate) struct Down;

fn down<T>() -> Result<T, StoreError> {
    Err(StoreError::Unreachable("gone".into()))
}

#[async_trait]
impl SessionStore for Down {
    async fn create(&self, _: IdHash, _: &Record, _: Life, _: Limit) -> Result<u64, StoreError> {
        down()
    }

    async fn load(&self, _: IdHash, _: Timestamp) -> Result<Loaded, StoreError> {
        down()
    }

    async fn update(&self, _: IdHash, _: &Record, _: u64, _: Life) -> Result<Written, StoreError> {
        down()
    }

    async fn rotate(
        &self,
        _: IdHash,
        _: IdHash,
        _: &Record,
        _: u64,
        _: Life,
        _: Limit,
    ) -> Result<Written, StoreError> {
        down()
    }

    async fn touch(&self, _: IdHash, _: Life) -> Result<bool, StoreError> {
        down()
    }

    async fn delete(&self, _: IdHash, _: Timestamp) -> Result<bool, StoreError> {
        down()
    }

    async fn list(&self, _: &Owner, _: Timestamp) -> Result<Vec<Entry>, StoreError> {
        down()
    }

    async fn delete_all(&self, _: &Owner, _: Option<IdHash>, _: Timestamp) -> Result<u64, StoreError> {
        down()
    }

    async fn sweep(&self, _: Timestamp) -> Result<u64, StoreError> {
        down()
    }
}
