//! Whether a server can keep sessions.

use std::{collections::HashMap, sync::Arc};

use passport_session::StoreError;
use redis::Value;

use crate::{ConnectError, answer, fault, link::Link, request::Request};

/// The oldest major version that knows what the scripts use.
const OLDEST: u32 = 7;

/// Asks the server what it is, and refuses it if sessions are not safe there.
pub(crate) async fn check(link: &Link, at: &Arc<str>, allow_eviction: bool) -> Result<(), ConnectError> {
    let info = match link.ask_again(&Request::Plain(redis::cmd("INFO"))).await {
        Ok(answer) => answer.value,
        Err(error) if fault::code(&error) == Some("NOPERM") => {
            tracing::warn!(
                server = %at,
                "Redis does not tell this user what it is (`INFO`): whether it evicts keys when its memory is full is unknown, and \
                 a logout may be forgotten if it does"
            );
            return Ok(());
        }
        Err(error) => return Err(ConnectError::unreachable(at, &error)),
    };
    let info = text(info).map_err(|error| ConnectError::unreachable(at, &error))?;
    judge(&fields(&info), at, allow_eviction)
}

fn judge(fields: &HashMap<&str, &str>, at: &Arc<str>, allow_eviction: bool) -> Result<(), ConnectError> {
    let at = || Arc::clone(at);
    let version = *fields.get("redis_version").unwrap_or(&"");
    let major = version.split('.').next().and_then(|major| major.parse::<u32>().ok());
    if major.is_some_and(|major| major < OLDEST) {
        return Err(ConnectError::TooOld { at: at(), version: version.to_owned() });
    }
    if fields.get("cluster_enabled") == Some(&"1") {
        return Err(ConnectError::Cluster { at: at() });
    }
    if fields.get("role") == Some(&"slave") {
        return Err(ConnectError::Replica { at: at() });
    }
    match fields.get("maxmemory_policy") {
        Some(&"noeviction") => {}
        Some(policy) if allow_eviction => tracing::warn!(
            server = %at(),
            policy,
            "Redis evicts keys when its memory is full: a session that was ended may live on"
        ),
        Some(policy) => return Err(ConnectError::Evicts { at: at(), policy: (*policy).to_owned() }),
        None => tracing::warn!(
            server = %at(),
            "Redis does not say whether it evicts keys when its memory is full: a logout may be forgotten if it does"
        ),
    }
    if let Some(warning) = what_a_crash_loses(fields) {
        tracing::warn!(server = %at(), "{warning}");
    }
    Ok(())
}

/// What the server's way of writing to disk gives up.
fn what_a_crash_loses(fields: &HashMap<&str, &str>) -> Option<&'static str> {
    (fields.get("aof_enabled") == Some(&"0")).then_some(
        "Redis writes no append-only file: after a crash sessions are gone, or those that were ended are alive again; set \
         `appendonly yes`, and `appendfsync always` where no logout may be lost",
    )
}

/// The lines `name:value` of what `INFO` answers.
fn fields(info: &str) -> HashMap<&str, &str> {
    info.lines().filter_map(|line| line.trim_end().split_once(':')).collect()
}

fn text(value: Value) -> Result<String, StoreError> {
    match value {
        Value::VerbatimString { text, .. } => Ok(text),
        value => {
            let bytes = answer::bytes(Some(value))?.unwrap_or_default();
            Ok(String::from_utf8_lossy(&bytes).into_owned())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(info: &str, allow_eviction: bool) -> Result<(), ConnectError> {
        judge(&fields(info), &"db:6379".into(), allow_eviction)
    }

    #[test]
    fn a_primary_that_evicts_nothing_is_accepted() {
        let info = "# Server\r\nredis_version:7.0.15\r\nrole:master\r\ncluster_enabled:0\r\nmaxmemory_policy:noeviction\r\n";
        judged(info, false).unwrap();
    }

    #[test]
    fn every_policy_that_evicts_is_refused_unless_it_is_accepted_by_name() {
        for policy in ["allkeys-lru", "volatile-ttl", "allkeys-random", "volatile-lfu"] {
            let info = format!("redis_version:7.2.0\r\nmaxmemory_policy:{policy}\r\n");
            let error = judged(&info, false).unwrap_err().to_string();
            assert!(error.contains(policy) && error.contains("db:6379"), "{error}");
            judged(&info, true).unwrap();
        }
    }

    #[test]
    fn a_replica_a_cluster_and_an_old_server_are_refused() {
        let of = |info: &str| judged(info, true).unwrap_err();
        assert!(matches!(of("redis_version:6.2.14\r\n"), ConnectError::TooOld { .. }));
        assert!(matches!(of("redis_version:7.0.0\r\nrole:slave\r\n"), ConnectError::Replica { .. }));
        assert!(matches!(of("redis_version:7.0.0\r\ncluster_enabled:1\r\n"), ConnectError::Cluster { .. }));
    }

    #[test]
    fn a_server_that_keeps_nothing_on_disk_is_warned_of() {
        assert!(what_a_crash_loses(&fields("aof_enabled:0\r\n")).unwrap().contains("appendonly yes"));
        assert_eq!(what_a_crash_loses(&fields("aof_enabled:1\r\n")), None);
        assert_eq!(what_a_crash_loses(&fields("")), None);
    }

    #[test]
    fn a_server_that_says_nothing_is_accepted_with_a_warning() {
        judged("", false).unwrap();
    }
}
