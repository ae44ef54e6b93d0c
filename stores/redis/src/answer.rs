//! What scripts answer, read.

use std::vec::IntoIter;

use passport_session::StoreError;
use redis::Value;

/// What became of a change.
#[derive(Debug)]
pub(crate) struct Change {
    /// The server's time, in milliseconds.
    pub(crate) now: u64,
    pub(crate) status: Status,
    /// The first halves of the ids that have ended by it, in hex, one behind the other.
    pub(crate) ended: Vec<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    Done,
    /// Written, and the version now is this.
    Version(u64),
    /// Ended, so many.
    Count(u64),
    Conflict,
    Gone,
}

impl Change {
    pub(crate) fn read(value: Value) -> Result<Self, StoreError> {
        let Value::Array(parts) = value else { return Err(not_understood()) };
        let Ok([Value::Int(now), Value::BulkString(status), detail, Value::BulkString(ended)]) =
            <[Value; 4]>::try_from(parts)
        else {
            return Err(not_understood());
        };
        let status = match status.as_slice() {
            b"done" => match detail {
                Value::Int(count) => Status::Count(unsigned(count)),
                Value::BulkString(bytes) => match <[u8; 8]>::try_from(bytes) {
                    Ok(version) => Status::Version(u64::from_be_bytes(version)),
                    Err(_) => Status::Done,
                },
                _ => return Err(not_understood()),
            },
            b"conflict" => Status::Conflict,
            b"gone" => Status::Gone,
            b"exists" => return Err(StoreError::Exists),
            b"full" => return Err(StoreError::Full),
            b"limit" => return Err(StoreError::LimitReached),
            b"corrupt" => return Err(StoreError::Corrupt),
            b"newer" => return Err(StoreError::SchemaTooNew(layout(&detail))),
            _ => return Err(not_understood()),
        };
        Ok(Self { now: unsigned(now), status, ended })
    }
}

/// The server's time, and what else a script answers.
pub(crate) fn timed(value: Value) -> Result<(u64, IntoIter<Value>), StoreError> {
    let Value::Array(parts) = value else { return Err(not_understood()) };
    let mut parts = parts.into_iter();
    match parts.next() {
        Some(Value::Int(now)) => Ok((unsigned(now), parts)),
        _ => Err(not_understood()),
    }
}

/// The answer to `TIME`, in milliseconds.
pub(crate) fn time(value: Value) -> Result<u64, StoreError> {
    let (seconds, micros): (u64, u64) = redis::from_redis_value(value).map_err(|_| not_understood())?;
    Ok(seconds * 1000 + micros / 1000)
}

/// Bytes, or `None` for nothing.
pub(crate) fn bytes(value: Option<Value>) -> Result<Option<Vec<u8>>, StoreError> {
    match value {
        Some(Value::BulkString(bytes)) => Ok(Some(bytes)),
        Some(Value::Nil) | None => Ok(None),
        Some(_) => Err(not_understood()),
    }
}

pub(crate) fn not_understood() -> StoreError {
    StoreError::Other("Redis answers in a way that this release does not understand".into())
}

fn layout(detail: &Value) -> u8 {
    match detail {
        Value::Int(layout) => u8::try_from(*layout).unwrap_or(u8::MAX),
        _ => u8::MAX,
    }
}

fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or_default()
}
