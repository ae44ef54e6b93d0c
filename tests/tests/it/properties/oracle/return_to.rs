use std::{ops::ControlFlow, str, sync::LazyLock};

use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response, StatusCode, Uri, header};
use passport_core::{
    Authenticate, BoxError, Guard, Message, Outcome, Passport, RequireLogin, ReturnTo, Strategy, async_trait,
};
use passport_session::{FakeClock, Sessions};
use percent_encoding::percent_decode_str;
use url::{Host, Url};

use super::site::now;

const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json";
const KNOWN: Message = Message::new("known", "One of the site's own sentences.");

static BASE: LazyLock<Url> = LazyLock::new(|| "https://site.example/login/form?x=y".parse().unwrap());

static SITE: LazyLock<Site> = LazyLock::new(|| {
    let sessions = Sessions::in_memory().clock(FakeClock::new());
    let passport =
        Passport::of_ids(&sessions).strategy("anyone", Anyone).login_page("/login").build().unwrap();
    let login = passport.authenticate("anyone").unwrap().stateless().success_return_to_or("/home");
    Site { login, private: passport.require_login(), passport }
});

struct Site {
    passport: Passport<String>,
    login: Authenticate<String>,
    private: RequireLogin<String>,
}

/// Where to go after a login. The first byte says how the rest is sent: `p` a path, `f` a form, `j` JSON, `q` the
/// query of the login's address, `h` the address of a page that asks for a login; anything else is a path too.
///
/// - What is accepted, read as browsers read it, is on the same scheme, host and port, and its path is what it
///   looks like: nothing is folded, and it stays that way if somebody on the way decodes it once.
/// - Through every door: where the guards send a browser, and what they send along.
/// - The address of a page picks none but the site's own sentences.
pub fn return_to(data: &[u8]) {
    let Some((door, rest)) = data.split_first() else { return };
    match door {
        b'f' => check_login("/login", FORM, rest),
        b'j' => check_login("/login", JSON, rest),
        b'q' => {
            if let Some(uri) = address(b"/login?", rest) {
                check_login(&uri.to_string(), FORM, b"");
                let message = Message::of_query(&uri, &[KNOWN]);
                assert!(message.is_none_or(|message| message == KNOWN));
            }
        }
        b'h' => {
            if let Some(uri) = address(b"", rest) {
                check_private(&uri);
            }
        }
        _ => {
            if let Some(path) = str::from_utf8(rest).ok().and_then(ReturnTo::parse) {
                check(path.as_str());
            }
        }
    }
}

fn address(start: &[u8], rest: &[u8]) -> Option<Uri> {
    Uri::from_maybe_shared(Bytes::from([start, rest].concat())).ok()
}

fn check(path: &str) {
    assert_eq!(ReturnTo::parse(path).map(|path| path.to_string()).as_deref(), Some(path));
    assert!(path.bytes().all(|byte| byte.is_ascii_graphic()) && path.len() <= 2048);
    check_resolved(path, path);
    // A proxy, or the page that shows the link, may decode once. Escapes of what is no text stay as they are.
    let bare = path.split(['?', '#']).next().unwrap();
    if let Ok(decoded) = percent_decode_str(bare).decode_utf8() {
        let resolved = BASE.join(&decoded).unwrap();
        check_own(&resolved);
        assert!(!decoded.contains("//") && !decoded.contains('\\'));
        assert!(!decoded.split('/').any(|segment| matches!(segment, "." | "..")));
    }
}

fn check_resolved(path: &str, shown: &str) {
    let resolved = BASE.join(path).unwrap();
    check_own(&resolved);
    let bare = shown.split(['?', '#']).next().unwrap();
    let decoded = |path| percent_decode_str(path).collect::<Vec<u8>>();
    assert_eq!(decoded(resolved.path()), decoded(bare), "a path that browsers read differently");
}

fn check_own(resolved: &Url) {
    assert_eq!(resolved.scheme(), "https");
    assert_eq!(resolved.host(), Some(Host::Domain("site.example")));
    assert_eq!((resolved.port(), resolved.username(), resolved.password()), (None, "", None));
}

/// A login that succeeds: where the browser is sent.
fn check_login(uri: &str, kind: &str, body: &[u8]) {
    let req = Request::post(uri).header(header::CONTENT_TYPE, kind).header(header::HOST, "site.example");
    let answer = run(&SITE.login, req.body(Bytes::copy_from_slice(body)).unwrap());
    let to = location(&answer);
    if to != "/home" {
        check(to);
    }
}

/// A page that asks for a login: the login page, with a way back that the login follows.
fn check_private(uri: &Uri) {
    let here = ReturnTo::here(&Method::GET, uri, &HeaderMap::new());
    let answer = run(&SITE.private, Request::get(uri.clone()).body(Bytes::new()).unwrap());
    let to = location(&answer);
    check_own(&BASE.join(to).unwrap());
    assert_eq!(BASE.join(to).unwrap().path(), "/login");
    let back = ReturnTo::of_query(&to.parse().unwrap());
    assert_eq!(back, here.filter(|here| here.as_str() != "/login"));
    if let Some(back) = back {
        check(back.as_str());
    }
}

fn run(guard: &impl Guard, mut req: Request<Bytes>) -> Response<Bytes> {
    let pending = SITE.passport.begin(req.method(), None, req.headers(), None);
    req.extensions_mut().insert(pending.session().clone());
    match now(guard.run(&req)) {
        ControlFlow::Break(answer) => *answer,
        ControlFlow::Continue(()) => panic!("it redirects"),
    }
}

fn location(answer: &Response<Bytes>) -> &str {
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    answer.headers()[header::LOCATION].to_str().unwrap()
}

/// Lets anyone in.
struct Anyone;

#[async_trait]
impl Strategy for Anyone {
    type User = String;

    async fn authenticate(&self, _: &Request<Bytes>) -> Result<Outcome<String>, BoxError> {
        Ok(Outcome::success("anyone".to_owned()))
    }
}
