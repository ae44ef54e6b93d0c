use bytes::Bytes;
use http::Request;
use passport_core::{Outcome, Strategy};
use passport_local::{Credentials, Fields, Local};

use crate::{accounts::Table, form, hash, typed, user};

/// The status and message that a body is refused with.
fn refused(request: &Request<Bytes>) -> (u16, String) {
    let failure = Credentials::from_request(request, &Fields::default()).unwrap_err();
    (failure.as_status().unwrap().as_u16(), failure.as_message().to_owned())
}

fn json(body: &'static str) -> Request<Bytes> {
    typed("application/json", body)
}

#[test]
fn forms_and_json_are_read() {
    for request in [
        form("username=alice&password=a%26b+c&other=1"),
        typed("APPLICATION/X-WWW-Form-Urlencoded; charset=UTF-8", "password=a%26b+c&username=alice"),
        json(r#"{"username":"alice","password":"a&b c","other":[1,{"password":2}]}"#),
        typed(" application/json ; charset=utf-8", r#"{"p\u0061ssword":"a\u0026b c","username":"alice"}"#),
    ] {
        let credentials = Credentials::from_request(&request, &Fields::default()).unwrap();
        assert_eq!(credentials.username, "alice");
        assert_eq!(credentials.password.expose_str(), "a&b c");
        assert!(!credentials.remember);
    }
}

#[test]
fn a_missing_or_empty_field_is_named_in_a_400() {
    for (request, field) in [
        (form("password=x"), "username"),
        (form("username=&password=x"), "username"),
        (form("username&password=x"), "username"),
        (form("username=alice"), "password"),
        (form("username=alice&password="), "password"),
        (form(""), "username"),
        (json("{}"), "username"),
        (json(r#"{"username":"alice"}"#), "password"),
        (json(r#"{"username":"alice","password":""}"#), "password"),
    ] {
        assert_eq!(refused(&request), (400, format!("The field `{field}` is missing.")));
    }
}

#[test]
fn a_field_given_twice_is_refused() {
    for request in [
        form("username=alice&username=bob&password=x"),
        form("username=alice&password=x&p%61ssword=y"),
        form("username=alice&password=x&password=x"),
        json(r#"{"username":"alice","username":"bob","password":"x"}"#),
        json(r#"{"username":"alice","password":"x","pass\u0077ord":"x"}"#),
    ] {
        let (status, message) = refused(&request);
        assert_eq!(status, 400);
        assert!(message.ends_with("is given twice."), "{message}");
    }
}

#[test]
fn a_field_that_is_no_text_is_refused() {
    for value in ["[]", r#"["x"]"#, "1", "1.5e9", "null", "{}", "true", r#"{"$ne":""}"#] {
        let (status, message) =
            refused(&typed("application/json", format!(r#"{{"username":"a","password":{value}}}"#)));
        assert_eq!((status, message.as_str()), (400, "The field `password` is not a text."));
        let (status, message) =
            refused(&typed("application/json", format!(r#"{{"username":{value},"password":"a"}}"#)));
        assert_eq!((status, message.as_str()), (400, "The field `username` is not a text."));
    }
}

#[test]
fn arrays_in_a_form_are_other_fields() {
    assert_eq!(refused(&form("username[]=alice&password[]=x")).0, 400);
}

#[test]
fn malformed_bodies_are_400() {
    for request in [
        form("username=alice&password=%zz"),
        form("username=alice&password=x%"),
        form("username=alice&password=%ff"),
        form(&b"username=alice&password=\xff"[..]),
        json(""),
        json("null"),
        json("[]"),
        json(r#""username""#),
        json(r#"{"username":"alice","password":"x"} {}"#),
        json(r#"{"username":"alice","password":"x""#),
        json(r#"{"username":"alice","password":"\ud800"}"#),
        typed("application/json", &b"{\"username\":\"alice\",\"password\":\"\xff\"}"[..]),
        typed("application/json", &b"{\"username\":\"alice\",\"password\":\"x\",\"other\":\"\xff\"}"[..]),
        typed(
            "application/json",
            format!(r#"{{"username":"a","password":"b","deep":{}1}}"#, "[".repeat(60_000)),
        ),
    ] {
        assert_eq!(refused(&request), (400, "The body is malformed.".into()));
    }
}

#[test]
fn other_content_types_are_415() {
    let body = "username=alice&password=x";
    for content_type in
        ["text/plain", "multipart/form-data; boundary=x", "application/jsonp", "application", "", "json"]
    {
        assert_eq!(refused(&typed(content_type, body)).0, 415, "{content_type}");
    }
    assert_eq!(refused(&Request::post("/").body(Bytes::from(body)).unwrap()).0, 415);
    let mut two = form(body);
    two.headers_mut().append("content-type", "application/json".parse().unwrap());
    assert_eq!(refused(&two).0, 415);
    let mut no_text = form(body);
    no_text.headers_mut().insert("content-type", http::HeaderValue::from_bytes(b"\xff").unwrap());
    assert_eq!(refused(&no_text).0, 415);
}

#[test]
fn a_body_beyond_64_kib_is_413() {
    let start = "username=alice&password=";
    assert_eq!(refused(&form(format!("{start}{}", "x".repeat(64 * 1024)))).0, 413);
    let fits = form(format!("{start}{}", "x".repeat(64 * 1024 - start.len())));
    assert!(Credentials::from_request(&fits, &Fields::default()).is_ok());
}

#[test]
fn the_address_is_never_read() {
    let request = Request::post("/login?username=alice&password=x")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Bytes::new())
        .unwrap();
    assert_eq!(refused(&request).1, "The field `username` is missing.");
}

#[tokio::test]
async fn a_request_that_presents_nothing_is_passed_on() {
    let strategy = Table::default().strategy();
    let request = Request::get("/?username=alice&password=x").body(Bytes::new()).unwrap();
    assert!(matches!(strategy.authenticate(&request).await.unwrap(), Outcome::Pass));
}

#[tokio::test]
async fn fields_can_have_other_names() {
    let strategy =
        Table::of([("alice", Some(hash("x")), false)]).strategy().fields("email", "secret").unwrap();
    assert_eq!(user(&strategy, &form("email=alice&secret=x")).await, "alice");
    let failure = crate::failure(&strategy, &form("username=alice&password=x")).await;
    assert_eq!(failure.as_message(), "The field `email` is missing.");
}

#[test]
fn a_form_with_impossible_fields_fails_at_start() {
    let local = || Table::default().strategy();
    assert!(local().fields("", "password").is_err());
    assert!(local().fields("login", "login").is_err());
    assert!(local().remember("password", 30).is_err());
    assert!(local().remember("stay", 30).unwrap().fields("stay", "password").is_err());
}

#[tokio::test]
async fn a_login_is_remembered_if_its_form_asks() {
    let strategy: Local<_> =
        Local::with(
            |credentials: Credentials| async move { Ok(Some(std::sync::Arc::new(credentials.remember))) },
        )
        .remember("stay", 30)
        .unwrap();
    for (body, asked) in [
        ("username=a&password=b&stay=on", true),
        ("username=a&password=b&stay=1", true),
        ("username=a&password=b&stay=", false),
        ("username=a&password=b&stay=0", false),
        ("username=a&password=b&stay=Off", false),
        ("username=a&password=b", false),
        (r#"{"username":"a","password":"b","stay":true}"#, true),
        (r#"{"username":"a","password":"b","stay":false}"#, false),
        (r#"{"username":"a","password":"b","stay":"yes"}"#, true),
    ] {
        let request = if body.starts_with('{') { json(body) } else { form(body) };
        let Outcome::Success(success) = strategy.authenticate(&request).await.unwrap() else {
            panic!("{body}")
        };
        assert_eq!(**success.user(), asked, "{body}");
    }
    let failure = crate::failure(&strategy, &json(r#"{"username":"a","password":"b","stay":3}"#)).await;
    assert_eq!(failure.as_message(), "The field `stay` is not a text.");
}
