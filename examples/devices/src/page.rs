//! The page. Every value in it is escaped by the template.

use std::{
    net::IpAddr,
    time::{Duration, UNIX_EPOCH},
};

use askama::Template;
use passport_core::{SessionInfo, Timestamp};

use crate::device;

/// What every answer carries: this page's own script and style sheet, the login page's style sheet, and nothing from elsewhere.
pub(crate) const SECURITY_HEADERS: [(&str, &str); 3] = [
    (
        "content-security-policy",
        "default-src 'none'; script-src 'sha256-NbgXyLWPwwzcg4TpCToASN6auvyugKXOR2eyh0XxCwo='; connect-src 'self'; style-src 'sha256-khXmAyVLPfxMBu7F89qPUjVeqw5XxoeQCKui8WWTLfU=' 'sha256-lFCVAk+33e0ddoNzbt5Bm9QOpE6PMh7J7d5XOkBtOyo='; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    ),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "same-origin"),
];

const STYLE: &str = include_str!("../templates/devices.css");
const SCRIPT: &str = include_str!("../templates/devices.js");

/// The page `/devices`: the user's sessions.
pub(crate) fn devices(username: &str, sessions: &[SessionInfo]) -> String {
    let now = Timestamp::system();
    let devices = sessions.iter().map(|info| Device {
        handle: info.handle.to_string(),
        name: device::name(info.client.user_agent()),
        address: info.client.address(),
        strategy: &info.strategy,
        since: Moment::new(info.created, now),
        last_use: Moment::new(info.last_seen, now),
        current: info.current,
    });
    let page = Page { style: STYLE, script: SCRIPT, username, devices: devices.collect() };
    page.render().unwrap_or_else(|error| unreachable!("a string takes all that is written to it: {error}"))
}

#[derive(Template)]
#[template(path = "devices.html")]
struct Page<'a> {
    style: &'static str,
    script: &'static str,
    username: &'a str,
    devices: Vec<Device<'a>>,
}

struct Device<'a> {
    handle: String,
    name: String,
    address: Option<IpAddr>,
    strategy: &'a str,
    since: Moment,
    last_use: Moment,
    current: bool,
}

/// A time, for machines (RFC 3339) and for people.
struct Moment {
    machine: String,
    text: String,
}

impl Moment {
    fn new(at: Timestamp, now: Timestamp) -> Self {
        let machine = humantime::format_rfc3339_seconds(UNIX_EPOCH + Duration::from_millis(at.as_millis()));
        let seconds = now.as_millis().saturating_sub(at.as_millis()) / 1_000;
        let (number, unit) = match seconds {
            0..120 => (0, ""),
            120..7_200 => (seconds / 60, "minutes"),
            7_200..172_800 => (seconds / 3_600, "hours"),
            _ => (seconds / 86_400, "days"),
        };
        let text = if number == 0 { "just now".to_owned() } else { format!("{number} {unit} ago") };
        Self { machine: machine.to_string(), text }
    }
}

#[cfg(test)]
mod tests {
    use base64::{Engine, prelude::BASE64_STANDARD};
    use sha2::{Digest, Sha256};

    use super::*;

    #[test]
    fn the_policy_allows_the_script_and_the_style_sheet_as_they_are() {
        for text in [SCRIPT, STYLE] {
            let hash = format!("'sha256-{}'", BASE64_STANDARD.encode(Sha256::digest(text)));
            assert!(SECURITY_HEADERS[0].1.contains(&hash), "it has changed: write {hash} into the policy");
        }
    }

    #[test]
    fn what_a_user_is_called_is_escaped() {
        let page = devices("<b>", &[]);
        assert!(page.contains("&#60;b&#62;") && !page.contains("<b>"), "{page}");
    }

    #[test]
    fn times_are_told_as_people_tell_them() {
        let at = Timestamp::from_millis(1_000_000_000_000);
        for (seconds, text) in [
            (0, "just now"),
            (119, "just now"),
            (120, "2 minutes ago"),
            (7_199, "119 minutes ago"),
            (7_200, "2 hours ago"),
            (172_800, "2 days ago"),
        ] {
            let moment = Moment::new(at, at.plus(Duration::from_secs(seconds)));
            assert_eq!(moment.text, text);
            assert_eq!(moment.machine, "2001-09-09T01:46:40Z");
        }
    }
}
