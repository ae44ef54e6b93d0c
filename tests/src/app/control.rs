//! What a test does to this process: users, time, and the store's health.

use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request, StatusCode};
use serde_json::Value;

use super::{
    Inner,
    faulty::Failing,
    object,
    reply::{Reply, bad_request, no_content, status, text},
};

pub(super) fn route(app: &Inner, path: &str, req: &Request<Bytes>) -> Result<Reply, Reply> {
    let known = matches!(path, "clock" | "store")
        || path.strip_prefix("users/").is_some_and(|name| !name.contains('/'));
    if !known {
        return Ok(text(StatusCode::NOT_FOUND, "Not Found"));
    }
    if req.method() != Method::POST {
        return Err(status(StatusCode::METHOD_NOT_ALLOWED));
    }
    let body = object(req)?;
    match path {
        "clock" => clock(app, body.get("advance_ms"), body.len()),
        "store" => store(app, body.get("fail"), body.get("delay_ms"), body.len()),
        path => user(
            app,
            path.trim_start_matches("users/"),
            body.get("disabled"),
            body.get("deleted"),
            body.len(),
        ),
    }
}

fn clock(app: &Inner, advance: Option<&Value>, members: usize) -> Result<Reply, Reply> {
    match (advance.and_then(Value::as_u64), members) {
        (Some(_), 1) if !app.own_clock => Err(status(StatusCode::NOT_IMPLEMENTED)),
        (Some(millis), 1) => {
            app.clock.advance(Duration::from_millis(millis));
            Ok(no_content())
        }
        _ => Err(bad_request("`advance_ms` must be a number of milliseconds, and alone")),
    }
}

fn store(app: &Inner, fail: Option<&Value>, delay: Option<&Value>, members: usize) -> Result<Reply, Reply> {
    let failing = match fail.and_then(Value::as_str) {
        Some("none") => Failing::None,
        Some("load") => Failing::Load,
        Some("create") => Failing::Create,
        Some("update") => Failing::Update,
        Some("delete") => Failing::Delete,
        Some("all") => Failing::All,
        _ => return Err(bad_request("`fail` must be none, load, create, update, delete or all")),
    };
    let (delay, described) = match delay {
        None => (Some(0), 1),
        Some(number) => (number.as_u64(), 2),
    };
    match delay {
        Some(millis) if members == described => {
            app.faults.set(failing, Duration::from_millis(millis));
            Ok(no_content())
        }
        _ => Err(bad_request("`delay_ms` must be a number of milliseconds; nothing else goes with `fail`")),
    }
}

fn user(
    app: &Inner,
    name: &str,
    disabled: Option<&Value>,
    deleted: Option<&Value>,
    members: usize,
) -> Result<Reply, Reply> {
    let changed = match (disabled, deleted, members) {
        (Some(Value::Bool(disabled)), None, 1) => app.users.disable(name, *disabled),
        (None, Some(Value::Bool(true)), 1) => app.users.delete(name),
        _ => return Err(bad_request("the body must be `disabled`, true or false, or `deleted`, true")),
    };
    changed.map(|_| no_content()).ok_or_else(|| status(StatusCode::NOT_FOUND))
}
