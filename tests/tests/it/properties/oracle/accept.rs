use std::sync::LazyLock;

use http::{HeaderMap, HeaderValue, Method, header};
use passport_core::Passport;
use passport_session::{FakeClock, Sessions};

static SITE: LazyLock<Passport<String>> =
    LazyLock::new(|| Passport::of_ids(Sessions::in_memory().clock(FakeClock::new())).build().unwrap());

/// An `Accept` header.
///
/// - Neither the order of what is accepted matters (RFC 9110, section 12.5.1), nor how it is cut into headers
///   (section 5.3), nor what has nothing to do with pages and JSON.
/// - Who wants nothing more than a page gets one; who would not even take JSON is not sent any.
pub fn accept(data: &[u8]) {
    let ranges: Vec<&[u8]> = data.split(|byte| *byte == b',').collect();
    // More headers than servers take, or none.
    if ranges.len() > 100 || HeaderValue::from_bytes(data).is_err() {
        return;
    }
    let json = prefers(&[data]);
    let reversed: Vec<&[u8]> = ranges.iter().rev().copied().collect();
    assert_eq!(prefers(&[&reversed.join(&b","[..])]), json, "in another order");
    assert_eq!(prefers(&ranges), json, "in headers of their own");
    assert_eq!(prefers(&reversed), json, "in headers of their own, in another order");
    assert_eq!(prefers(&[&[data, b",image/avif"].concat()]), json, "with an image");
    assert_eq!(prefers(&[&[b"image/avif, ", data].concat()]), json, "with an image in front");
    assert!(!prefers(&[&[data, b",text/html"].concat()]), "with a page as good as anything");
    assert!(!prefers(&[&[b"text/html,", data].concat()]), "with a page as good as anything");
    let speaks_of_json = data.to_ascii_lowercase().windows(11).any(|word| word == b"application");
    assert!(!json || speaks_of_json);
}

fn prefers(values: &[&[u8]]) -> bool {
    let mut headers = HeaderMap::new();
    for value in values {
        // Cutting at commas makes no byte that a header may not have.
        headers.append(header::ACCEPT, HeaderValue::from_bytes(value).unwrap());
    }
    SITE.begin(&Method::GET, None, &headers, None).session().prefers_json()
}
