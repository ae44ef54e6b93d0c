//! Misuse does not compile, and its author is told what to do. What types cannot forbid fails loudly.

use axum::{Router, routing::get};
use passport_axum::{CurrentUser, GuardLayer, PassportLayer};
use passport_core::{Auth, Error, Fingerprint, Passport, Token};
use passport_local::Password;
use passport_session::{Key, Sessions};

use crate::support::Caller;

#[derive(Clone, serde::Serialize, serde::Deserialize)]
struct Customer;

#[derive(Clone, serde::Serialize, serde::Deserialize)]
struct Admin;

/// The compiler whose words the `.stderr` files are.
const COMPILER: &str = "rustc 1.95.";

/// Each file in `ui` is a misuse, and the `.stderr` beside it is what its author reads. One function, so that the crates
/// are compiled once. Another compiler has other words: there this shows nothing, and says so. After a change of a message:
/// `TRYBUILD=overwrite cargo test -p passport-tests misuse`.
#[test]
fn misuse_does_not_compile_and_says_what_to_do() {
    let rustc = std::env::var_os("RUSTC").unwrap_or("rustc".into());
    let version = std::process::Command::new(rustc).arg("--version").output().unwrap().stdout;
    let version = String::from_utf8(version).unwrap();
    if !version.starts_with(COMPILER) {
        eprintln!("not tried: the messages are those of {COMPILER}, this is {version}");
        return;
    }
    trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
}

/// That this compiles is the test: the workspace denies `unused_must_use`.
#[expect(dead_code, reason = "it only has to compile")]
async fn a_logout_whose_error_is_passed_on_is_quiet(auth: Auth<Customer>) -> Result<(), Error> {
    auth.logout().await?;
    Ok(())
}

#[test]
fn secrets_show_nothing_of_themselves() {
    let secret = "correct horse battery staple";
    let key = Key::generate().unwrap();
    let shown = [
        format!("{:?}", Token::new(secret.as_bytes())),
        format!("{:?}", Password::new(secret)),
        format!("{:?}", Fingerprint::of(secret)),
        format!("{key:?}"),
    ];
    for shown in shown {
        assert!(!shown.contains("horse") && shown.len() < 20, "{shown}");
    }
}

/// A guard and a layer meet in the router only, and that knows no types.
#[tokio::test]
async fn a_route_without_a_passport_for_its_users_lets_nobody_in() {
    let sessions = Sessions::in_memory();
    let customers = Passport::<Customer>::of_ids(&sessions).build().unwrap();
    let admins = Passport::<Admin>::of_ids(&sessions).realm("admin").build().unwrap();
    let app = Router::new()
        .route("/guarded", get(async || "let in").layer(GuardLayer::new(admins.require_login())))
        .route("/extracted", get(async |_: CurrentUser<Admin>| "let in"))
        .layer(PassportLayer::new(customers));
    for path in ["/guarded", "/extracted"] {
        Caller::of(&app).get(path).await.is(500);
    }
}
