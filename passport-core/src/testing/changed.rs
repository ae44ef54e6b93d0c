//! A request that succeeds, with one thing changed.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Uri, header};

use super::junk::{MARKER, TYPES};

/// One change, and how it is called.
pub(super) type Change = (String, Box<dyn Fn(&mut Request<Bytes>)>);

/// What can be changed in a request such as this.
pub(super) fn changes(sample: &Request<Bytes>) -> Vec<Change> {
    let mut all: Vec<Change> = Vec::new();
    for name in sample.headers().keys() {
        for (how, change) in VALUES {
            let name = name.clone();
            let described = format!("the header {name} {how}");
            all.push((described, Box::new(move |req| change_value(req.headers_mut(), &name, change))));
        }
        for (how, again) in [("a second time", None), ("and another one", Some(MARKER))] {
            let name = name.clone();
            all.push((
                format!("the header {name} {how}"),
                Box::new(move |req| append(req.headers_mut(), &name, again)),
            ));
        }
    }
    if sample.uri().query().is_some() {
        for (how, change) in VALUES {
            let described = format!("the query {how}");
            all.push((described, Box::new(move |req| change_query(req, change))));
        }
    }
    if !sample.body().is_empty() {
        for (how, change) in VALUES {
            let described = format!("the body {how}");
            all.push((described, Box::new(move |req| *req.body_mut() = change(req.body()).into())));
        }
        for (kind, value) in TYPES {
            let described = format!("the body as {kind}");
            all.push((described, Box::new(move |req| set_type(req, value))));
        }
    }
    for method in [Method::GET, Method::PUT, Method::OPTIONS] {
        all.push((format!("the method {method}"), Box::new(move |req| *req.method_mut() = method.clone())));
    }
    all
}

type OfBytes = fn(&[u8]) -> Vec<u8>;

const VALUES: [(&str, OfBytes); 10] = [
    ("empty", |_| Vec::new()),
    ("cut in the middle", |value| value[..value.len() / 2].into()),
    ("without its last byte", |value| value[..value.len().saturating_sub(1)].into()),
    ("without its first byte", |value| value.iter().skip(1).copied().collect()),
    ("doubled", |value| value.repeat(2)),
    ("in capitals", <[u8]>::to_ascii_uppercase),
    ("backwards", |value| value.iter().rev().copied().collect()),
    ("with a byte in it that is no UTF-8", |value| {
        let (start, end) = value.split_at(value.len() / 2);
        [start, b"\xff", end].concat()
    }),
    ("with 60 KiB behind it", |value| [value, &b"A".repeat(60 * 1024)[..]].concat()),
    ("between spaces", |value| [b"  ", value, b"\t "].concat()),
];

fn change_value(headers: &mut HeaderMap, name: &HeaderName, change: OfBytes) {
    if let Some(value) = headers.get_mut(name)
        && let Ok(changed) = HeaderValue::from_bytes(&change(value.as_bytes()))
    {
        *value = changed;
    }
}

fn append(headers: &mut HeaderMap, name: &HeaderName, value: Option<&'static str>) {
    let again = value.map(HeaderValue::from_static).or_else(|| headers.get(name).cloned());
    if let Some(again) = again {
        headers.append(name, again);
    }
}

/// What can be no address stays as it was.
fn change_query(req: &mut Request<Bytes>, change: OfBytes) {
    let uri = req.uri();
    let query = change(uri.query().unwrap_or_default().as_bytes());
    let query = String::from_utf8_lossy(&query).replace('\u{fffd}', "%ff");
    let Ok(address) = format!("{}?{query}", uri.path()).parse::<Uri>() else { return };
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = address.into_parts().path_and_query;
    if let Ok(changed) = Uri::from_parts(parts) {
        *req.uri_mut() = changed;
    }
}

fn set_type(req: &mut Request<Bytes>, value: &[u8]) {
    match HeaderValue::from_bytes(value) {
        Ok(value) if !value.is_empty() => drop(req.headers_mut().insert(header::CONTENT_TYPE, value)),
        _ => drop(req.headers_mut().remove(header::CONTENT_TYPE)),
    }
}
