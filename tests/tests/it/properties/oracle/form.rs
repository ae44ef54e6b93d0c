use std::str;

use bytes::Bytes;
use form_urlencoded::Serializer;
use http::{Request, StatusCode};
use passport_core::Failure;
use passport_local::{Credentials, Fields};

/// A body as a browser's form sends it.
///
/// - Who is read from it is who a browser's own parser reads (WHATWG URL, section 5.1), and each field was there
///   once: nothing before or behind the application can see somebody else in the same bytes.
/// - What is refused is refused with a 400 or a 413, in words that hold nothing of the body.
/// - Whatever two texts a form sends are read back as they were.
pub fn form(data: &[u8]) {
    match read("application/x-www-form-urlencoded", data) {
        Ok(credentials) => {
            let given = |field: &str| {
                let values = form_urlencoded::parse(data).filter(|(name, _)| name == field);
                values.map(|(_, value)| value.into_owned()).collect::<Vec<_>>()
            };
            assert_eq!(given("username"), [&*credentials.username]);
            assert_eq!(given("password"), [credentials.password.expose_str()]);
            assert!(given("stay").len() <= 1);
            assert_eq!(credentials.remember, given("stay").iter().any(|stay| asks(stay)));
        }
        Err(failure) => check_refusal(&failure, data.len()),
    }
    let Some((username, password)) = two_texts(data) else { return };
    let body = Serializer::new(String::new())
        .append_pair("username", username)
        .append_pair("password", password)
        .append_pair("other", password)
        .finish();
    check_read("application/x-www-form-urlencoded", &body, username, password);
}

/// What comes of a body of this type.
pub(super) fn read(kind: &str, body: &[u8]) -> Result<Credentials, Failure> {
    let fields = Fields::default().remember("stay").unwrap();
    let body = Bytes::copy_from_slice(body);
    let request = Request::post("/login").header("content-type", kind).body(body).unwrap();
    Credentials::from_request(&request, &fields)
}

pub(super) fn check_refusal(failure: &Failure, body: usize) {
    let too_large = failure.as_status() == Some(StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(too_large, body > 64 * 1024);
    assert!(too_large || failure.as_status() == Some(StatusCode::BAD_REQUEST));
    let message = failure.as_message();
    let fields = ["username", "password", "stay"];
    let wrong = ["is missing", "is given twice", "is not a text"];
    let named =
        fields.iter().any(|field| wrong.iter().any(|how| message == format!("The field `{field}` {how}.")));
    assert!(named || ["The body is malformed.", "The body is too large."].contains(&message), "{message}");
}

/// That these two texts, encoded, are read as they were.
pub(super) fn check_read(kind: &str, body: &str, username: &str, password: &str) {
    match read(kind, body.as_bytes()) {
        Ok(credentials) => {
            assert_eq!(credentials.username, username);
            assert_eq!(credentials.password.expose_str(), password);
            assert_eq!(format!("{credentials:?}"), "Credentials { remember: false, .. }");
        }
        Err(failure) => {
            check_refusal(&failure, body.len());
            assert!(username.is_empty() || password.is_empty() || body.len() > 64 * 1024);
        }
    }
}

/// The halves of a text around its first line break.
pub(super) fn two_texts(data: &[u8]) -> Option<(&str, &str)> {
    str::from_utf8(data).ok()?.split_once('\n')
}

/// What a checkbox sends asks, and the usual words for no do not.
fn asks(text: &str) -> bool {
    !matches!(text.to_ascii_lowercase().as_str(), "" | "0" | "false" | "no" | "off")
}
