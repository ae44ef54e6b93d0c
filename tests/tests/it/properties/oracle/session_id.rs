use std::{str, sync::LazyLock};

use passport_core::{Handle, Lookup, Presented, Token};
use passport_session::{FakeClock, Sessions};

use super::site::{COOKIE, Site, edited, is_id, now};

static SITE: LazyLock<(Site, Vec<u8>)> = LazyLock::new(|| {
    let site = Site::over(Sessions::in_memory().clock(FakeClock::new()));
    let live = site.log_in("alice");
    (site, live)
});

/// A session id: the bytes themselves, and a live id with the changes that the bytes say.
///
/// - Only the live id is found, or ended; every other is nobody's, however it was made of it.
/// - A value counts as sent exactly if 32 bytes read so in base64url.
/// - A session's public name that is read reads back as it was.
pub fn session_id(data: &[u8]) {
    ask(data);
    ask(&edited(&SITE.1, data));
    if let Ok(text) = str::from_utf8(data)
        && let Some(handle) = Handle::parse(text)
    {
        assert_eq!(handle.to_string(), text);
    }
}

fn ask(value: &[u8]) {
    let (site, live) = &*SITE;
    let token = Token::new(value);
    assert_eq!(token.as_bytes(), value);
    let found = now(site.manager.load(&token)).unwrap();
    assert_eq!(matches!(found, Lookup::Found(_)), value == live);
    if value != live {
        assert!(!now(site.manager.delete(&token)).unwrap(), "something ended");
    }
    if value.contains(&b';')
        || value.starts_with(b"\t")
        || value.ends_with(b"\t")
        || value.trim_ascii() != value
    {
        return;
    }
    let mut presented = Presented::default();
    site.manager.find_tokens(&[COOKIE.as_bytes(), b"=", value].concat(), &mut presented);
    match presented {
        Presented::One(sent) => assert!(is_id(value) && sent == token),
        Presented::Malformed => assert!(!is_id(value)),
        Presented::Nothing | Presented::Several(_) | Presented::TooMany(_) => panic!("one was sent"),
    }
}
