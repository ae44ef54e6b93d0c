//! The program itself, over the network, and what it writes into its log.

use std::{
    io,
    sync::{Arc, Mutex},
};

use passport_tests::{client::Visitor, program::Program};
use tracing_subscriber::fmt::MakeWriter;

use super::{ALICE, Site, token};

#[test]
fn it_starts_without_anything_and_a_copied_token_is_dead_after_the_logout() {
    let site = Program::start("example-pocketpages", &[]);
    let mut alice = Visitor::new(&site.addr);
    let login = alice.post("/login", ALICE).is(303);
    assert_eq!(login.header("location"), "/profile");
    let mut thief = alice.clone();
    assert!(alice.get("/profile").is(200).body.contains("alice@example.com"));
    let logout = alice.post("/profile", "action=logout").is(303);
    assert_eq!(logout.header("location"), "/login?message=signed_out");
    thief.get("/profile").is(303);
    assert_eq!(site.terminate(), Some(0));
}

#[test]
fn in_production_the_cookie_is_bound_to_the_host_and_to_https() {
    let site = Program::start("example-pocketpages", &[("COOKIES", "secure")]);
    let login = Visitor::new(&site.addr).post("/login", ALICE).is(303);
    let set = login.header("set-cookie");
    assert!(set.starts_with("__Host-pb_auth=") && set.contains("; Secure"), "{login}");
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn no_code_no_token_and_no_password_is_ever_in_the_log() {
    let log = Log::default();
    let lines = tracing_subscriber::fmt().with_max_level(tracing_subscriber::filter::LevelFilter::TRACE);
    let _guard =
        tracing_subscriber::util::SubscriberInitExt::set_default(lines.with_writer(log.clone()).finish());
    let site = Site::new();
    let mut alice = site.signed_in(ALICE).await;
    let secret = token(&alice);
    alice.post("/code", "email=alice@example.com").await.is(303);
    let outbox = alice.get("/outbox").await.body;
    let code = outbox.split("class=\"code\">").nth(1).unwrap().split('<').next().unwrap();
    for (path, form) in [
        ("/login/code", format!("otpId={}&code={code}", "0".repeat(32))),
        ("/login/token", format!("token={}", &secret[1..])),
        ("/login", "email=typed-by-mistake&password=hunter2hunter2".to_owned()),
        ("/register", "email=eve@example.com&password=hunter2hunter2".to_owned()),
    ] {
        alice.post(path, &form).await;
    }
    let header = [("authorization", &secret[1..])];
    alice.send("GET", "/profile", &header, "").await.is(401);
    alice.post("/logout", "").await.is(303);
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(log.contains("authn_login_success") && log.contains("authn_login_fail"), "{log}");
    let secrets = [&secret[1..], code, "hunter2", "typed-by-mistake", "correct horse", "alice@example.com"];
    for secret in secrets {
        assert!(!log.contains(secret), "{secret} is in the log: {log}");
    }
}
