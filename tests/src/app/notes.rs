//! The session's own data: anonymous too.

use bytes::Bytes;
use http::{Method, Request, StatusCode};
use passport_core::PassportExt;
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

use super::{
    millis,
    reply::{Reply, bad_request, error, json, no_content},
    wait,
};

pub(super) async fn all(req: &Request<Bytes>) -> Result<Reply, Reply> {
    let session = req.session().map_err(|fault| error(&fault))?;
    let mut notes = Map::new();
    for key in session.keys().await.map_err(|fault| error(&fault))? {
        if let Some(text) = session.get::<String>(&key).await.map_err(|fault| error(&fault))? {
            notes.insert(key, Value::String(text));
        }
    }
    Ok(json(StatusCode::OK, &Value::Object(notes)))
}

pub(super) async fn write(req: &Request<Bytes>, key: &str) -> Result<Reply, Reply> {
    let session = req.session().map_err(|fault| error(&fault))?;
    let key = percent_decode_str(key).decode_utf8().map_err(|_| bad_request("the key is not UTF-8"))?;
    let pause = millis(req, "read_then_wait_ms");
    if pause > 0 {
        session.get::<String>(&key).await.map_err(|fault| error(&fault))?;
        wait(pause).await;
    }
    wait(millis(req, "wait_ms")).await;
    let written = match *req.method() {
        Method::PUT => {
            let text = std::str::from_utf8(req.body()).map_err(|_| bad_request("the body is not UTF-8"))?;
            session.insert(&key, text)
        }
        _ => session.remove(&key),
    };
    written.map_err(|fault| error(&fault))?;
    Ok(no_content())
}
