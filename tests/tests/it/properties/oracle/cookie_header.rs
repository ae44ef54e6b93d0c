use http::{HeaderMap, HeaderValue, header};
use passport_core::Error;
use passport_session::{FakeClock, Sessions};

use super::{
    counting::Counting,
    site::{COOKIE, Site, filled_in, is_id, now, set_cookie},
};

/// How many differing ids of one request a logout ends.
const MOST: usize = 4;

/// `Cookie` headers, one a line, in which `ALICE` and `BOBBY` stand for the ids of two live sessions.
///
/// - Somebody is found if exactly one well-formed id was sent and it is live; then, and only then, the store is
///   asked, once. A reading of the header that knows nothing of the other says what was sent.
/// - A logout ends the first four ids and asks the store for no more. It takes the cookie away if there was one, also if what
///   was in it is no id; of more than four ids it says that it has not ended them all.
/// - No request writes anything or sets a cookie by itself.
pub fn cookie_header(data: &[u8]) {
    let store = Counting::default();
    let site = Site::over(Sessions::over(store.clone()).clock(FakeClock::new()));
    let live = [("alice", site.log_in("alice")), ("bobby", site.log_in("bobby"))];
    let headers = headers(data, &live[0].1, &live[1].1);
    let values = values(&headers);
    let sent: Vec<_> = values.iter().filter(|value| is_id(value)).cloned().collect();
    let whose = |id: &Vec<u8>| live.iter().find(|(_, live)| live == id).map(|(name, _)| (*name).to_owned());

    store.take();
    let (auth, pending) = site.begin(&headers);
    let user = now(auth.user()).unwrap().map(|user| String::clone(&user));
    assert_eq!(user, if let [only] = &sent[..] { whose(only) } else { None });
    assert_eq!(set_cookie(pending), None);
    assert_eq!(store.take(), (usize::from(sent.len() == 1), 0, 0));

    let (auth, pending) = site.begin(&headers);
    let too_many = sent.len() > MOST;
    let ended = match now(auth.session().logout()) {
        Ok(done) if !too_many => done.ended,
        Err(Error::TooManyCookies) if too_many => 0,
        Err(Error::Incomplete { ended, .. }) if too_many => ended,
        other => panic!("{other:?} with {} ids", sent.len()),
    };
    let first = &sent[..sent.len().min(MOST)];
    assert_eq!(ended, first.iter().filter_map(whose).count() as u64);
    let taken = set_cookie(pending);
    assert_eq!(taken.is_some(), !values.is_empty() && !too_many);
    assert!(
        taken.is_none_or(|cookie| cookie.starts_with("__Host-session=; ") && cookie.contains("Max-Age=0"))
    );
    let (loads, deletes, writes) = store.take();
    assert!(
        loads <= 1 && deletes <= MOST && writes == 0,
        "{loads} loads, {deletes} deletes, {writes} writes"
    );
    for (name, id) in &live {
        let own = HeaderValue::from_bytes(&[COOKIE.as_bytes(), b"=", id].concat()).unwrap();
        let left = site.user(&HeaderMap::from_iter([(header::COOKIE, own)]));
        assert_eq!(left.is_some(), !first.contains(id), "{name}");
    }
}

fn headers(data: &[u8], alice: &[u8], bobby: &[u8]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for line in data.split(|byte| *byte == b'\n') {
        let line = filled_in(&filled_in(line, b"ALICE", alice), b"BOBBY", bobby);
        if let Ok(value) = HeaderValue::from_bytes(&line) {
            headers.append(header::COOKIE, value);
        }
    }
    headers
}

/// The differing values under the session's name, as RFC 6265, section 5.4, says that browsers send them.
fn values(headers: &HeaderMap) -> Vec<Vec<u8>> {
    let blank = |byte: &u8| matches!(byte, b' ' | b'\t');
    let trimmed = |bytes: &[u8]| {
        let from = bytes.iter().position(|byte| !blank(byte)).unwrap_or(bytes.len());
        let to = bytes.iter().rposition(|byte| !blank(byte)).map_or(from, |last| last + 1);
        bytes[from..to].to_vec()
    };
    let mut values = Vec::new();
    for line in headers.get_all(header::COOKIE) {
        for pair in line.as_bytes().split(|byte| *byte == b';') {
            let Some(equals) = pair.iter().position(|byte| *byte == b'=') else { continue };
            let (name, value) = (trimmed(&pair[..equals]), trimmed(&pair[equals + 1..]));
            if name == COOKIE.as_bytes() && !values.contains(&value) {
                values.push(value);
            }
        }
    }
    values
}
