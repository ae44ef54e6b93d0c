//! The READMEs' code that is only a part of a program: it is compiled here, or taken from a program that is.

use axum::{Router, body::Bytes, http::Request, routing::get};
use passport_axum::{CurrentUser, GuardLayer, PassportLayer};
use passport_core::{BoxError, Error, Outcome, Passport, Strategy, UserStore, async_trait};
use passport_local::{Accounts, Local};
use passport_session::{SessionStrategy, Sessions};

use crate::support::{Admin, User};

struct ApiKey;

impl ApiKey {
    fn new(_keys: ()) -> Self {
        Self
    }
}

#[async_trait]
impl Strategy for ApiKey {
    type User = User;

    async fn authenticate(&self, _: &Request<Bytes>) -> Result<Outcome<User>, BoxError> {
        Ok(Outcome::Pass)
    }
}

async fn me(_: CurrentUser<User>) {}

#[expect(dead_code, reason = "what the README shows has to compile, and nothing else")]
fn a_session_or_a_key(
    users: impl UserStore<User = User>,
    accounts: impl Accounts<User = User>,
    keys: (),
) -> Result<Router, Error> {
    let sessions = Sessions::in_memory();
    let passport = Passport::builder(users, &sessions)
        .strategy("local", Local::new(accounts))
        .strategy("session", SessionStrategy::new()) // from passport_session
        .strategy("api-key", ApiKey::new(keys)) // your own
        .build()?;
    let api = Router::new()
        .route("/api/me", get(me)) // takes CurrentUser<User>, whichever it was
        .route_layer(GuardLayer::new(passport.authenticate(["session", "api-key"])?));
    Ok(api)
}

#[expect(dead_code, reason = "as above")]
fn two_kinds_of_user(
    customers: impl UserStore<User = User>,
    admins: impl UserStore<User = Admin>,
    routes: Router,
) -> Result<Router, Error> {
    let sessions = Sessions::in_memory();
    let shop = Passport::builder(customers, &sessions).realm("customer").build()?;
    let office = Passport::builder(admins, &Sessions::over(sessions.store()).cookie("office"))
        .realm("admin")
        .build()?;
    let app = routes.layer(PassportLayer::new(office)).layer(PassportLayer::new(shop));
    Ok(app)
}

fn without_space(text: &str) -> String {
    text.split_whitespace().collect()
}

/// Each line of the blocks that the documentation's own tests leave out.
fn shown(readme: &str) -> Vec<&str> {
    let blocks = readme.split("```rust,ignore\n").skip(1);
    let lines = blocks.flat_map(|block| block.split("```").next().unwrap().lines());
    lines.filter(|line| !line.is_empty() && !line.contains('…')).collect()
}

#[test]
fn every_line_of_code_that_a_readme_shows_is_compiled() {
    for (readme, sources) in [
        ("README.md", &["tests/tests/it/readme.rs"][..]),
        ("examples/express-logout/README.md", &["examples/express-logout/src/lib.rs"]),
        ("examples/custom-strategy/README.md", &["examples/custom-strategy/src/main.rs"]),
    ] {
        let read = |path: &str| {
            std::fs::read_to_string(format!("{}/../{path}", env!("CARGO_MANIFEST_DIR"))).unwrap()
        };
        let compiled: String = sources.iter().map(|path| without_space(&read(path))).collect();
        let text = read(readme);
        let lines = shown(&text);
        assert!(!lines.is_empty(), "{readme} shows nothing");
        for line in lines {
            assert!(compiled.contains(&without_space(line)), "{readme} shows what nobody compiles: {line}");
        }
    }
}
