//! Requests that no strategy should be impressed by.

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Request, header};

/// Who no user is, and what no password, key or token is: an answer that repeats it tells what others typed.
pub(super) const MARKER: &str = "nobody-kit-4711";

/// As much as a guard lets through, unless told otherwise.
const LARGE: usize = 64 * 1024;

/// All of them, each with the name of what is wrong with it.
pub(super) fn requests() -> Vec<(String, Request<Bytes>)> {
    let mut all = vec![("nothing at all".to_owned(), Request::new(Bytes::new()))];
    for (wrong, name, value) in headers() {
        let mut req = Request::new(Bytes::new());
        req.headers_mut().insert(name, value);
        all.push((wrong.to_owned(), req));
    }
    for query in ["?", "?=&&=", "?%ff=%00&%zz", "?code=&state=", "?user=a&user=b"] {
        all.push((format!("the address /{query}"), at(&format!("/{query}"))));
    }
    let marked = ["username", "password", "token", "code", "state", "key", "api_key", "access_token"]
        .map(|field| format!("{field}={MARKER}"));
    all.push(("credentials in the address".to_owned(), at(&format!("/?{}", marked.join("&")))));
    let elsewhere = ["return_to", "next", "redirect_uri", "RelayState"];
    let elsewhere = elsewhere.map(|field| format!("{field}=https://{MARKER}.example/"));
    all.push((
        "an address to return to at another site".to_owned(),
        at(&format!("/?{}", elsewhere.join("&"))),
    ));
    all.push(("a long address".to_owned(), at(&format!("/?code={}", "x".repeat(8 * 1024)))));
    for (body, bytes) in bodies() {
        for (kind, value) in TYPES {
            let mut req = Request::post("/").body(bytes.clone()).unwrap_or_default();
            if let Ok(value) = HeaderValue::from_bytes(value)
                && !value.is_empty()
            {
                req.headers_mut().insert(header::CONTENT_TYPE, value);
            }
            all.push((format!("{body}, as {kind}"), req));
        }
    }
    all
}

fn at(address: &str) -> Request<Bytes> {
    Request::get(address).body(Bytes::new()).unwrap_or_default()
}

/// A content type, and how it is called.
pub(super) const TYPES: [(&str, &[u8]); 8] = [
    ("no type", b""),
    ("a form", b"application/x-www-form-urlencoded"),
    ("a form in UTF-7", b"application/x-www-form-urlencoded; charset=utf-7"),
    ("JSON", b"application/json"),
    ("multipart", b"multipart/form-data; boundary=x"),
    ("multipart without a boundary", b"multipart/form-data"),
    ("text", b"text/plain"),
    ("a type that is none", b";/\xff;="),
];

fn headers() -> Vec<(&'static str, HeaderName, HeaderValue)> {
    let large = "A".repeat(LARGE);
    let of = |value: &[u8]| HeaderValue::from_bytes(value).unwrap_or(HeaderValue::from_static(""));
    let mut all: Vec<_> = [
        ("an empty Authorization", ""),
        ("a scheme that nobody has", "Kit 4711"),
        ("Basic and no more", "Basic"),
        ("Basic and a space", "Basic "),
        ("Basic that is no base64", "Basic !!!!"),
        ("Basic with base64 cut short", "Basic bm9ib2R5L"),
        ("Basic without a colon", "Basic bm9ib2R5"),
        ("Basic with an empty name and password", "Basic Og=="),
        ("Basic that is no UTF-8", "Basic //79Og=="),
        ("Basic with a marker as name and password", "Basic bm9ib2R5LWtpdC00NzExOm5vYm9keS1raXQtNDcxMQ=="),
        ("Bearer and no more", "Bearer"),
        ("Bearer and a space", "Bearer "),
        ("Bearer with a marker", "Bearer nobody-kit-4711"),
        ("Bearer with two tokens", "Bearer nobody-kit-4711, nobody-kit-4711"),
        ("a JWT of dots", "Bearer .."),
        ("a JWT without an algorithm", "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0."),
        ("a JWT that is no JSON", "Bearer AAAA.AAAA.AAAA"),
        ("Digest without its fields", "Digest username=\"nobody-kit-4711\""),
        ("a quote that never ends", "Digest username=\""),
        ("commas", ",,,,"),
    ]
    .map(|(wrong, value)| (wrong, header::AUTHORIZATION, of(value.as_bytes())))
    .into();
    all.extend([
        ("Authorization that is no UTF-8", header::AUTHORIZATION, of(b"Basic \xff\xfe")),
        ("a large Basic", header::AUTHORIZATION, of(format!("Basic {large}").as_bytes())),
        ("a large Bearer", header::AUTHORIZATION, of(format!("Bearer {large}").as_bytes())),
        ("a cookie without a name", header::COOKIE, of(b"=; ;; a")),
        ("a cookie that is no UTF-8", header::COOKIE, of(b"session=\xff")),
        ("a large cookie", header::COOKIE, of(format!("session={large}").as_bytes())),
    ]);
    // What proxies vouch for, and what programs send.
    for name in ["x-api-key", "x-forwarded-user", "remote-user", "x-auth-token"] {
        all.push((name, HeaderName::from_static(name), HeaderValue::from_static(MARKER)));
        all.push((name, HeaderName::from_static(name), of(b"\xff")));
    }
    all
}

fn bodies() -> Vec<(&'static str, Bytes)> {
    let repeat = |bytes: &[u8]| Bytes::from(bytes.repeat(LARGE / bytes.len()));
    let text = |text: &str| Bytes::copy_from_slice(text.as_bytes());
    let utf16: Vec<u8> = "username=a&password=b".encode_utf16().flat_map(u16::to_le_bytes).collect();
    vec![
        ("nothing", Bytes::new()),
        ("64 KiB that are no text", repeat(b"\xff")),
        ("64 KiB of one letter", repeat(b"a")),
        ("64 KiB of zeros", repeat(b"\0")),
        ("64 KiB of percents", repeat(b"%")),
        ("64 KiB of empty fields", repeat(b"&=")),
        ("64 KiB of fields", repeat(b"username=a&")),
        ("deep JSON arrays", repeat(b"[")),
        ("deep JSON objects", repeat(b"{\"a\":")),
        ("fields that are no UTF-8", text("username=%ff&password=%ff")),
        ("fields with zeros", text("username=%00&password=%00")),
        ("fields cut short", text("username=a&password=%")),
        ("fields twice", text("username=a&username=b&password=a&password=b")),
        ("empty fields", text("username=&password=")),
        ("fields with a marker", text("username=nobody-kit-4711&password=nobody-kit-4711")),
        ("SQL in fields", text("username=%27+OR+%271%27%3D%271&password=%27+OR+%271%27%3D%271")),
        ("fields in UTF-16", utf16.into()),
        ("JSON cut short", text(r#"{"username":"a","password":"#)),
        ("JSON null", text("null")),
        ("a JSON number", text("1e999999")),
        ("JSON values of other types", text(r#"{"username":1,"password":[]}"#)),
        ("JSON values that are queries", text(r#"{"username":{"$ne":null},"password":{"$ne":null}}"#)),
        ("JSON fields twice", text(r#"{"username":"a","username":"b","password":"a","password":"b"}"#)),
        ("half a character in JSON", text(r#"{"username":"\ud800","password":"\ud800"}"#)),
        ("JSON with a marker", text(r#"{"username":"nobody-kit-4711","password":"nobody-kit-4711"}"#)),
        ("JSON after a byte order mark", text("\u{feff}{}")),
        (
            "multipart that never ends",
            text("--x\r\ncontent-disposition: form-data; name=\"username\"\r\n\r\na"),
        ),
    ]
}
